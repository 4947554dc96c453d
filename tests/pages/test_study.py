"""The page Study: projections that disagree, a bad file, several studies, mixed extremities."""

import io
import shutil
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from densexplain.explain.explainer import Explainer
from densexplain.network.manifest import read_manifest, write_manifest
from densexplain.network.model_set import load_model_set
from densexplain.phantom.dicom_file import write_dx
from densexplain.radiograph.crop import Geometry
from densexplain.radiograph.preprocessing import prepare
from densexplain.radiograph.reading import read_radiograph
from densexplain.vocabulary import ExtremityType, Projection
from tests.pages.conftest import SECONDS, loaded
from tests.tiny import ROOT

BAD = ("notes*.png", b"no image at all", "image/png")


def radiograph(seed: int) -> bytes:
    pixels = np.random.default_rng(seed).integers(0, 256, (90, 70)).astype(np.uint8)
    return bytes(cv2.imencode(".png", pixels)[1])


def words(app: AppTest) -> str:
    return "\n".join(block.value for block in app.markdown)


def warnings(app: AppTest) -> str:
    return "\n".join(block.value for block in app.warning)


def charts(app: AppTest) -> int:
    return len(app.get("plotly_chart"))


def bring(app: AppTest, *files: tuple[str, bytes, str]) -> AppTest:
    app.file_uploader(key="study_files").set_value(list(files))
    app = loaded(app.run())
    assert not app.exception
    return app


@pytest.fixture(scope="session")
def divided(tiny_model_sets: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, bytes, bytes]:
    """A model set whose threshold parts two radiographs, nearer to the more abnormal one; then normal and abnormal."""
    folder = tmp_path_factory.mktemp("divided")
    shutil.copytree(tiny_model_sets / "tiny-a", folder / "tiny-a")
    explainer = Explainer(load_model_set(folder / "tiny-a"))
    manifest = read_manifest(folder / "tiny-a")

    def probability(data: bytes) -> float:
        return explainer.explain(prepare(read_radiograph(data).pixels, manifest.specification)).probability

    low, high = sorted((radiograph(1), radiograph(2)), key=probability)
    threshold = (probability(low) + 2 * probability(high)) / 3
    write_manifest(folder / "tiny-a", replace(manifest, threshold=threshold))
    return folder, low, high


@pytest.fixture
def study_page(divided: tuple[Path, bytes, bytes], use_models: Callable[[Path], None]) -> AppTest:
    use_models(divided[0])
    return AppTest.from_file(str(ROOT / "app.py"), default_timeout=SECONDS).switch_page("pages/Study.py").run()


def test_two_projections_that_disagree_and_one_bad_file(
    study_page: AppTest, divided: tuple[Path, bytes, bytes]
) -> None:
    _, normal, abnormal = divided
    assert "**A study** is the radiographs" in words(study_page)
    assert charts(study_page) == 0
    png = "image/png"
    app = bring(study_page, ("DOE.png", normal, png), BAD, ("ROE.png", abnormal, png))
    said = words(app)
    assert charts(app) == 4
    # One vote each; their mean lies below the threshold.
    assert "**Normal** :material/balance: **Tie**, 1 to 1: the mean probability decided." in said
    assert said.count("Disagrees with the study") == 1
    assert said.count("agrees with the study]") == 1
    assert "Research use only, not for diagnosis" in said
    assert "**File 1**" in said
    assert "**File 3**" in said
    assert "File 2, notes\\*\\.png**, was not read. A DICOM, PNG or JPEG file was expected" in warnings(app)
    assert "DOE" not in said + warnings(app)
    assert [button.proto.label for button in app.get("download_button")] == [
        "Figure, PNG", "Table, CSV", "Record, JSON",
    ]  # fmt: skip

    # A crop is one radiograph's own, and costs one explanation.
    memo = app.session_state["densexplain.study.memo"]
    before = [key for key in memo if key[0] == "explanation"]
    app.button(key="study_turn_3").click().run()
    assert not app.exception
    assert app.session_state["densexplain.study.geometries"] == {3: Geometry(rotate_degrees=90)}
    after = [key for key in app.session_state["densexplain.study.memo"] if key[0] == "explanation"]
    assert set(before) < set(after)
    assert len(after) == 3

    # Another upload without a radiograph leaves the study open.
    app = bring(app, BAD)
    assert charts(app) == 4
    assert "File 1, notes" in warnings(app)


def test_several_studies_are_chosen_among_and_mixed_extremities_said(study_page: AppTest, tmp_path: Path) -> None:
    draw = np.random.default_rng(4)
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for extremity, seed in ((ExtremityType.WRIST, 1), (ExtremityType.HAND, 1), (ExtremityType.WRIST, 2)):
            path = tmp_path / "one.dcm"
            write_dx(path, draw.random((60, 50)), extremity, Projection.FRONTAL, "L", seed, 0.2)
            archive.write(path, f"{extremity}/{seed}.dcm")
        archive.writestr("../outside.dcm", path.read_bytes())
    app = bring(study_page, ("study.zip", target.getvalue(), "application/zip"))
    chooser = app.selectbox(key="study_chosen")
    assert chooser.options == ["Study 1: 2 radiographs, WRIST L and HAND L", "Study 2: 1 radiograph, WRIST L"]
    assert charts(app) == 4
    assert "These radiographs are of 2 extremities, WRIST L and HAND L" in warnings(app)
    assert "leads out of" in warnings(app)
    chooser.select(2).run()
    assert not app.exception
    assert charts(app) == 2
    assert "2 extremities" not in warnings(app)
    assert "1 of 1 radiographs say" in words(app)
