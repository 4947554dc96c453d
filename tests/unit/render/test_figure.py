import io
from dataclasses import replace

import numpy as np
import pypdf
import pytest
from PIL import Image

from densexplain.errors import ShapeError
from densexplain.explain.familiarity import Familiarity
from densexplain.explain.wording import Wording
from densexplain.provenance import NOTICE
from densexplain.render.colour import look_up_table
from densexplain.render.figure import FigureFacts, render_figure
from densexplain.render.stage_grid import FIGURE_STYLE, stage_grid
from densexplain.vocabulary import ColourMap, ColourScale, FigureFormat, Finding, Ranking
from tests.stages import STAGES

pytestmark = pytest.mark.slow

RNG = np.random.default_rng(7)
PIXELS = RNG.random((120, 100)).astype(np.float32)
MAP = RNG.normal(0, 3, (7, 7)).astype(np.float32)
MAPS = RNG.random((16, 7, 7)).astype(np.float32)
TIMES = "\N{MULTIPLICATION SIGN}"
FACTS = FigureFacts(
    model_set="knee",
    version="1.2.0",
    weights_sha256="0123456789abcdef" * 4,
    finding=Finding.ABNORMAL,
    probability=0.8312,
    logit=1.5942,
    threshold=0.5,
    evidence_sum=2.0942,
    bias=-0.5,
    geometry=f"crop 90 {TIMES} 80 px",
    ranking=Ranking.MEAN,
    radiograph_sha256="fedcba9876543210" * 4,
    code_version="0.1.0",
)


def grids(colour_map=ColourMap.BWR):
    channels, strengths = np.arange(16, dtype=np.int32), np.linspace(1, 0.1, 16, dtype=np.float32)
    return [stage_grid(stage, (7, 7, 64), MAPS, channels, strengths, colour_map) for stage in STAGES]


def pdf_text(content):
    (page,) = pypdf.PdfReader(io.BytesIO(content)).pages
    return page.extract_text()


def pixels_of(content):
    return np.asarray(Image.open(io.BytesIO(content)).convert("RGB"))


def position_of(part, whole):
    """Where `part` stands in `whole`, pixel for pixel."""
    rows, columns = part.shape[:2]
    candidates = np.argwhere((whole[: -rows + 1, : -columns + 1] == part[0, 0]).all(axis=2))
    return [(y, x) for y, x in candidates if np.array_equal(whole[y : y + rows, x : x + columns], part)]


def test_pdf_holds_the_facts_and_the_notice_as_text():
    content = render_figure(PIXELS, MAP, grids(), FACTS, file_format=FigureFormat.PDF)
    text = pdf_text(content)
    assert content.startswith(b"%PDF")
    assert text.count(NOTICE) == 2
    expected = (
        *(
            "abnormal",
            "0.831",
            "+1.594 = +2.094 \N{MINUS SIGN}0.500",
            "0.50",
            "knee 1.2.0",
            "0123456789ab",
            "fedcba987654",
        ),
        *("mean activation", "(a)", "(g)", "Dense block 4", f"crop 90 {TIMES} 80 px"),
        *(f"64 maps of 7 {TIMES} 7 cells", f"7 {TIMES} 7 cells enlarged"),
    )
    assert [part for part in expected if part not in text] == []
    assert "relative to this radiograph" in text
    assert "0123456789abc" not in text


def test_png_holds_the_montages_pixel_for_pixel_side_by_side():
    made = grids()
    sheet = pixels_of(render_figure(PIXELS, MAP, made, FACTS))
    positions = position_of(made[0].montage, sheet)
    assert len(positions) == 5
    assert len({y for y, _ in positions}) == 1
    assert min(np.diff([x for _, x in positions])) > FIGURE_STYLE.shape_px[1]


def test_radiograph_comes_first_and_colour_bars_name_the_colours_used():
    sheet = pixels_of(render_figure(np.full((100, 100), 0.6, np.float32), MAP, grids(), FACTS, opacity=0.0))
    grey = (sheet == 153).all(axis=2)
    rows, columns = np.where(grey.sum(axis=1) > 1000)[0], np.where(grey.sum(axis=0) > 400)[0]
    assert len(rows) == 614  # (a) and (b), square, as large as their box
    assert len(columns) == 2 * 614
    jet, bwr = (look_up_table(name)[[0, 64, 192, 255]] for name in (ColourMap.JET, ColourMap.BWR))
    assert all((sheet == colour).all(axis=2).any() for colour in [*jet, *bwr])


@pytest.mark.parametrize("file_format", list(FigureFormat))
def test_the_same_arguments_give_the_same_bytes(file_format):
    one, other = (render_figure(PIXELS, MAP, grids(), FACTS, file_format=file_format) for _ in range(2))
    assert one == other
    assert b"CreationDate" not in one


def test_png_carries_the_notice_in_its_metadata():
    image = Image.open(io.BytesIO(render_figure(PIXELS, MAP, grids(), FACTS)))
    assert image.info["Disclaimer"] == NOTICE
    assert image.info["dpi"] == pytest.approx((200, 200), abs=0.1)


def test_absolute_scale_is_named():
    options = {"scale": ColourScale.ABSOLUTE, "limit_logits": 10.0, "file_format": FigureFormat.PDF}
    text = pdf_text(render_figure(PIXELS, MAP, grids(), FACTS, **options))
    assert "absolute: \N{MINUS SIGN}10 to +10 logits" in text
    assert "relative" not in text


def test_a_dollar_in_a_name_is_a_dollar():
    text = pdf_text(
        render_figure(PIXELS, MAP, grids(), replace(FACTS, model_set="a$b$c"), file_format=FigureFormat.PDF)
    )
    assert "a$b$c" in text


@pytest.mark.parametrize("shape", [(40, 400), (400, 40), (300, 300)])
def test_text_stays_on_the_sheet_for_every_shape_of_radiograph(shape):
    sheet = pixels_of(render_figure(np.zeros(shape, np.float32), MAP, grids(), replace(FACTS, geometry="x" * 70)))
    for edge in (sheet[:20], sheet[-20:], sheet[:, :30], sheet[:, -30:]):
        assert (edge == 255).all()


def test_a_network_of_fewer_or_more_stages_has_its_sheet_too():
    first = grids()[0]
    for count, last in ((3, "e"), (7, "i")):
        made = [replace(first, stage=replace(first.stage, number=number + 1)) for number in range(count)]
        assert f"(c) to ({last})" in pdf_text(render_figure(PIXELS, MAP, made, FACTS, file_format=FigureFormat.PDF))
        sheet = pixels_of(render_figure(PIXELS, MAP, made, FACTS))
        assert len(position_of(first.montage, sheet)) == count
        assert (sheet[:, -30:] == 255).all()


def test_a_chosen_class_is_named_wherever_the_evidence_is():
    facts = replace(FACTS, wording=Wording("fracture"))
    options = {"file_format": FigureFormat.PDF, "scale": ColourScale.ABSOLUTE, "limit_logits": 10.0}
    text = pdf_text(render_figure(PIXELS, MAP, grids(), facts, **options))
    assert "abnormal" not in text
    for part in ("fracture: above threshold", "probability of fracture", "for fracture", "against fracture"):
        assert part in text


def test_grids_must_be_the_stages_in_order():
    with pytest.raises(ShapeError, match="forward order"):
        render_figure(PIXELS, MAP, grids()[::-1], FACTS)
    with pytest.raises(ShapeError, match="forward order"):
        render_figure(PIXELS, MAP, grids()[1:], FACTS)
    with pytest.raises(ShapeError, match="forward order"):
        render_figure(PIXELS, MAP, [], FACTS)


def test_montages_of_another_size_are_refused():
    made = grids()
    made[2] = replace(made[2], montage=np.zeros((10, 10, 3), np.uint8))
    with pytest.raises(ShapeError, match="montages must have the shape"):
        render_figure(PIXELS, MAP, made, FACTS)


def test_the_label_of_a_foreign_radiograph_is_not_printed():
    facts = replace(FACTS, label_withheld=True, warning=Familiarity(99.0, 1.0, 8.0, 9.0).sentence)
    text = pdf_text(render_figure(PIXELS, MAP, grids(), facts, file_format=FigureFormat.PDF))
    assert "Label withheld: unlike the training radiographs" in text
    assert "abnormal" not in text.splitlines()
    assert [part for part in ("0.831", "1.594") if part in text] == []
    assert text.count("withheld") == 3 + 1
    assert "Class activation map" in text


def test_of_an_unfamiliar_radiograph_the_sheet_warns():
    facts = replace(FACTS, warning=Familiarity(8.5, 0.98, 8.0, 9.0).sentence)
    text = pdf_text(render_figure(PIXELS, MAP, grids(), facts, file_format=FigureFormat.PDF))
    assert "Unlike the training radiographs: further away than 98 % of them" in text
    assert "0.831" in text
    familiar = replace(FACTS, warning=Familiarity(1.0, 0.5, 8.0, 9.0).sentence)
    plain = [render_figure(PIXELS, MAP, grids(), facts, file_format=FigureFormat.PNG) for facts in (FACTS, familiar)]
    assert plain[0] == plain[1]
