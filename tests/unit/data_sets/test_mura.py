"""Data sets in MURA's layout, and what is refused."""

import pytest

from densexplain.data_sets.mura import check_both_findings, read_data_set
from densexplain.errors import DataSetError
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


_STUDY = "XR_WRIST/patient00001/study1_positive"


def _lists(folder, split, images=None, labels=None):
    if images is not None:
        (folder / f"{split}_image_paths.csv").write_text("".join(f"{line}\n" for line in images))
    if labels is not None:
        (folder / f"{split}_labeled_studies.csv").write_text("".join(f"{line}\n" for line in labels))


@pytest.fixture
def with_lists(tmp_path):
    """Two listed images, one of a study whose label contradicts the folder, and one that is not listed."""
    for path in ("patient00001/study1_positive/image1.png", "patient00001/study1_positive/image2.png"):
        _place(tmp_path, f"train/XR_WRIST/{path}")
    _place(tmp_path, "train/XR_HAND/patient00002/study1_negative/image1.png")
    _lists(
        tmp_path,
        "train",
        [
            f"MURA-v1.1/train/{_STUDY}/image1.png",
            "MURA-v1.1/train/XR_HAND/patient00002/study1_negative/image1.png",
            "MURA-v1.1/train/XR_HAND/patient00002/study1_negative/image2.png",
        ],
        [f"MURA-v1.1/train/{_STUDY}/,1", "", "MURA-v1.1/train/XR_HAND/patient00002/study1_negative/,1"],
    )
    return tmp_path


def test_lists_decide_over_folders(with_lists):
    items = read_data_set(with_lists, Split.TRAIN)
    assert [(item.path.relative_to(with_lists).as_posix(), item.finding) for item in items] == [
        ("train/XR_HAND/patient00002/study1_negative/image1.png", Finding.ABNORMAL),
        (f"train/{_STUDY}/image1.png", Finding.ABNORMAL),
    ]


def test_what_the_lists_leave_out_is_said(with_lists):
    lines = []
    read_data_set(with_lists, Split.TRAIN, report=lines.append)
    hand = "train/XR_HAND/patient00002/study1_negative"
    assert lines == [
        "left out: 1 images listed in train_image_paths.csv but missing, "
        f"{with_lists / hand / 'image2.png'} among them",
        f"left out: 1 images not listed in train_image_paths.csv, {with_lists}/train/{_STUDY}/image2.png among them",
    ]
    lines.clear()
    read_data_set(with_lists, Split.TRAIN, ("hand",), lines.append)
    assert [line.split(",")[0] for line in lines] == ["left out: 1 images listed in train_image_paths.csv but missing"]


@pytest.mark.parametrize("before", ["", "MURA-v1.1/", "/data/renamed/", "..\\somewhere\\"])
def test_lists_hold_wherever_the_data_set_lay(tmp_path, before):
    _place(tmp_path, f"valid/{_STUDY}/image1.png")
    separator = "\\" if "\\" in before else "/"
    path = f"{before}valid/{_STUDY}/".replace("/", separator)
    _lists(tmp_path, "valid", [f"{path}image1.png"], [f"{path},0"])
    assert [item.finding for item in read_data_set(tmp_path, Split.VALID)] == [Finding.NORMAL]


def test_each_list_works_without_the_other(tmp_path):
    _place(tmp_path, "train/XR_KNEE/p1/study1/image1.png")
    _lists(tmp_path, "train", labels=["x/train/XR_KNEE/p1/study1/,0"])
    assert [item.finding for item in read_data_set(tmp_path, Split.TRAIN)] == [Finding.NORMAL]
    _place(tmp_path, "valid/XR_KNEE/p1/study1_positive/image1.png")
    _lists(tmp_path, "valid", images=["x/valid/XR_KNEE/p1/study1_positive/image1.png"])
    assert [item.finding for item in read_data_set(tmp_path, Split.VALID)] == [Finding.ABNORMAL]


@pytest.mark.parametrize(
    ("images", "labels", "words"),
    [
        (["image1.png"], None, "line 1 of .*train_image_paths.csv; received 'image1.png'"),
        ([f"MURA-v1.1/valid/{_STUDY}/image1.png"], None, "MURA-v1.1/train/XR_WRIST"),
        (["train/XR_WRIST/patient00001/../image1.png"], None, "line 1"),
        ([f"train/{_STUDY}/image1.png,1"], None, "expected 1 columns in line 1 .*; received 2"),
        (None, [f"train/{_STUDY}/,1", f"train/{_STUDY}/,abnormal"], "label 1 or 0 in line 2 .* received 'abnormal'"),
        (None, [f"train/{_STUDY}/,1", f"train/{_STUDY}/,0"], "one label for each study .* line 2"),
        (None, [f"train/{_STUDY}/"], "expected 2 columns"),
        (["\udcff"], None, "cannot be read"),
    ],
    ids=["short", "other split", "upwards", "columns", "word", "two labels", "no label", "not UTF-8"],
)
def test_lists_that_cannot_be_understood_are_refused(tmp_path, images, labels, words):
    _place(tmp_path, f"train/{_STUDY}/image1.png")
    if images == ["\udcff"]:
        (tmp_path / "train_image_paths.csv").write_bytes(b"\xff\n")
    else:
        _lists(tmp_path, "train", images, labels)
    with pytest.raises(DataSetError, match=words):
        read_data_set(tmp_path, Split.TRAIN)


def test_one_of_several_extremities_that_is_missing_is_refused_with_those_there(data_set):
    with pytest.raises(DataSetError, match=r"of ELBOW in .*; found HAND, WRIST$"):
        read_data_set(data_set, Split.TRAIN, ("wrist", "elbow"))
    with pytest.raises(DataSetError, match="there is none"):
        read_data_set(data_set / "nowhere", Split.TRAIN)


def test_nothing_at_all_is_refused(tmp_path):
    (tmp_path / "train" / "WRIST").mkdir(parents=True)
    with pytest.raises(DataSetError, match=r"of any extremity in .*; found none$"):
        read_data_set(tmp_path, Split.TRAIN)


def test_a_study_is_known_by_extremity_patient_and_study(tmp_path):
    for path in ("XR_HAND/p1/study1_positive", "XR_WRIST/p1/study1_positive", "XR_HAND/p2/study1_positive"):
        _place(tmp_path, f"train/{path}/image1.png")
        _place(tmp_path, f"train/{path}/image2.png")
    keys = [item.study_key for item in read_data_set(tmp_path, Split.TRAIN)]
    assert len(keys) == 6
    assert len(set(keys)) == 3
    assert keys[0] == ("train", "HAND", "p1", "study1_positive")
