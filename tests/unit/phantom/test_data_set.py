"""A data set of phantoms is MURA's layout with the truth beside it."""

import csv
import hashlib
import json
import subprocess
import sys

import cv2
import numpy as np
import pytest

from densexplain.data_sets.inventory import take_inventory
from densexplain.data_sets.mura import read_data_set
from densexplain.errors import OptionError
from densexplain.phantom.data_set import DataSetPlan, Shortcut, planned_images, write_data_set
from densexplain.radiograph.reading.reading import read_radiograph
from densexplain.radiograph.regions.regions import TRUTH_FOLDER, read_regions
from densexplain.vocabulary import ExtremityType, FileFormat, Finding, Region, Split
from tests.tiny import ROOT

pytestmark = pytest.mark.slow

PLAN = DataSetPlan(12, (ExtremityType.FINGER, ExtremityType.WRIST), seed=3, size_px=96, valid_share=0.34)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("phantoms")
    assert write_data_set(folder, PLAN) == 12
    return folder


def hashes(folder):
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix != ".csv"  # the lists begin with the folder's own name
    }


def test_it_is_read_as_mura_is(folder):
    images = [*read_data_set(folder, Split.TRAIN), *read_data_set(folder, Split.VALID)]
    assert len(images) == 12
    assert {image.extremity for image in images} <= {"FINGER", "WRIST"}
    assert {image.split for image in images} == {Split.TRAIN, Split.VALID}
    assert not take_inventory(folder, (), lambda line: None).problems


def test_every_image_has_its_truth(folder):
    for split in Split:
        for image in read_data_set(folder, split):
            truth = folder / TRUTH_FOLDER / image.path.relative_to(folder)
            regions, record = read_regions(truth), json.loads(truth.with_suffix(".json").read_text())
            assert regions.shape == cv2.imread(str(image.path), cv2.IMREAD_UNCHANGED).shape
            assert (record["abnormality"] is not None) is (image.finding is Finding.ABNORMAL)
            assert (Region.ABNORMALITY in regions) is (image.finding is Finding.ABNORMAL)
            assert record["extremity"] == image.extremity.lower()


def test_the_lists_name_what_is_there(folder):
    for split in Split:
        with (folder / f"{split}_image_paths.csv").open() as lines:
            listed = [row[0].split("/", 1)[1] for row in csv.reader(lines)]
        assert sorted(listed) == sorted(str(i.path.relative_to(folder)) for i in read_data_set(folder, split))


def test_a_seed_gives_the_same_files_however_many_processes_write_them(folder, tmp_path):
    options = "--count 12 --extremity finger wrist --seed 3 --size 96 --valid 0.34 --processes 2"
    command = [sys.executable, "-m", "densexplain", "phantom", "--out", str(tmp_path), *options.split()]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=250)
    assert hashes(tmp_path) == hashes(folder)


def test_an_interrupted_run_goes_on(folder, tmp_path):
    write_data_set(tmp_path, PLAN, processes=1)
    whole = hashes(tmp_path)
    for path in list(tmp_path.rglob("image1.json"))[:3]:
        path.unlink()
    write_data_set(tmp_path, PLAN, processes=1)
    assert hashes(tmp_path) == whole


def test_a_longer_data_set_begins_like_a_shorter_one():
    long = list(planned_images(DataSetPlan(40, seed=3)))
    assert list(planned_images(DataSetPlan(15, seed=3))) == long[:15]


def test_no_patient_is_in_both_splits():
    images = list(planned_images(DataSetPlan(400, seed=1)))
    patients = {split: {i.folder.split("/")[2] for i in images if i.split is split} for split in Split}
    assert not patients[Split.TRAIN] & patients[Split.VALID]
    assert 0.15 < len(patients[Split.VALID]) / sum(map(len, patients.values())) < 0.25


def test_a_shortcut_plants_legends_by_label_and_no_shortcut_does_not():
    planted = list(planned_images(DataSetPlan(600, seed=1, shortcut=Shortcut(0.9, 0.1))))
    for label, share in (("positive", 0.9), ("negative", 0.1)):
        legends = [image.description.legend for image in planted if image.folder.endswith(label)]
        assert np.mean(legends) == pytest.approx(share, abs=0.05)
    assert {image.description.legend for image in planned_images(DataSetPlan(50, seed=1))} == {None}


def test_studies_have_several_projections_of_one_limb():
    images = list(planned_images(DataSetPlan(200, seed=2)))
    studies = {}
    for image in images:
        studies.setdefault(image.folder, []).append(image.description)
    several = [descriptions for descriptions in studies.values() if len(descriptions) > 1]
    assert several
    for descriptions in several:
        assert len({d.projection for d in descriptions}) == len(descriptions)
        assert len({(d.seeds.patient, d.seeds.study, d.abnormality) for d in descriptions}) == 1


def test_dicom_is_read_by_the_project_itself(tmp_path):
    plan = DataSetPlan(2, (ExtremityType.WRIST,), seed=3, size_px=96, file_format=FileFormat.DICOM)
    write_data_set(tmp_path, plan)
    files = sorted(tmp_path.rglob("*.dcm"))
    assert len(files) == 2
    for path in files:
        radiograph = read_radiograph(path.read_bytes(), path.name)
        regions = read_regions((tmp_path / TRUTH_FOLDER / path.relative_to(tmp_path)).with_suffix(".png"))
        assert radiograph.pixels.shape == regions.shape


@pytest.mark.parametrize(
    "change",
    [
        {"images": 0},
        {"valid_share": 0.6},
        {"abnormal_share": 1.2},
        {"size_px": 32},
        {"severity": (0.7, 0.3)},
        {"severity": (0.5, 1.5)},
        {"seed": -1},
        {"extremities": ()},
        {"file_format": FileFormat.JPEG},
    ],
)
def test_a_number_out_of_range_is_refused(change):
    with pytest.raises(OptionError):
        DataSetPlan(**({"images": 3} | change))


def test_severities_lie_within_the_limits():
    plan = DataSetPlan(200, seed=4, severity=(0.6, 0.8))
    drawn = [image.description.severity for image in planned_images(plan) if image.description.abnormality]
    assert 0.6 <= min(drawn) < 0.63 < 0.77 < max(drawn) <= 0.8


def test_a_shortcut_is_a_share():
    with pytest.raises(OptionError, match="0 to 1"):
        Shortcut(1.2, 0.0)
