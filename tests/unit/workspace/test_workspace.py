"""One way from files to results: what is open, what becomes of a refusal, and what is asked of the network once."""

from __future__ import annotations

import gc
import io
import json
import threading
import weakref
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from pydicom import uid
from pydicom.dataset import Dataset, FileMetaDataset

from densexplain.classifier.model_sets.manifest import Manifest
from densexplain.errors import (
    CropOutsideError,
    CropTooSmallError,
    OptionError,
    SeveralFramesError,
    ShapeError,
    UploadTooLargeError,
    WeightsHashError,
)
from densexplain.explain.audit.audit import AuditOptions
from densexplain.explain.explainer import Explainer
from densexplain.phantom.dicom_file import write_dx
from densexplain.radiograph.crop import Crop, Geometry
from densexplain.radiograph.geometry import apply_geometry
from densexplain.radiograph.preprocessing import prepare
from densexplain.radiograph.radiograph import Radiograph
from densexplain.radiograph.reading.reading import read_radiograph
from densexplain.radiograph.regions.drawn_regions import DrawnBox
from densexplain.radiograph.regions.regions import RegionMasks
from densexplain.settings import settings
from densexplain.vocabulary import ExtremityType, InputVersion, Projection, Region, RegionSource
from densexplain.workspace.case import Case
from densexplain.workspace.exports import (
    audit_exports,
    comparison_exports,
    explanation_exports,
    report_of,
    study_exports,
)
from densexplain.workspace.model_set_store import ModelSetLoadingError, ModelSetStore, ReadyModelSet
from densexplain.workspace.workspace import Workspace
from tests.unit.workspace.conftest import png

CROP = Geometry(Crop(10, 5, 60, 50), rotate_degrees=90)


def two_frames() -> bytes:
    """A DICOM object of two images: the second is the first upside down."""
    first = np.linspace(0, 4095, 64 * 48).reshape(64, 48).astype(np.uint16)
    dataset = Dataset()
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = uid.ExplicitVRLittleEndian
    dataset.SOPClassUID, dataset.SOPInstanceUID = uid.XRayAngiographicImageStorage, "1.2.826.0.1.3680043.8.498.2"
    dataset.Rows, dataset.Columns, dataset.NumberOfFrames = 64, 48, 2
    dataset.SamplesPerPixel, dataset.PhotometricInterpretation, dataset.PixelRepresentation = 1, "MONOCHROME2", 0
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit = 16, 12, 11
    dataset.PixelData = np.stack([first, first[::-1]]).tobytes()
    target = io.BytesIO()
    dataset.save_as(target, enforce_file_format=True)
    return target.getvalue()


@pytest.fixture
def opened(workspace: Workspace) -> Workspace:
    """Three files, of which the second is none."""
    workspace.open_files([("DOE.png", png(1)), ("notes.png", b"no image"), ("b.png", png(2))])
    return workspace


def test_a_single_radiograph_is_a_study_of_one(workspace: Workspace) -> None:
    assert workspace.study is None
    assert workspace.case is None
    workspace.open_files([("DOE.png", png(1))])
    assert workspace.study is not None
    assert workspace.study.cases == (workspace.case,)
    assert workspace.case is not None
    assert workspace.case.title == "Uploaded PNG"
    assert workspace.case.radiograph.sha256 == read_radiograph(png(1)).sha256


def test_files_are_one_study_and_the_refused_one_is_named(opened: Workspace) -> None:
    assert opened.study is not None
    assert [(case.number, case.title) for case in opened.study.cases] == [
        (1, "File 1 of the study"),
        (3, "File 3 of the study"),
    ]
    assert [(one.number, one.name) for one in opened.refused] == [(2, "notes.png")]
    opened.study.bring_to_front(3)
    assert opened.case is opened.study.case(3)
    opened.study.bring_to_front(2)
    assert opened.case is opened.study.case(3)


def test_a_refused_upload_leaves_what_was_open_with_its_crop(
    opened: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, case = opened.study, opened.case
    assert case is not None
    case.change_geometry(CROP)
    opened.open_files([("letter.png", b"no image")])
    assert (opened.study, opened.case) == (before, case)
    assert case.geometry == CROP
    assert not case.closed.is_set()
    assert [one.name for one in opened.refused] == ["letter.png"]
    monkeypatch.setattr(
        "densexplain.radiograph.reading.upload.settings", lambda: replace(settings(), maximum_upload_files=1)
    )
    with pytest.raises(UploadTooLargeError):
        opened.open_files([("a.png", png(3)), ("b.png", png(4))])
    assert opened.case is case


def test_another_upload_closes_what_was_open(opened: Workspace, manifest: Manifest) -> None:
    case = opened.case
    assert case is not None
    opened.explain(case, manifest)
    opened.open_files([("c.png", png(3))])
    assert case.closed.is_set()
    assert opened.explanations.memory.keys() == ()
    assert opened.case is not case


def test_folder_and_archive_stand_for_their_files(workspace: Workspace, tmp_path: Path) -> None:
    folder = tmp_path / "visit"
    (folder / "series").mkdir(parents=True)
    (folder / "a.png").write_bytes(png(1))
    (folder / "series" / "b.png").write_bytes(png(2))
    (folder / ".DS_Store").write_bytes(b"clutter")
    workspace.open_paths([folder])
    assert workspace.study is not None
    assert [case.number for case in workspace.study.cases] == [1, 2]
    with zipfile.ZipFile(tmp_path / "c.zip", "w") as archive:
        archive.writestr("c.png", png(3))
        archive.writestr("../d.png", png(4))
    workspace.open_paths([folder / "a.png", tmp_path / "c.zip"])
    assert [case.number for case in workspace.study.cases] == [1, 2]
    assert "leads out of" in workspace.refused[0].reason
    (tmp_path / "empty").mkdir()
    with pytest.raises(OptionError, match="empty directory"):
        workspace.open_paths([tmp_path / "empty"])
    with pytest.raises(UploadTooLargeError, match="At most 64 files"):
        workspace.open_paths([folder / "a.png"] * 65)
    workspace.open_paths([tmp_path / "DOE.png", tmp_path / "ROE.png"])
    assert all("DOE" not in one.reason and "ROE" not in one.reason for one in workspace.refused)


def test_an_image_of_several_is_opened_by_its_number(workspace: Workspace, manifest: Manifest) -> None:
    content = two_frames()
    assert not workspace.open_files([("two.dcm", content)])
    assert workspace.refused[0].error is SeveralFramesError
    shown = []
    for number in (1, 2):
        assert workspace.open_files([("two.dcm", content)], frame_number=number)
        assert workspace.case is not None
        assert workspace.case.frame_number == number
        shown.append(workspace.case.radiograph.pixels)
        workspace.explain(workspace.case, manifest)
    np.testing.assert_array_equal(shown[0], shown[1][::-1])
    assert not workspace.open_files([("two.dcm", content)], frame_number=3)
    assert workspace.case is not None
    assert workspace.case.frame_number == 2


def test_several_studies_are_chosen_among_and_read_anew(workspace: Workspace, tmp_path: Path) -> None:
    draw, files = np.random.default_rng(4), []
    for patient in (1, 2):
        path = tmp_path / f"{patient}.dcm"
        write_dx(path, draw.random((60, 50)), ExtremityType.WRIST, Projection.FRONTAL, "L", patient, 0.2)
        files.append((path.name, path.read_bytes()))
    workspace.open_files(files)
    assert [study.identified for study in workspace.studies] == [True, True]
    assert workspace.study is workspace.studies[0]
    workspace.studies[1].reading.go_on()
    workspace.choose_study(2)
    assert workspace.study is workspace.studies[1]
    assert workspace.study.reading.step == 0


def test_a_crop_is_one_radiographs_own_and_can_be_undone(opened: Workspace) -> None:
    assert opened.study is not None
    first, second = opened.study.cases
    first.change_geometry(CROP)
    assert second.geometry == Geometry()
    for crop, error in ((Crop(0, 0, 5, 50), CropTooSmallError), (Crop(50, 0, 60, 50), CropOutsideError)):
        with pytest.raises(error):
            first.change_geometry(Geometry(crop))
    assert first.geometry == CROP
    first.undo()
    assert first.geometry == Geometry()
    assert not first.can_undo
    first.undo()
    assert first.geometry == Geometry()


def test_each_crop_is_explained_once_and_as_by_the_explainer(
    opened: Workspace, manifest: Manifest, explainer: Explainer
) -> None:
    assert opened.study is not None
    first, second = opened.study.cases
    reading = opened.read_study(opened.study, manifest)
    assert [one.number for one in reading.projections] == [1, 3]
    assert reading.refused == opened.refused
    assert opened.explain(first, manifest) is reading.projections[0].explanation
    first.change_geometry(CROP)
    again = opened.read_study(opened.study, manifest)
    assert again.projections[1].explanation is reading.projections[1].explanation
    pixels = apply_geometry(first.radiograph.pixels, CROP)
    expected = explainer.explain(prepare(pixels, manifest.specification))
    assert again.projections[0].explanation.logit == expected.logit
    np.testing.assert_array_equal(again.projections[0].explanation.activation_map, expected.activation_map)
    assert len(opened.explanations.memory.keys()) == 3
    assert second.geometry == Geometry()


def test_versions_are_compared_and_the_original_is_the_explanation(opened: Workspace, manifest: Manifest) -> None:
    case = opened.case
    assert case is not None
    explanation = opened.explain(case, manifest)
    case.draw_box(DrawnBox(Region.TEXT_LEGEND, Crop(5, 6, 10, 20)))
    versions = opened.versions(case)
    assert list(versions) == [InputVersion.ORIGINAL, InputVersion.MARKER_REMOVED]
    assert versions[InputVersion.MARKER_REMOVED].source is RegionSource.DRAWN
    assert versions[InputVersion.MARKER_REMOVED].painted_px == 200
    told = []
    compared = opened.compare(
        case, [manifest], list(versions.values()), lambda number, _, version: told.append((number, version.version))
    )
    assert told == [(1, InputVersion.ORIGINAL), (2, InputVersion.MARKER_REMOVED)]
    comparison = compared.whole()
    assert comparison.rows[0][0].explanation is explanation
    assert comparison.rows[0][1].explanation.logit != explanation.logit
    exports = {one.name: one for one in comparison_exports(comparison, further={"reader_opinion": "unsure"})}
    assert json.loads(exports["comparison.json"].make())["reader_opinion"] == "unsure"
    assert set(exports) == {"comparison.png", "comparison.pdf", "comparison.csv", "comparison.json"}


def test_a_model_set_that_is_loading_or_broken_is_told_apart(
    manifest: Manifest, ready: ReadyModelSet, opened: Workspace
) -> None:
    let_go, broken = threading.Event(), replace(manifest, name="broken", weights_sha256="0" * 64)

    def load(name: object) -> ReadyModelSet:
        if name == "broken":
            raise WeightsHashError("expected other weights")
        if name == "new":
            let_go.wait(20)
        return ready

    store = ModelSetStore(load)
    workspace = Workspace(store)
    workspace.open_files([("a.png", png(1))])
    case = workspace.case
    assert case is not None
    versions = list(workspace.versions(case, [InputVersion.ORIGINAL]).values())
    while workspace.compare(case, [manifest, broken], versions).loading:
        pass
    compared = workspace.compare(case, [manifest, broken], versions)
    assert [(one.name, type(error)) for one, error in compared.unusable] == [("broken", WeightsHashError)]
    assert compared.comparison is not None
    assert len(compared.comparison.rows) == 1
    with pytest.raises(WeightsHashError):
        compared.whole()
    with pytest.raises(WeightsHashError):
        workspace.explain(case, broken)
    with pytest.raises(ModelSetLoadingError):
        workspace.explain(case, replace(manifest, name="new", weights_sha256="1" * 64))
    let_go.set()


def test_an_audit_is_followed_and_remembered(opened: Workspace, manifest: Manifest) -> None:
    case = opened.case
    assert case is not None
    case.draw_box(DrawnBox(Region.ABNORMALITY, Crop(20, 20, 30, 30)))
    regions = case.regions.current(case.boxes, inverted=False).regions
    assert "marked region" in [one.name for one in regions]
    options = AuditOptions()
    followed = opened.follow_audit(case, manifest, regions, options)
    assert (followed.audit, followed.current) == (None, False)
    while not followed.current:
        assert followed.run is not None
        assert followed.run.error is None
        followed = opened.follow_audit(case, manifest, regions, options)
    audit = opened.audit(case, manifest, regions, options)
    assert followed.audit is not None
    assert audit.verdict.verdict == followed.audit.verdict.verdict
    assert audit.explanation.logit == followed.audit.explanation.logit
    assert opened.follow_audit(case, manifest, regions, options).audit is followed.audit
    # Other regions: that of the regions before is shown meanwhile, and closing the case ends the new one.
    other = opened.follow_audit(case, manifest, regions[:1], options)
    assert (other.audit, other.current) == (followed.audit, False)
    opened.release()
    assert other.run is not None
    while not other.run.done:
        pass
    assert other.run.audit is None
    exports = {one.name: one for one in audit_exports(audit, manifest, case, case.opinion)}
    with zipfile.ZipFile(io.BytesIO(exports["audit.zip"].make())) as archive:
        assert archive.read("audit.json") == exports["audit.json"].make()


def test_what_is_released_holds_no_pixel(opened: Workspace, manifest: Manifest) -> None:
    def look_at_it() -> weakref.ref[Radiograph]:
        study = opened.study
        assert study is not None
        reading = opened.read_study(study, manifest)
        opened.offered |= {one.name: one.make for one in study_exports(reading)}
        return weakref.ref(study.front.radiograph)

    radiograph = look_at_it()
    assert radiograph() is not None
    opened.release()
    assert (opened.study, opened.case, opened.refused) == (None, None, ())
    assert opened.explanations.memory.keys() == ()
    gc.collect()
    assert radiograph() is None


def test_exports_are_made_when_asked_for(opened: Workspace, manifest: Manifest) -> None:
    assert opened.study is not None
    case = opened.study.front
    case.reading.opinion = "abnormal"
    explanation = opened.explain(case, manifest)
    exports = explanation_exports(
        case,
        lambda: report_of(case, manifest, explanation),
        manifest,
        explanation,
        next(iter(explanation.stages[0].rankings)),
    )
    record = json.loads({one.name: one for one in exports}["explanation.json"].make())
    assert record["logit"] == explanation.logit
    assert record["reader_opinion"] == "abnormal"
    assert "DOE" not in json.dumps(record)
    studies = {one.name: one for one in study_exports(opened.read_study(opened.study, manifest))}
    assert [one["file"] for one in json.loads(studies["study.json"].make())["refused"]] == [2]


def test_regions_of_another_size_are_refused() -> None:
    with pytest.raises(ShapeError, match="`known_regions`"):
        Case(read_radiograph(png(1)), "One", known_regions=RegionMasks((4, 4), {}))
