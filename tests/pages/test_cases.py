"""The page Cases in its states, and a case on Explain, without a browser."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from densexplain.classifier.model_sets.manifest import read_manifest
from densexplain.explain.cases.case_answer import CaseAnswer
from densexplain.explain.cases.cases import read_cases
from densexplain.explain.cases.recorded_answers import ANSWERS_FILE, write_answers
from densexplain.radiograph.crop import Crop, Geometry
from densexplain.vocabulary import Finding, FocusPart, Region
from tests.pages.conftest import SECONDS, case, loaded, open_explain
from tests.paper_cases import entry, write_cases
from tests.tiny import ROOT

CHARTS = 7


@pytest.fixture
def cases(tiny_model_sets: Path, use_models: Callable[[Path], None], tmp_path: Path) -> Callable[..., Path]:
    """Cases of these entries, and the tiny model sets."""

    def write(*entries: dict[str, Any]) -> Path:
        write_cases(tmp_path / "cases", *entries)
        use_models(tiny_model_sets)
        return tmp_path / "cases"

    return write


def open_cases(app: AppTest | None = None) -> AppTest:
    app = app or AppTest.from_file(str(ROOT / "app.py"), default_timeout=SECONDS)
    shown = app.switch_page("pages/Cases.py").run()
    assert not shown.exception
    return shown


def words(app: AppTest) -> str:
    return "\n".join(block.value for block in app.markdown)


def tiles(app: AppTest) -> list[str]:
    return [block.proto.body for block in app.get("html") if 'class="case' in block.proto.body]


def buttons(app: AppTest) -> list[str]:
    return [button.label for button in app.button]


def test_without_cases_the_page_says_so(tiny_model_sets: Path, use_models: Callable[[Path], None]) -> None:
    use_models(tiny_model_sets)
    app = open_cases()
    assert "The cases are not part of this installation" in app.info[0].value
    assert "Research use only, not for diagnosis" in words(app)
    assert not buttons(app)


def test_a_damaged_list_is_told(cases: Callable[..., Path]) -> None:
    cases(entry(paper_finding="doubtful"))
    app = open_cases()
    assert "doubtful" in app.error[0].value
    assert not tiles(app)


def test_a_case_without_its_model_set_stays_closed(cases: Callable[..., Path]) -> None:
    cases(entry(), entry("screws", title="Screws & a legend", figure=5, model_set="not-installed"))
    app = open_cases()
    first, second = tiles(app)
    assert "The break of the radius." in first
    assert "The evidence lies near the fracture." in first
    assert "has not been applied to it yet" in first
    assert "data:image/jpeg;base64," in first
    assert "is not installed, so the case cannot be opened" in second
    assert "Screws &amp; a legend" in second
    assert buttons(app) == ["Open Figure 4, Wrist fracture, in Explain"]


def test_a_case_that_cannot_be_read_is_told_and_the_one_before_stays(cases: Callable[..., Path]) -> None:
    folder = cases(entry(), entry("broken", image="broken", figure=5))
    (folder / "broken" / "image.png").write_bytes(b"no radiograph")
    app = open_cases(open_explain())
    assert "cannot be read" in tiles(app)[1]
    app.button(key="open_broken").click().run()
    assert app.error[0].value.startswith("This file was not opened.")
    assert case(app).paper_case.name == "wrist-fracture"


def test_a_case_opens_with_its_crop_its_model_set_and_its_truth(cases: Callable[..., Path]) -> None:
    crop = {"top": 20, "left": 10, "height": 80, "width": 60}
    cases(entry(), entry("cropped", figure=11, title="Cropped", model_set="tiny-b", crop=crop, look_for="The edge."))
    app = open_cases()
    app.button(key="open_cropped").click().run()
    app = loaded(app.switch_page("pages/Explain.py").run())
    assert not app.exception
    assert case(app).geometry == Geometry(Crop(20, 10, 80, 60))
    assert case(app).known_regions[Region.ABNORMALITY].any()
    assert "tiny-b 1" in words(app)
    assert "Phantom of Figure 11" in words(app)
    assert "**Look for** The edge." in words(app)
    assert "**This model set** It says" in words(app)
    assert len(app.get("plotly_chart")) == CHARTS
    answered = tiles(open_cases(app))
    assert "It says" in answered[1]
    assert "has not been applied to it yet" in answered[0]


def test_the_first_start_opens_the_first_case(cases: Callable[..., Path]) -> None:
    cases(entry(model_set="tiny-b"), entry("screws", figure=5))
    app = loaded(AppTest.from_file(str(ROOT / "app.py"), default_timeout=SECONDS).run())
    assert not app.exception
    assert "**Figure 4. Wrist fracture**" in words(app)
    assert "tiny-b 1" in words(app)
    assert "Synthetic knee" not in words(app)


@pytest.mark.parametrize("changes", [{"model_set": "not-installed"}, {"paper_finding": "doubtful"}, {"image": "gone"}])
def test_the_first_start_falls_back_to_a_sample(cases: Callable[..., Path], changes: dict[str, Any]) -> None:
    folder = cases(entry(**changes))
    if (folder / "gone").exists():
        (folder / "gone" / "image.png").unlink()
    app = open_explain()
    assert not app.exception
    assert "Synthetic knee" in words(app)
    assert "Figure 4" not in words(app)
    assert case(app).known_regions is None


def test_another_crop_or_model_set_is_not_held_against_the_paper(cases: Callable[..., Path]) -> None:
    cases(entry())
    app = loaded(open_explain())
    told = words(app)
    app.button(key="tool_flip").click().run()
    assert "Compared with the paper only in the case's own crop and with its own model set." in words(app)
    assert "in the paper" not in words(app)
    app = loaded(app.selectbox(key="model_set").select("tiny-b").run())
    app = app.button(key="case_again").click().run()
    assert not app.exception
    assert words(app) == told
    app.selectbox(key="sample").select("knee").run()
    assert "Look for" not in words(app)


def test_in_a_blinded_reading_the_note_comes_last(cases: Callable[..., Path]) -> None:
    cases(entry())
    app = loaded(open_explain())
    app.toggle(key="blinded").set_value(True).run()
    assert "Wrist fracture" not in words(app)
    assert "near the fracture" not in words(app)
    app.segmented_control(key="reader_opinion").set_value("abnormal").run()
    for _ in range(2):
        app.button(key="next_step").click().run()
    assert "**The paper** The evidence lies near the fracture." in words(app)


def test_what_was_recorded_of_these_weights_is_told_before_a_case_is_opened(
    cases: Callable[..., Path], tiny_model_sets: Path
) -> None:
    folder = cases(entry(), entry("screws", figure=5))
    first, second = read_cases(folder)
    area = dict.fromkeys(FocusPart, 0.2)
    answers = [CaseAnswer(case, Finding.NORMAL, 0.25, None, area) for case in (first, second)]
    weights = read_manifest(tiny_model_sets / "tiny-a").weights_sha256
    write_answers(folder, [(weights, answers[0]), ("0" * 64, answers[1])])
    told, other = tiles(open_cases())
    assert "It says normal (probability of abnormal 0.25), not as in the paper." in told
    assert "has not been applied to it yet" in other  # recorded of other weights
    (folder / ANSWERS_FILE).write_text("[")
    assert all("has not been applied to it yet" in tile for tile in tiles(open_cases()))
