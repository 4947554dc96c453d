"""The page Study: projections that disagree, a bad file, several studies, mixed extremities."""

import io
import json
import shutil
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from densexplain.classifier.model_sets.manifest import read_manifest, write_manifest
from densexplain.classifier.model_sets.model_set import load_model_set
from densexplain.explain.explainer import Explainer
from densexplain.phantom.dicom_file import write_dx
from densexplain.radiograph.crop import Geometry
from densexplain.radiograph.preprocessing import prepare
from densexplain.radiograph.reading.reading import read_radiograph
from densexplain.vocabulary import ExtremityType, Projection
from tests.pages.conftest import SECONDS, explanations, loaded, workspace
from tests.tiny import ROOT, write_familiarity

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


def geometries(app: AppTest) -> dict[int, Geometry]:
    """Of the radiographs that are not whole and unturned, by number."""
    study = workspace(app).study
    assert study is not None
    return {case.number: case.geometry for case in study.cases if case.geometry != Geometry()}


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
    before = explanations(app)
    app.button(key="study_turn_3").click().run()
    assert not app.exception
    assert geometries(app) == {3: Geometry(rotate_degrees=90)}
    after = explanations(app)
    assert {id(one) for one in before} < {id(one) for one in after}
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


def pictures(app: AppTest) -> list[str]:
    return [json.loads(chart.proto.spec)["layout"]["images"][0]["source"] for chart in app.get("plotly_chart")]


def test_window_and_free_angle_are_one_radiographs_own_and_the_window_asks_the_network_nothing(
    study_page: AppTest, divided: tuple[Path, bytes, bytes]
) -> None:
    _, normal, abnormal = divided
    app = bring(study_page, ("1.png", normal, "image/png"), ("2.png", abnormal, "image/png"))
    before, said = pictures(app), words(app)
    app.slider(key="study_width_2").set_value(0.4).run()
    assert not app.exception
    after = pictures(app)
    assert [one == other for one, other in zip(before, after, strict=True)] == [True, True, False, True]
    assert words(app) == said, "a window changes no prediction"
    app.slider(key="study_angle_1").set_value(7.5).run()
    assert not app.exception
    assert geometries(app) == {1: Geometry(rotate_degrees=7.5)}
    assert "turned +7.5°" in words(app)
    assert pictures(app)[2] == after[2]
    # Another upload is shown in its whole range.
    app = bring(app, ("3.png", abnormal, "image/png"), ("4.png", normal, "image/png"))
    assert app.slider(key="study_width_2").value == 1
    assert geometries(app) == {}


def test_a_blinded_reader_looks_first(study_page: AppTest, divided: tuple[Path, bytes, bytes]) -> None:
    _, normal, abnormal = divided
    study_page.toggle(key="blinded").set_value(True).run()
    app = bring(study_page, ("1.png", normal, "image/png"), ("2.png", abnormal, "image/png"))

    def told() -> bool:
        return any(word in words(app) for word in ("ormal**", "probability", "logit", "isagrees", "Tie"))

    assert charts(app) == 2, "the radiographs alone"
    assert not told()
    assert app.button(key="next_step").disabled
    assert not app.download_button
    app.segmented_control(key="study_opinion").set_value("abnormal").run()
    app.button(key="next_step").click().run()
    assert not app.exception
    assert charts(app) == 4
    assert not told()
    assert words(app).count("Prediction hidden until you ask for it") == 2
    assert not app.download_button
    app.button(key="next_step").click().run()
    assert told()
    assert len(app.download_button) == 3
    # The next study is looked at first again.
    app = bring(app, ("3.png", abnormal, "image/png"))
    assert charts(app) == 1
    assert not told()
    assert app.segmented_control(key="study_opinion").value is None


def test_the_sample_study_opens_with_its_three_projections(study_page: AppTest) -> None:
    app = loaded(study_page.button(key="study_sample").click().run())
    assert not app.exception
    assert charts(app) == 6
    assert "WRIST L PA" in words(app)
    assert "of 3 radiographs say" in words(app)
    assert "Synthetic study" in "\n".join(block.value for block in app.caption)


def test_several_unfamiliar_projections_are_each_warned_of(
    tiny_model_sets: Path, tmp_path: Path, use_models: Callable[[Path], None]
) -> None:
    shutil.copytree(tiny_model_sets / "tiny-a", tmp_path / "models" / "tiny-a")
    write_familiarity(tmp_path / "models" / "tiny-a", 1e-3, 1e6)
    use_models(tmp_path / "models")
    page = AppTest.from_file(str(ROOT / "app.py"), default_timeout=SECONDS).switch_page("pages/Study.py").run()
    app = bring(page, *((f"{seed}.png", radiograph(seed), "image/png") for seed in (1, 2)))
    assert words(app).count("Unlike the training radiographs") == 2
    assert charts(app) == 4
