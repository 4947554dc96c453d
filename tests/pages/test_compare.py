"""The page Compare: two model sets on two versions of one radiograph, without a browser."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.conftest import SECONDS, explanations, loaded
from tests.tiny import ROOT

VERSIONS = ["original", "cropped"]
GRIDS = '<div class="stage-table"'


def open_compare(app: AppTest | None = None) -> AppTest:
    app = app or AppTest.from_file(str(ROOT / "app.py"), default_timeout=SECONDS)
    app = app.switch_page("pages/Compare.py").run()
    assert not app.exception
    return app


@pytest.fixture
def compare_page(tiny_model_sets: Path, use_models: Callable[[Path], None]) -> AppTest:
    """Both tiny model sets on the sample in a tilted image frame, whole and cropped."""
    use_models(tiny_model_sets)
    app = open_compare()
    app.selectbox(key="sample").select("knee-in-frame").run()
    app = loaded(app.pills(key="compared_versions").set_value(VERSIONS).run())
    assert not app.exception
    return app


def matrix(app: AppTest) -> dict:
    (chart,) = app.get("plotly_chart")
    return json.loads(chart.proto.spec)


def headings(app: AppTest) -> list[str]:
    return [annotation["text"] for annotation in matrix(app)["layout"]["annotations"]]


def html(app: AppTest, part: str) -> list[str]:
    return [block.proto.body for block in app.get("html") if part in block.proto.body]


def test_two_model_sets_on_two_inputs(compare_page: AppTest) -> None:
    app = compare_page
    shown = headings(app)
    names = [f"Tiny {name}, {version}" for name in "AB" for version in VERSIONS]
    assert [one.split("<br>")[0] for one in shown] == names
    assert all("(threshold 0.5), logit " in one for one in shown)
    assert len(set(shown)) == 4
    layout = matrix(app)["layout"]
    assert [layout[f"xaxis{number}"]["matches"] for number in (2, 3, 4)] == ["x"] * 3
    (numbers,) = html(app, '<div class="map-measures"')
    assert numbers.count('<th scope="row">') == 4  # two against the first model set, two against the first input
    assert numbers.count(" of 16</td>") == 10
    assert not html(app, GRIDS)
    assert "Research use only, not for diagnosis" in "\n".join(block.value for block in app.markdown)
    captions = "\n".join(block.value for block in app.caption)
    assert captions.count("**Not for** Anything else.") == 2
    assert "**marker removed**: the text legend was found automatically." in captions
    assert "Not possible here" not in captions
    assert dict(app.query_params) == {}

    # One scale for all at first, each its own when asked, and the page says which; the network is asked nothing.
    before = explanations(app)
    assert len(before) >= 4
    assert html(app, "one absolute scale for all maps: \N{MINUS SIGN}")
    app.radio(key="compared_scale").set_value("relative").run()
    assert not app.exception
    assert html(app, "each map on its own scale")
    assert not html(app, "one absolute scale")

    # The grids of a stage under each other, on demand: two model sets, five stages.
    app.selectbox(key="compared_stages").select("all model sets, cropped").run()
    assert not app.exception
    (grids,) = html(app, GRIDS)
    assert grids.count("<img") == 10
    assert grids.index("Tiny A, cropped") < grids.index("Tiny B, cropped")
    assert "original" not in grids
    app.selectbox(key="compared_stages").select("all inputs, Tiny B").run()
    assert html(app, GRIDS)[0].index("Tiny B, original") < html(app, GRIDS)[0].index("Tiny B, cropped")

    # Differences in the place of the maps.
    app.segmented_control(key="compared_view").set_value("Minus first model set").run()
    assert not app.exception
    assert headings(app)[0] == "Tiny A, original<br>what is subtracted (A)"
    assert headings(app)[2].startswith("Tiny B, original, minus A<br>logit ")
    assert html(app, "evidence B minus A, each on its own scale")
    assert len(app.download_button) == 4
    assert [id(one) for one in explanations(app)] == [id(one) for one in before]


def test_one_model_set_goes_on_where_another_is_broken_and_nothing_chosen_is_said(
    tiny_model_sets: Path, use_models: Callable[[Path], None], tmp_path: Path
) -> None:
    for name in ("tiny-a", "tiny-b"):
        shutil.copytree(tiny_model_sets / name, tmp_path / "models" / name)
    weights = tmp_path / "models" / "tiny-b" / "weights.safetensors"
    content = bytearray(weights.read_bytes())
    content[-5] ^= 1
    weights.write_bytes(content)
    use_models(tmp_path / "models")
    app = loaded(open_compare())
    assert not app.exception
    assert app.multiselect(key="compared_model_sets").value == ["tiny-a", "tiny-b"]
    assert app.error[0].value.startswith("Tiny B: This model set is not used.")
    assert [one.split("<br>")[0] for one in headings(app)] == ["Tiny A, original"]
    assert "Choose a second model set or a second input" in "\n".join(block.value for block in app.caption)
    app.multiselect(key="compared_model_sets").set_value([]).run()
    assert "Choose a model set" in app.info[0].value
    assert not app.get("plotly_chart")


def test_a_blinded_reading_is_finished_first(compare_page: AppTest) -> None:
    app = compare_page.switch_page("pages/Explain.py").run()
    app.toggle(key="blinded").set_value(True).run()
    app = open_compare(app)
    assert "finish your own reading" in app.info[0].value
    assert not app.get("plotly_chart")
    assert not app.download_button
