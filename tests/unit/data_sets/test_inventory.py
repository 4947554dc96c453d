"""The paper's Table 2 from a tree that has its studies, and every kind of problem by its name."""

import os
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

import cv2
import numpy as np
import pytest

from densexplain.data_sets.contents import content_problems
from densexplain.data_sets.data_problems import ProblemKind
from densexplain.data_sets.inventory import take_inventory
from densexplain.data_sets.mura import read_data_set
from densexplain.data_sets.mura_counts import MURA_STUDIES
from densexplain.errors import DataSetError
from densexplain.vocabulary import Finding, Split
from tests.mura_tree import PATIENTS, write_mura

_WRIST = "train/XR_WRIST/patient1/study1_positive"
_SOUND = (
    f"{_WRIST}/image1.png",
    f"{_WRIST}/image2.png",
    "train/XR_WRIST/patient2/study1_negative/image1.png",
    "train/XR_HAND/patient2/study1_negative/image1.jpg",
    "valid/XR_WRIST/patient3/study1_positive/image1.png",
    "valid/XR_HAND/patient4/study1_negative/image1.png",
)


@pytest.fixture(scope="module")
def mura():
    # 43,000 files and folders: in memory where there is such a place, for some disks take minutes to delete them.
    with TemporaryDirectory(dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else None) as folder:
        write_mura(Path(folder))
        yield Path(folder)


def test_the_papers_28_cells_are_counted(mura):
    inventory = take_inventory(mura, (), [].append)
    assert inventory.studies == MURA_STUDIES
    assert inventory.images == MURA_STUDIES
    assert inventory.cells_as_in_the_paper == 28
    assert inventory.patients == PATIENTS
    assert inventory.patients_in_all == 12_173
    assert inventory.problems == ()


def test_one_extremity_of_the_paper_is_counted(mura):
    wrist = take_inventory(mura, ("wrist",), [].append)
    assert wrist.cells_as_in_the_paper == 4
    assert wrist.as_dict()["studies"]["all"]["total"] == 3697


def _write(folder, path, seed=None):
    (folder / path).parent.mkdir(parents=True, exist_ok=True)
    draw = np.random.default_rng(abs(hash(path)) if seed is None else seed)
    assert cv2.imwrite(str(folder / path), draw.integers(0, 256, (8, 8)).astype(np.uint8))


@pytest.fixture
def folder(tmp_path):
    for path in _SOUND:
        _write(tmp_path, path)
    return tmp_path


def _problems(folder, *extremities):
    problems = take_inventory(folder, extremities, [].append).problems
    return [(problem.kind, problem.path, problem.detail, problem.also) for problem in problems]


def test_a_sound_data_set_of_other_folders_is_counted(folder):
    for path in list((folder / "train").glob("XR_WRIST")) + list((folder / "valid").glob("XR_WRIST")):
        path.rename(path.with_name("XR_Knee"))
    inventory = take_inventory(folder, (), [].append)
    assert inventory.problems == ()
    assert inventory.extremities == ("HAND", "KNEE")
    assert inventory.cells_as_in_the_paper is None
    counts = inventory.as_dict()
    assert counts["studies"]["knee"] == {
        "train": {"normal": 1, "abnormal": 1},
        "valid": {"normal": 0, "abnormal": 1},
        "total": 3,
    }
    assert counts["images"]["knee"]["train"] == {"normal": 1, "abnormal": 2}
    assert counts["images"]["all"]["total"] == 6
    assert counts["patients"] == {"train": 2, "valid": 2, "all": 4}
    assert inventory.studies["HAND", Split.TRAIN, Finding.NORMAL] == 1


def test_images_that_cannot_be_read_are_named(folder):
    (folder / _SOUND[0]).write_bytes((folder / _SOUND[0]).read_bytes()[:-5])
    (folder / _SOUND[1]).write_bytes(b"")
    (folder / _SOUND[2]).write_bytes(b"GIF89a")
    assert _problems(folder) == [
        (ProblemKind.UNREADABLE_IMAGE, _SOUND[0], "is cut off", ()),
        (ProblemKind.UNREADABLE_IMAGE, _SOUND[1], "is empty", ()),
        (ProblemKind.UNREADABLE_IMAGE, _SOUND[2], "is neither", ()),
    ]


def test_a_patient_in_two_splits_is_named_with_all_folders(folder):
    _write(folder, "valid/XR_HAND/patient2/study2_negative/image1.png")
    others = ("train/XR_WRIST/patient2", "valid/XR_HAND/patient2")
    assert _problems(folder) == [(ProblemKind.PATIENT_IN_TWO_SPLITS, "train/XR_HAND/patient2", "patient2", others)]
    assert _problems(folder, "wrist") == []
    assert take_inventory(folder, (), [].append).patients_in_all == 4


def test_duplicates_are_told_apart_by_the_harm_they_do(folder):
    def copy(source, target):
        (folder / target).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(folder / source, folder / target)

    copy(_SOUND[0], f"{_WRIST}/image3.png")
    copy(_SOUND[2], "train/XR_WRIST/patient5/study1_positive/image1.png")
    copy(_SOUND[4], "train/XR_WRIST/patient6/study1_negative/image1.png")
    six = "train/XR_WRIST/patient6/study1_negative/image1.png"
    assert _problems(folder) == [
        (ProblemKind.DUPLICATE_ACROSS_SPLITS, six, "", (_SOUND[4],)),
        (ProblemKind.DUPLICATE_ACROSS_LABELS, _SOUND[2], "", ("train/XR_WRIST/patient5/study1_positive/image1.png",)),
        (ProblemKind.DUPLICATE_ACROSS_LABELS, six, "", (_SOUND[4],)),
        (ProblemKind.DUPLICATE, _SOUND[0], "", (f"{_WRIST}/image3.png",)),
    ]


def test_what_is_no_image_or_in_no_study_is_named(folder):
    (folder / "train/XR_HAND/patient9/study1_negative").mkdir(parents=True)
    (folder / _WRIST / "image3.tiff").write_bytes(b"II*\x00")
    (folder / _WRIST / "._image1.png").write_bytes(b"left behind by a Mac")
    (folder / "train/notes.txt").write_text("not an image")
    _write(folder, "train/XR_WRIST/patient1/image7.png")
    _write(folder, "train/HAND/patient1/study1_positive/image1.png")
    assert _problems(folder) == [
        (ProblemKind.STUDY_WITHOUT_IMAGES, "train/XR_HAND/patient9/study1_negative", "", ()),
        (ProblemKind.NOT_PNG_OR_JPEG, f"{_WRIST}/image3.tiff", "", ()),
        (ProblemKind.MISPLACED, "train/HAND", "", ()),
        (ProblemKind.MISPLACED, "train/XR_WRIST/patient1/image7.png", "", ()),
    ]
    assert [path for _, path, _, _ in _problems(folder, "hand")] == [
        "train/XR_HAND/patient9/study1_negative",
        "train/HAND",
    ]


def test_lists_and_folders_that_disagree_are_named(folder):
    listed = [*_SOUND[1:4], f"{_WRIST}/image9.png"]
    (folder / "train_image_paths.csv").write_text("".join(f"MURA-v1.1/{path}\n" for path in listed))
    (folder / "train_labeled_studies.csv").write_text(
        f"MURA-v1.1/{_WRIST}/,0\nMURA-v1.1/train/XR_WRIST/patient8/study1_positive/,1\n"
    )
    assert _problems(folder) == [
        (ProblemKind.LABEL_CONTRADICTS_FOLDER, _WRIST, "listed as normal, the folder says abnormal", ()),
        (ProblemKind.MISSING_IMAGE, f"{_WRIST}/image9.png", "", ()),
        (ProblemKind.MISSING_STUDY, "train/XR_WRIST/patient8/study1_positive", "labelled abnormal", ()),
        (ProblemKind.UNLISTED_IMAGE, _SOUND[0], "", ()),
    ]
    inventory = take_inventory(folder, ("wrist",), [].append)
    assert inventory.images["WRIST", Split.TRAIN, Finding.NORMAL] == 2
    assert inventory.images["WRIST", Split.TRAIN, Finding.ABNORMAL] == 0


def test_a_study_without_a_label_and_a_missing_split_are_named(folder):
    shutil.rmtree(folder / "valid")
    (folder / _WRIST).rename((folder / _WRIST).with_name("study1"))
    assert _problems(folder) == [
        (ProblemKind.MISSING_SPLIT, "valid", "no folder valid", ()),
        (
            ProblemKind.STUDY_WITHOUT_LABEL,
            "train/XR_WRIST/patient1/study1",
            "neither listed nor named by the folder",
            (),
        ),
    ]


def test_an_image_that_vanishes_meanwhile_is_named(folder):
    (folder / _SOUND[0]).unlink()
    (folder / _SOUND[0]).symlink_to(folder / "nowhere.png")
    assert _problems(folder) == [(ProblemKind.UNREADABLE_IMAGE, _SOUND[0], "No such file or directory", ())]


def test_progress_is_told(folder):
    lines = []
    content_problems(folder, read_data_set(folder, Split.TRAIN), lines.append, every_seconds=0)
    assert lines == ["read 4 of 4 images"]


def test_what_is_no_data_set_is_refused(folder, tmp_path):
    with pytest.raises(DataSetError, match="there is neither"):
        take_inventory(folder / "train", (), [].append)
    with pytest.raises(DataSetError, match=r"of ELBOW in .*; found HAND, WRIST$"):
        take_inventory(folder, ("hand", "elbow"), [].append)


@pytest.mark.parametrize("kind", ProblemKind)
def test_every_kind_says_what_it_means_for_training(kind):
    assert kind.meaning
