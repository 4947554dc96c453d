"""Data sets in MURA's layout, and what is refused."""

import pytest

from densexplain.errors import DataSetError
from densexplain.training.mura import check_both_findings, read_data_set
from densexplain.vocabulary import Finding, Split


def _place(folder, path):
    (folder / path).parent.mkdir(parents=True, exist_ok=True)
    (folder / path).write_bytes(b"")


def test_labels_come_from_the_folders(tmp_path):
    _place(tmp_path, "valid/XR_WRIST/patient00002/study1_negative/image1.png")
    _place(tmp_path, "valid/XR_WRIST/patient00001/study2_positive/image2.JPG")
    _place(tmp_path, "valid/XR_HAND/patient00003/study1_positive/image1.jpeg")
    _place(tmp_path, "train/XR_HAND/patient00009/study1_positive/image1.png")
    items = read_data_set(tmp_path, Split.VALID)
    assert [(item.extremity, item.patient, item.study, item.finding) for item in items] == [
        ("HAND", "patient00003", "study1_positive", Finding.ABNORMAL),
        ("WRIST", "patient00001", "study2_positive", Finding.ABNORMAL),
        ("WRIST", "patient00002", "study1_negative", Finding.NORMAL),
    ]
    assert {item.split for item in items} == {Split.VALID}


@pytest.mark.parametrize("name", ["wrist", "WRIST", "XR_WRIST"])
def test_extremities_are_chosen_by_name(data_set, name):
    assert {item.extremity for item in read_data_set(data_set, Split.TRAIN, (name,))} == {"WRIST"}


def test_other_files_and_hidden_ones_are_passed_over(tmp_path):
    _place(tmp_path, "train/XR_HAND/p/study1_positive/image1.png")
    _place(tmp_path, "train/XR_HAND/p/study1_positive/._image1.png")
    _place(tmp_path, "train/XR_HAND/p/study1_positive/notes.txt")
    _place(tmp_path, "train/labels.csv")
    assert len(read_data_set(tmp_path, Split.TRAIN)) == 1


def test_a_missing_split_is_refused(tmp_path):
    with pytest.raises(DataSetError, match="expected a folder train"):
        read_data_set(tmp_path, Split.TRAIN)


def test_no_images_of_the_extremity_is_refused(data_set):
    with pytest.raises(DataSetError, match="ELBOW"):
        read_data_set(data_set, Split.TRAIN, ("elbow",))


def test_a_study_without_a_label_is_refused(tmp_path):
    _place(tmp_path, "train/XR_HAND/p/study1/image1.png")
    with pytest.raises(DataSetError, match=r"received study1$"):
        read_data_set(tmp_path, Split.TRAIN)


def test_one_finding_alone_is_refused(data_set):
    items = read_data_set(data_set, Split.TRAIN)
    check_both_findings(items)
    with pytest.raises(DataSetError, match="found normal ones alone"):
        check_both_findings(tuple(item for item in items if item.finding is Finding.NORMAL))
    with pytest.raises(DataSetError, match="found no ones alone"):
        check_both_findings(())
