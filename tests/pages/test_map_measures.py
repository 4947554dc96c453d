"""The section of Model sets that says whether the maps lie on the abnormality."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from densexplain.classifier.model_sets.manifest import read_manifest
from densexplain.evaluation.records.recorded_map_measures import MAP_MEASURES_FILE, write_map_measures
from tests.map_measures import map_report
from tests.pages.conftest import SECONDS
from tests.tiny import ROOT


@pytest.fixture
def folder(tiny_model_sets: Path, tmp_path: Path, use_models: Callable[[Path], None]) -> Path:
    copy = shutil.copytree(tiny_model_sets / "tiny-a", tmp_path / "models" / "tiny-a")
    use_models(tmp_path / "models")
    return copy


def _open() -> str:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=SECONDS).switch_page("pages/Model_sets.py").run()
    assert not app.exception
    html = [element.proto.body for element in app.get("html")]
    return "\n".join([*(block.value for block in (*app.markdown, *app.caption)), *html])


def test_the_measures_stand_beside_chance(folder: Path) -> None:
    write_map_measures(folder, map_report(read_manifest(folder)))
    said = _open()
    assert (
        "The warmest place lies on the abnormality in 63 % (55 to 71) of 100 abnormal phantoms; by chance 9 %." in said
    )
    assert "63 % (55 to 71) lies on the abnormality, which takes up 9 % of the image." in said
    assert "pointing at the middle of the image would hit 20 %." in said
    assert "correlate by \N{MINUS SIGN}0.02 (\N{MINUS SIGN}0.10 to 0.06)" in said
    assert "correlate by 0.71 (0.60 to 0.80) with those of other 2." in said
    assert '<tr><th scope="row">Grad-CAM</th><td>50 % (42 to 58)</td>' in said
    assert "occlusion on 25;" in said
    assert "have not been measured" not in said


def test_without_measures_it_says_how_to_make_them(folder: Path) -> None:
    said = _open()
    assert "Its maps have not been measured on phantoms" in said
    assert "measure-maps --data DIR --model-set tiny-a --record" in said
    assert '<article class="map-measures">' not in said


def test_measures_of_other_weights_are_told_and_not_shown(folder: Path) -> None:
    report = map_report(read_manifest(folder))
    write_map_measures(folder, report)
    path = folder / MAP_MEASURES_FILE
    path.write_text(path.read_text().replace(report.weights_sha256, "0" * 64))
    said = _open()
    assert "were made with other weights, so they are not shown" in said
    assert "63 %" not in said


def test_damaged_measures_are_told_in_a_sentence(folder: Path) -> None:
    (folder / MAP_MEASURES_FILE).write_text("{}")
    said = _open()
    assert "Expected map_measures.json of tiny-a to be usable" in said
    assert "63 %" not in said
