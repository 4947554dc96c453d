"""The page Model sets in its states, without a browser."""

import shutil
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from densexplain.classifier.model_sets.manifest import read_manifest, write_manifest
from densexplain.settings import DATA_FOLDERS_VARIABLE
from densexplain.vocabulary import ImageChoice
from tests.pages.conftest import SECONDS, case
from tests.recorded import Row, write_radiographs, write_record
from tests.tiny import ROOT

CHARTS = 4
"""ROC, reliability, confusion matrix, learning curves."""

FACTS, RADIOGRAPHS = "Facts and figures", "Evaluated radiographs"


@pytest.fixture
def models(tiny_model_sets: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "models"
    for name in ("tiny-a", "tiny-b"):
        shutil.copytree(tiny_model_sets / name, folder / name)
    return folder


@pytest.fixture
def hashes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Six radiographs in the data folder that the settings name."""
    monkeypatch.setenv(DATA_FOLDERS_VARIABLE, str(tmp_path / "data"))
    return write_radiographs(tmp_path / "data", 6)


def rows(hashes: list[str], logits: tuple[float, ...] = (2.0, -1.0, -3.0, 1.0, -1.5, 0.5)) -> list[Row]:
    """Two false negatives (1, 2), one false positive (3), three right."""
    labels, extremities = (True, True, True, False, False, True), ("knee", "knee", "hip", "knee", "hip", "knee")
    return list(zip(hashes, extremities, labels, logits, strict=True))


def open_page(models: Path, use_models: Callable[[Path], None], view: str = FACTS) -> AppTest:
    use_models(models)
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=SECONDS)
    app.session_state["shown_view"] = view
    app.switch_page("pages/Model_sets.py").run()
    deadline = time.monotonic() + SECONDS
    while any("Looking through" in info.value for info in app.info):
        assert time.monotonic() < deadline
        app.run()
    assert not app.exception
    return app


def html(app: AppTest) -> str:
    return "\n".join(element.proto.body for element in app.get("html"))


def words(app: AppTest) -> str:
    return "\n".join(block.value for block in (*app.markdown, *app.caption))


def tiles(app: AppTest) -> list[str]:
    """Captions of the radiographs that are shown, in order."""
    return [element.proto.body for element in app.get("html") if 'class="tile' in element.proto.body]


def test_the_label_and_the_charts(models: Path, hashes: list[str], use_models: Callable[[Path], None]) -> None:
    write_record(models / "tiny-a", rows(hashes))
    manifest = read_manifest(models / "tiny-a")
    history = {"epoch": 1, "loss": 0.7, "accuracy": 0.5, "valid_loss": 0.6, "valid_accuracy": 0.5}
    write_manifest(models / "tiny-a", replace(manifest, training={"epochs": [history], "kept": history}))
    app = open_page(models, use_models)
    assert "Testing." in html(app)
    assert "6 radiographs of <em>valid</em> (4 abnormal)" in html(app)
    assert "<b>0.750</b> <small>(0.50 to 0.90)</small>" in html(app)
    assert len(app.get("plotly_chart")) == CHARTS
    assert "AUC 0.750 (0.50 to 0.90)" in words(app)
    assert "Research use only, not for diagnosis" in words(app)
    assert dict(app.query_params) == {}


def test_without_a_record_it_says_how_to_make_one(models: Path, use_models: Callable[[Path], None]) -> None:
    app = open_page(models, use_models)
    assert "evaluate --data DIR --model-set tiny-a --record" in html(app)
    assert not app.get("plotly_chart")
    assert "the history of its training was not recorded" in words(app)
    app.segmented_control(key="shown_view").set_value(RADIOGRAPHS).run()
    assert not app.exception
    assert "evaluate --data DIR --model-set tiny-a --record" in app.info[0].value
    assert not tiles(app)


def test_a_record_of_other_weights_is_told_and_not_shown(
    models: Path, hashes: list[str], use_models: Callable[[Path], None]
) -> None:
    write_record(models / "tiny-a", rows(hashes))
    write_manifest(models / "tiny-a", replace(read_manifest(models / "tiny-a"), threshold=0.4))
    app = open_page(models, use_models)
    assert "with other weights or another threshold" in html(app)
    assert "0.750" not in html(app) + words(app)
    app.segmented_control(key="shown_view").set_value(RADIOGRAPHS).run()
    assert not tiles(app)


def test_a_damaged_record_is_told_in_a_sentence(
    models: Path, hashes: list[str], use_models: Callable[[Path], None]
) -> None:
    write_record(models / "tiny-a", rows(hashes))
    (models / "tiny-a" / "predictions.csv").write_text("")
    assert "so evaluate with --record again" in html(open_page(models, use_models))


def test_a_broken_model_set_is_listed_with_its_problem(models: Path, use_models: Callable[[Path], None]) -> None:
    (models / "tiny-b" / "model.json").write_text("[]")
    app = open_page(models, use_models)
    assert "**tiny-b** is not used: expected model.json to hold an object" in words(app)
    assert "Tiny B" not in str(app.selectbox(key="shown_model_set").options)


def test_data_of_one_finding_has_no_roc_curve(
    models: Path, hashes: list[str], use_models: Callable[[Path], None]
) -> None:
    write_record(models / "tiny-a", [(one, "knee", True, 1.0) for one in hashes])
    app = open_page(models, use_models)
    assert "needs normal and abnormal radiographs" in words(app)
    assert len(app.get("plotly_chart")) == 2  # neither is there a history of its training


def test_mistakes_are_shown_the_most_certain_first(
    models: Path, hashes: list[str], use_models: Callable[[Path], None]
) -> None:
    write_record(models / "tiny-a", rows(hashes))
    app = open_page(models, use_models, RADIOGRAPHS)
    assert [hashes[2][:8] in tiles(app)[0], hashes[1][:8] in tiles(app)[1], len(tiles(app))] == [True, True, 2]
    assert "labelled abnormal" in tiles(app)[0]
    assert "predicted normal 0.05" in tiles(app)[0]
    assert "data:image/jpeg;base64," in tiles(app)[0]
    app.selectbox(key="evaluated_extremity").select("hip").run()
    assert len(tiles(app)) == 1
    app.segmented_control(key="evaluated_choice").set_value(ImageChoice.ALL).run()
    assert len(tiles(app)) == 2
    app.selectbox(key="evaluated_extremity").select("all extremities").run()
    assert len(tiles(app)) == 6
    app.segmented_control(key="evaluated_choice").set_value(ImageChoice.FALSE_POSITIVES).run()
    assert len(tiles(app)) == 1
    assert "mueller" not in (html(app) + words(app)).lower()


def test_two_model_sets_are_compared_where_they_disagree(
    models: Path, hashes: list[str], use_models: Callable[[Path], None]
) -> None:
    write_record(models / "tiny-a", rows(hashes))
    app = open_page(models, use_models, RADIOGRAPHS)
    app.segmented_control(key="evaluated_choice").set_value(ImageChoice.DISAGREEMENTS).run()
    assert "No other model set was evaluated on these radiographs." in words(app)
    write_record(models / "tiny-b", rows(hashes, (2.0, -1.0, 3.0, 1.0, -1.5, 0.5)))
    app.run()
    assert not app.exception
    assert len(tiles(app)) == 1
    assert "tiny-a normal 0.05" in tiles(app)[0]
    assert "tiny-b abnormal 0.95" in tiles(app)[0]


def test_a_radiograph_opens_in_explain_with_its_model_set(
    models: Path, hashes: list[str], use_models: Callable[[Path], None]
) -> None:
    write_record(models / "tiny-b", rows(hashes))
    app = open_page(models, use_models)
    app.selectbox(key="shown_model_set").select("tiny-b").run()
    app.segmented_control(key="shown_view").set_value(RADIOGRAPHS).run()
    app.button(key="open_1").click().run()
    assert not app.exception
    assert f"**Evaluated radiograph {hashes[1][:8]}**" in words(app)
    assert case(app).radiograph.sha256 == hashes[1]
    assert app.selectbox(key="model_set").value == "tiny-b"
    assert "Label in the data set: abnormal" in words(app)
    assert dict(app.query_params) == {}


def test_a_file_that_was_changed_meanwhile_is_not_opened(
    models: Path, hashes: list[str], use_models: Callable[[Path], None], tmp_path: Path
) -> None:
    write_record(models / "tiny-a", rows(hashes))
    app = open_page(models, use_models, RADIOGRAPHS)
    for path in (tmp_path / "data").rglob("*.png"):
        path.write_bytes(b"another")
    app.button(key="open_0").click().run()
    assert "changed since" in app.error[0].value
    assert len(tiles(app)) == 2
    assert "densexplain.case" not in app.session_state


def test_a_file_that_cannot_be_read_has_its_row_all_the_same(
    models: Path, hashes: list[str], use_models: Callable[[Path], None], tmp_path: Path
) -> None:
    import hashlib

    content = b"\x89PNG\r\n\x1a\n no more than a beginning"
    (tmp_path / "data" / "short.png").write_bytes(content)
    write_record(models / "tiny-a", [(hashlib.sha256(content).hexdigest(), "knee", True, -9.0), *rows(hashes)])
    app = open_page(models, use_models, RADIOGRAPHS)
    assert "cannot be read" in tiles(app)[0]
    assert "predicted normal 0.00" in tiles(app)[0]
    assert [button.key for button in app.button if str(button.key).startswith("open_")] == ["open_1", "open_2"]


def test_without_data_folders_the_setting_is_named(
    models: Path, hashes: list[str], use_models: Callable[[Path], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(DATA_FOLDERS_VARIABLE)
    write_record(models / "tiny-a", rows(hashes))
    app = open_page(models, use_models, RADIOGRAPHS)
    assert "DENSEXPLAIN_DATA" in app.info[0].value
    assert "not on this machine" in tiles(app)[0]
    assert "predicted normal 0.05" in tiles(app)[0]
    assert "Click a radiograph" not in words(app)


def test_radiographs_that_come_later_are_found_when_looked_for_again(
    models: Path, hashes: list[str], use_models: Callable[[Path], None], tmp_path: Path
) -> None:
    away, data = tmp_path / "away", tmp_path / "data"
    data.rename(away)
    write_record(models / "tiny-a", rows(hashes))
    app = open_page(models, use_models, RADIOGRAPHS)
    assert "2 of these 2 radiographs are in none of the folders" in words(app)
    away.rename(data)
    app.button(key="look_again").click().run()
    deadline = time.monotonic() + SECONDS
    while "data:image/jpeg" not in html(app):
        assert time.monotonic() < deadline
        app.run()
    assert "in none of the folders" not in words(app)


def test_more_than_a_page_is_turned(models: Path, hashes: list[str], use_models: Callable[[Path], None]) -> None:
    many = [(f"{number:064x}", "knee", True, -1.0 - number / 50) for number in range(30)]
    write_record(models / "tiny-a", many)
    app = open_page(models, use_models, RADIOGRAPHS)
    assert len(tiles(app)) == 24
    assert "30 radiographs" in words(app)


def test_without_any_model_set_it_says_so(
    tmp_path: Path, use_models: Callable[[Path], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    from densexplain.settings import Settings

    monkeypatch.setattr(Settings, "model_folders", ())
    use_models(tmp_path)
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=SECONDS).switch_page("pages/Model_sets.py").run()
    assert not app.exception
    assert "No model set is installed" in app.error[0].value
