"""The printed audit: one page that says all it should, nothing it should not, and nothing over anything else."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
import pypdf
import pytest
from PIL import Image

from densexplain.classifier.model_sets.manifest import Manifest
from densexplain.errors import OptionError
from densexplain.explain.audit.audit import Audit
from densexplain.explain.audit.verdict import Overruling
from densexplain.radiograph.crop import Crop, Geometry
from densexplain.radiograph.reading.patient_identity import PatientIdentity
from densexplain.render.audit.report import render_audit_report
from densexplain.render.audit.report_attribution import MOST_REGIONS, attribution_rows
from densexplain.render.audit.report_what_ifs import MOST_TILES, shown_what_ifs
from densexplain.render.overlay import with_sign
from densexplain.render.print.printed_page import LEAST_SIZE, PrintedPage
from densexplain.render.print.printed_text import width_pt
from densexplain.vocabulary import AuditVerdict, FigureFormat, Region, RegionChange
from tests.audits import FOREIGN, MANIFEST, REGIONS, UNFAMILIAR, box, made_audit, made_radiograph

pytestmark = pytest.mark.slow

RADIOGRAPH = made_radiograph()
IDENTITY = PatientIdentity("Doe, Jane", "4711", "1956-03-09", "2026-11-27", "A-12")
NAMES = ("Doe", "Jane", "4711", "1956", "2026-11-27", "A-12")
NOTICE = "Research use only, not for diagnosis"
ORDINARY = "The cast hides the distal radius; the dorsal cortex is buckled above the physis. "
MANY = tuple(
    box(f"region with a long name, number {n}", kind, np.s_[5 + 11 * n : 30 + 11 * n], np.s_[10 + 7 * n : 40 + 7 * n])
    for n, kind in enumerate([None, Region.TEXT_LEGEND, Region.HARDWARE, None, None, Region.ABNORMALITY] * 2)
)


def text_of(audit: Audit, manifest: Manifest = MANIFEST, **given: object) -> str:
    """All words of the PDF, in one line."""
    (page,) = pypdf.PdfReader(io.BytesIO(render_audit_report(audit, manifest, RADIOGRAPH, **given))).pages
    return " ".join(page.extract_text().split())


def squeezed(text: str) -> str:
    """Letters alone: where lines are broken is not what is asked."""
    return re.sub(r"\s", "", text)


def test_one_page_of_a4_with_all_of_it() -> None:
    audit = made_audit()
    content = render_audit_report(audit, MANIFEST, RADIOGRAPH)
    (page,) = pypdf.PdfReader(io.BytesIO(content)).pages
    assert [float(side) for side in page.mediabox[2:]] == pytest.approx([595.28, 841.89], abs=0.01)
    assert [font["/Subtype"] for font in fonts_of(page) if "/FontFile2" not in font and "/CharProcs" not in font] == []
    text = text_of(audit)
    expected = (
        *("abnormal", "Wrist (demonstration)", "version 1.0", f"{audit.explanation.probability:.3f}", "0.50"),
        *("+1.250 = +1.000 +0.250", str(audit.verdict.verdict), "whole radiograph"),
        *(f"{number} {region.name}" for number, region in enumerate(REGIONS, 1)),
        *("text legend", "drawn, without a kind", "relative to this radiograph", "10\N{NO-BREAK SPACE}"),
        *(with_sign(entry.evidence.net, 2) for entry in audit.attribution.entries),
        *("Stability", "shift", "rotation", "exposure", "densenet169", "794 radiographs (wrist)"),
        *(MANIFEST.weights_sha256, RADIOGRAPH.sha256, "densexplain 0", "16 small changes, seed 0"),
        *(f"{number} {result.what_if.name}" for number, result in enumerate(audit.what_ifs[:5], 1)),
    )
    found = squeezed(text)
    assert [part for part in expected if squeezed(part) not in found] == []
    for sentence in (audit.verdict.sentence, audit.attribution.blur, MANIFEST.purpose, MANIFEST.not_for):
        assert squeezed(sentence) in found
    assert text.count(NOTICE) == 2


def fonts_of(page: pypdf.PageObject) -> list[dict[str, object]]:
    """Each font of a page with its descriptor's entries beside its own."""
    fonts = [font.get_object() for font in page["/Resources"]["/Font"].values()]
    return [{**font, **font.get("/FontDescriptor", {})} for font in fonts]


@pytest.mark.parametrize("file_format", list(FigureFormat))
def test_the_same_audit_gives_the_same_bytes(file_format: FigureFormat) -> None:
    given = {"overruling": Overruling(AuditVerdict.FRAGILE, "Why."), "remark": "So.", "file_format": file_format}
    one, other = (render_audit_report(made_audit(), MANIFEST, RADIOGRAPH, **given) for _ in range(2))
    assert one == other
    assert b"CreationDate" not in one


def test_png_is_the_page_in_print() -> None:
    image = Image.open(
        io.BytesIO(render_audit_report(made_audit(), MANIFEST, RADIOGRAPH, file_format=FigureFormat.PNG))
    )
    assert image.size == (2100, 2970)
    assert image.info["dpi"] == pytest.approx((254, 254), abs=0.1)
    assert image.info["Disclaimer"] == NOTICE


def test_the_patient_is_named_only_if_given() -> None:
    audit = made_audit()
    plain, named = text_of(audit), text_of(audit, identity=IDENTITY)
    assert [name for name in NAMES if name in plain] == []
    assert [name for name in NAMES if name not in named] == []
    assert "The file names no patient." in text_of(audit, identity=PatientIdentity())
    partly = text_of(audit, identity=PatientIdentity(patient_id="4711", unreadable=frozenset({"birth_date"})))
    assert "not stated" in partly
    assert "not readable" in partly
    metadata = pypdf.PdfReader(io.BytesIO(render_audit_report(audit, MANIFEST, RADIOGRAPH, identity=IDENTITY))).metadata
    assert [name for name in NAMES if name in str(metadata)] == []


def test_both_verdicts_and_all_the_readers_words_stand_there() -> None:
    audit, reason, remark = made_audit(), (ORDINARY * 30)[:2000], ("Seen again; " * 200)[:2000]
    text = squeezed(text_of(audit, overruling=Overruling(AuditVerdict.PARTLY, reason), remark=remark))
    for part in (str(audit.verdict.verdict), "partly supported by the marked region", reason, remark):
        assert squeezed(part) in text


def test_a_longer_remark_is_refused() -> None:
    with pytest.raises(OptionError, match="at most 2000 characters; received 2001"):
        render_audit_report(made_audit(), MANIFEST, RADIOGRAPH, remark="x" * 2001)


def test_of_a_foreign_radiograph_nothing_tells_the_label() -> None:
    audit = made_audit(familiarity=FOREIGN)
    text = text_of(audit)
    assert "Label withheld: unlike the training radiographs" in text
    numbers = [with_sign(audit.explanation.logit, 2), f"{audit.explanation.probability:.2f}", audit.verdict.sentence]
    numbers += [f"{one.probability:.2f}" for one in audit.what_ifs] + [with_sign(audit.explanation.logit, 3)]
    assert [part for part in numbers if part in text.replace("threshold 0.50", "")] == []
    assert str(audit.verdict.verdict) not in text
    said = text.split("Model set wrist 1.0")[0]  # what follows tells of the training
    assert said.count("abnormal") == said.count("probability of abnormal") + said.count("strongest for abnormal") == 2
    assert "1 without the text legend" in text


def test_the_waterfall_ends_at_the_logit_however_many_regions() -> None:
    for audit in (made_audit(), made_audit(MANY), made_audit(())):
        rows = attribution_rows(audit)
        assert sum(row.net for row in rows) == pytest.approx(audit.attribution.logit, abs=1e-4)
        assert len(rows) <= MOST_REGIONS + 2
        assert sum(row.area or 0 for row in rows) == pytest.approx(1)
    assert f"{len(MANY) - MOST_REGIONS + 1} further regions" in text_of(made_audit(MANY))


def test_rows_bear_the_numbers_of_the_record() -> None:
    names = [row.name for row in attribution_rows(made_audit())]
    assert names == ["bias", "1 text legend", "2 marked region", "4 cast", "3 exposed anatomy", "elsewhere"]


@pytest.mark.parametrize(("logit", "flips"), [(10.0, 0), (-0.5, 3), (0.0, 9)])
def test_what_flips_the_finding_is_shown_first_then_what_changes_most_when_taken_away(logit: float, flips: int) -> None:
    audit = made_audit(MANY, logit=logit)
    assert (sum(one.flips for one in audit.what_ifs), sum(map(_taken_away, audit.what_ifs))) == (flips, 9)
    shown = shown_what_ifs(audit)
    assert [number for number, _ in shown] == sorted(number for number, _ in shown)
    assert all(result is audit.what_ifs[number - 1] for number, result in shown)
    results = [result for _, result in shown]
    assert sum(one.flips for one in results) == min(flips, MOST_TILES)
    steady = [one for one in results if not one.flips]
    assert len(steady) == MOST_TILES - min(flips, MOST_TILES)
    taken_away = [one for one in audit.what_ifs if _taken_away(one) and not one.flips]
    by_change = sorted(taken_away, key=lambda one: -abs(one.change))
    assert {id(one) for one in steady} == {id(one) for one in by_change[: len(steady)]}


def test_what_is_left_out_of_the_what_ifs_is_said() -> None:
    audit = made_audit(MANY)
    assert len(shown_what_ifs(audit)) == MOST_TILES
    assert f"{len(audit.what_ifs) - MOST_TILES} more are in the record (JSON)" in text_of(audit)
    assert "no region to remove or to keep" in text_of(made_audit(()))


def _taken_away(result: object) -> bool:
    return result.what_if.change is not RegionChange.KEPT


def test_letters_that_the_font_lacks_are_said_to_be_missing() -> None:
    text = text_of(made_audit(), remark="骨折 on the left; $x^2$", identity=PatientIdentity("山田"))
    assert "$x^2$" in text
    assert text.count("2 letters that this font lacks") == 2


@dataclass(frozen=True)
class _Box:
    what: str
    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: _Box) -> bool:
        apart = self.right <= other.left or other.right <= self.left
        return not (apart or self.bottom <= other.top or other.bottom <= self.top)


@pytest.fixture
def printed(monkeypatch: pytest.MonkeyPatch) -> list[tuple[_Box, float]]:
    """Everything that is put on pages from now on: its box in pixels, and the size of its letters, 0 of a picture."""
    found, pixel = [], 254 / 72
    text, paste = PrintedPage.text, PrintedPage.paste

    def put_text(page, x, y, words, size=7, colour="", **style):
        text(page, x, y, words, size, *([colour] if colour else []), **style)
        width = width_pt(words, size, style.get("weight") == "bold") * pixel / 1.02
        left = x - {"right": width, "center": width / 2}.get(style.get("ha", "left"), 0)
        if words.strip():
            # Capitals reach 0.73 of the size over the baseline, and letters 0.24 under it.
            box = _Box(words, left, y - 0.73 * size * pixel, left + width, y + 0.2 * size * pixel)
            found.append((box, size))

    def put_picture(page, image, left, top):
        paste(page, image, left, top)
        found.append((_Box("picture", left, top, left + image.shape[1], top + image.shape[0]), 0))

    monkeypatch.setattr(PrintedPage, "text", put_text)
    monkeypatch.setattr(PrintedPage, "paste", put_picture)
    monkeypatch.setattr(PrintedPage, "encode", lambda *_, **__: b"")  # where things lie is known before
    return found


TALL, WIDE, SMALL = made_radiograph(900, 90), made_radiograph(90, 900), made_radiograph(40, 40)
LONG_MODEL = replace(
    MANIFEST,
    title="A model set with a title that goes on and on " * 4,
    version="1.0-release-candidate-17",
    purpose="Radiographs of everything. " * 20,
    not_for="Nothing at all. " * 40,
)
BOTH = {"overruling": Overruling(AuditVerdict.PARTLY, (ORDINARY * 30)[:2000]), "remark": (ORDINARY * 30)[:2000]}
NO = {"overruling": Overruling(AuditVerdict.OPEN, "No.")}
CASES = {
    "plain": (made_audit(), RADIOGRAPH, MANIFEST, {}),
    "remark": (made_audit(), RADIOGRAPH, MANIFEST, {"remark": (ORDINARY * 30)[:2000], "identity": IDENTITY}),
    "short words": (
        made_audit(),
        RADIOGRAPH,
        MANIFEST,
        {"overruling": Overruling(AuditVerdict.OPEN, "No."), "remark": "x"},
    ),
    "both long": (made_audit(familiarity=UNFAMILIAR), RADIOGRAPH, MANIFEST, {**BOTH, "identity": IDENTITY}),
    "wide letters": (
        made_audit(MANY, familiarity=UNFAMILIAR, geometry=Geometry(Crop(20, 10, 180, 140), 8)),
        RADIOGRAPH,
        LONG_MODEL,
        {"overruling": Overruling(AuditVerdict.PARTLY, "W" * 2000), "remark": "W\n" * 1000, "identity": IDENTITY},
    ),
    "many regions": (made_audit(MANY), RADIOGRAPH, MANIFEST, {}),
    "many changes": (made_audit(variants=64, logit=-0.05), RADIOGRAPH, MANIFEST, {}),
    "certain": (made_audit(logit=9.0), RADIOGRAPH, MANIFEST, {}),
    "long model": (made_audit(logit=-9.0), RADIOGRAPH, LONG_MODEL, {}),
    "withheld": (made_audit(familiarity=FOREIGN), RADIOGRAPH, MANIFEST, {**BOTH}),
    "no region": (made_audit(()), RADIOGRAPH, MANIFEST, {}),
    "crop": (made_audit(geometry=Geometry(Crop(20, 10, 180, 140), -100, True, True)), RADIOGRAPH, MANIFEST, {}),
    "tall": (made_audit((), TALL), TALL, MANIFEST, {}),
    "wide": (made_audit((), WIDE), WIDE, MANIFEST, {}),
    "small": (made_audit((), SMALL), SMALL, MANIFEST, {}),
    "long identity": (made_audit(), RADIOGRAPH, MANIFEST, {"identity": PatientIdentity(*["Mm" * 32] * 5)}),
}


SHRINKING = ("both long", "wide letters", "withheld")
"""Cases of more words than a page holds in letters that are read without effort."""


@pytest.mark.parametrize("name", CASES)
def test_nothing_lies_over_anything_else_or_leaves_the_page(name, printed) -> None:
    audit, radiograph, manifest, given = CASES[name]
    render_audit_report(audit, manifest, radiograph, **given)
    boxes = [box for box, _ in printed]
    outside = [one for one in boxes if one.left < 119 or one.right > 1982 or one.top < 80 or one.bottom > 2900]
    assert outside == []
    # The names of regions lie on their picture; everything else keeps off all pictures.
    on_pictures = {f"{number} {region.name}" for number, region in enumerate(audit.regions, 1)}
    on_pictures |= {str(number) for number in range(1, len(audit.regions) + 1)}
    over = [
        (one.what, other.what)
        for one, other in combinations(boxes, 2)
        if one.meets(other) and not ("picture" in (one.what, other.what) and on_pictures & {one.what, other.what})
    ]
    assert over == []
    smallest = min(size for _, size in printed if size)
    assert smallest >= LEAST_SIZE if name not in SHRINKING else smallest >= 2
