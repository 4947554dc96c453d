"""The page Explain in its states, without a browser."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from densexplain.classifier.model_sets.manifest import CalibrationRecord, read_manifest, write_manifest
from densexplain.radiograph.crop import Crop, Geometry
from densexplain.workspace.case import Tile
from tests.pages.conftest import case, explanations, loaded, open_explain

CHARTS = 7
"""Radiograph, map and five grids."""


def words(app: AppTest) -> str:
    return "\n".join(block.value for block in app.markdown)


def charts(app: AppTest) -> int:
    return len(app.get("plotly_chart"))


def geometry(app: AppTest) -> Geometry:
    return case(app).geometry


def press(app: AppTest, key: str) -> AppTest:
    app.button(key=key).click().run()
    assert not app.exception
    return app


def test_opens_on_a_sample_and_explains_it(explain_page: AppTest) -> None:
    assert not explain_page.exception
    assert "Synthetic knee" in words(explain_page)
    assert "threshold 0.5" in words(explain_page)
    assert "tiny-a 1" in words(explain_page)
    assert "calibrated" not in words(explain_page)
    assert charts(explain_page) == CHARTS


def test_a_calibrated_probability_stands_beside_the_raw_one(
    tiny_model_sets: Path, use_models: Callable[[Path], None], tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(tiny_model_sets / "tiny-a", tmp_path / "tiny-a"))
    calibration = CalibrationRecord(1e6, "valid", 9, 0.7, 0.6)
    write_manifest(folder, replace(read_manifest(folder), calibration=calibration))
    use_models(tmp_path)
    app = loaded(open_explain())
    assert not app.exception
    # A temperature of a million leaves nothing of the logit.
    assert "** :small[calibrated 0.50] :small[" in words(app)


def test_says_that_a_model_set_is_loading(tiny_model_sets: Path, use_models: Callable[[Path], None]) -> None:
    use_models(tiny_model_sets)
    app = open_explain()
    assert "Loading model set Tiny A" in app.info[0].value
    assert charts(app) == 1
    assert "probability" not in words(app)
    loaded(app)
    assert not app.info


def test_without_model_sets_says_what_to_do(tmp_path: Path, use_models: Callable[[Path], None]) -> None:
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "model.json").write_text("[]")
    use_models(tmp_path)
    app = open_explain()
    assert not app.exception
    assert any("Model set broken is not used." in warning.value for warning in app.warning)


def test_a_flipped_bit_in_the_weights_is_told_and_nothing_is_explained(
    tiny_model_sets: Path, use_models: Callable[[Path], None], tmp_path: Path
) -> None:
    folder = tmp_path / "a-flipped"
    shutil.copytree(tiny_model_sets / "tiny-a", tmp_path / "tiny-a")
    (tmp_path / "tiny-a").rename(folder)
    manifest = folder / "model.json"
    manifest.write_text(manifest.read_text().replace('"tiny-a"', '"a-flipped"'))
    weights = folder / "weights.safetensors"
    content = bytearray(weights.read_bytes())
    content[-5] ^= 1
    weights.write_bytes(content)
    use_models(tmp_path)
    app = loaded(open_explain())
    assert len(app.error) == 1
    assert app.error[0].value.startswith("This model set is not used.")
    assert charts(app) == 1


def test_turning_flipping_and_undoing(explain_page: AppTest) -> None:
    app = press(explain_page, "tool_turn_left")
    assert geometry(app) == Geometry(rotate_degrees=90)
    assert "turned +90.0" in words(app)
    app = press(app, "tool_flip")
    assert geometry(app) == Geometry(rotate_degrees=90, flip=True)
    app = press(app, "tool_invert")
    assert geometry(app).invert
    for _ in range(3):
        app = press(app, "tool_undo")
    assert geometry(app) == Geometry()
    assert app.button(key="tool_undo").disabled


def test_cropping_by_numbers_and_back(explain_page: AppTest) -> None:
    before = words(explain_page)
    explain_page.number_input(key="crop_height").set_value(400).run()
    app = explain_page
    assert geometry(app).crop == Crop(0, 0, 400, 896)
    assert "crop 400 x 896 px" in words(app)
    app = press(app, "tool_reset")
    assert geometry(app).crop is None
    assert words(app) == before


@pytest.mark.parametrize(("key", "value", "say"), [("crop_height", 10, "at least 32"), ("crop_top", 500, "inside")])
def test_a_crop_that_does_not_fit_is_told_and_not_applied(
    explain_page: AppTest, key: str, value: int, say: str
) -> None:
    app = explain_page.number_input(key=key).set_value(value).run()
    assert say in app.error[0].value
    assert geometry(app).crop is None
    assert charts(app) == CHARTS


def test_the_suggested_frame_is_one_click(explain_page: AppTest) -> None:
    assert explain_page.button(key="apply_frame").disabled
    app = explain_page.selectbox(key="sample").select("knee-in-frame").run()
    assert "Synthetic knee in an image frame" in words(app)
    app = press(app, "apply_frame")
    found = case(app).suggestion
    assert geometry(app) == Geometry(found.crop, found.rotate_degrees)
    assert abs(found.rotate_degrees) > 1


def test_turning_by_a_free_angle_follows_the_slider_when_mirrored(explain_page: AppTest) -> None:
    app = press(explain_page, "tool_flip")
    app.slider(key="free_angle").set_value(7.5).run()
    assert geometry(app) == Geometry(rotate_degrees=-7.5, flip=True)
    assert app.slider(key="free_angle").value == 7.5


def test_display_changes_ask_the_network_nothing(explain_page: AppTest) -> None:
    first = explanations(explain_page)
    assert len(first) == 1
    app = explain_page
    app.slider(key="opacity").set_value(0.9).run()
    app.radio(key="ranking").set_value("maximum").run()
    app.radio(key="scale").set_value("absolute").run()
    app.radio(key="map_colours").set_value("cividis").run()
    app.slider(key="window_width").set_value(0.5).run()
    assert not app.exception
    assert explanations(app) == first
    press(app, "tool_flip")
    assert len(explanations(app)) == 2


def test_another_model_set_answers_for_itself(explain_page: AppTest) -> None:
    app = loaded(explain_page.selectbox(key="model_set").select("tiny-b").run())
    assert "tiny-b 1" in words(app)
    assert "tiny-a 1" not in words(app)


def test_in_a_blinded_reading_the_reader_speaks_first(explain_page: AppTest) -> None:
    app = explain_page.toggle(key="blinded").set_value(True).run()
    assert charts(app) == 1
    assert "threshold" not in words(app)
    assert app.button(key="next_step").disabled
    app.segmented_control(key="reader_opinion").set_value("abnormal").run()
    app = press(app, "next_step")
    assert charts(app) == CHARTS
    assert "threshold" not in words(app)
    app = press(app, "next_step")
    assert "threshold 0.5" in words(app)
    # A new radiograph starts the reading anew.
    app.selectbox(key="sample").select("knee-in-frame").run()
    assert charts(app) == 1


def test_a_picked_feature_map_is_named_and_left_again(explain_page: AppTest) -> None:
    app = explain_page
    from densexplain.vocabulary import Ranking

    explanation = explanations(app)[0]
    channel = int(explanation.stage("block2").ranked(Ranking.MEAN).channels[3])
    case(app).tile = Tile("block2", channel)
    app.run()
    assert f"Dense block 2, channel {channel}" in words(app)
    app = press(app, "back_to_map")
    assert "**Class activation map**" in words(app)


def test_nothing_of_the_case_is_in_the_url(explain_page: AppTest) -> None:
    press(explain_page, "tool_flip")
    assert dict(explain_page.query_params) == {}
