"""A data set in words and as JSON."""

import json

import cv2
import numpy as np
import pytest


@pytest.fixture
def folder(tmp_path):
    draw = np.random.default_rng(0)
    for number in range(30):
        split, label = ("train", "valid")[number % 2], ("negative", "positive")[number // 2 % 2]
        study = tmp_path / split / "XR_WRIST" / f"patient{number:02d}" / f"study1_{label}"
        study.mkdir(parents=True)
        cv2.imwrite(str(study / "image1.png"), draw.integers(0, 256, (8, 8)).astype(np.uint8))
    return tmp_path


def test_the_table_is_the_papers(run, folder):
    code, out, errors = run("describe-data", folder)
    assert (code, errors) == (0, [])
    assert out.splitlines() == [
        "studies   train normal  train abnormal  valid normal  valid abnormal  total",
        "wrist                8               7             8               7     30",
        "all                  8               7             8               7     30",
        "0 of 4 cells as in the paper's Table 2",
        "",
        "images    train normal  train abnormal  valid normal  valid abnormal  total",
        "wrist                8               7             8               7     30",
        "all                  8               7             8               7     30",
        "",
        "patients: train 15, valid 15, in all 30",
        "problems: none",
    ]


def test_text_names_20_of_a_kind_and_json_names_all(run, folder):
    images = sorted(folder.glob("*/*/*/*/*.png"))
    for path in images[:23]:
        path.write_text("the same text")
    code, out, errors = run("describe-data", folder, "--extremity", "wrist")
    assert (code, errors) == (0, [])
    lines = out.splitlines()
    start = lines.index("unreadable image: 23 (skipped and counted in training)")
    assert lines[start + 1] == f"  {images[0].relative_to(folder)}: is neither"
    assert lines[start + 21] == "  and 3 more; --json names all"
    assert "problems: 25" in lines
    group = lines[1 + lines.index(next(line for line in lines if line.startswith("duplicate across splits: 1 ")))]
    assert group.startswith(f"  {images[0].relative_to(folder)} and ")
    assert group.endswith(" and 19 more")

    code, out, _ = run("describe-data", folder, "--json")
    record = json.loads(out)
    assert code == 0
    assert record["problem_counts"] == {
        "duplicate across splits": 1,
        "duplicate across labels": 1,
        "unreadable image": 23,
    }
    named = [problem["path"] for problem in record["problems"] if problem["kind"] == "unreadable image"]
    assert named == [path.relative_to(folder).as_posix() for path in images[:23]]
    assert record["studies"]["all"]["total"] == 30
    assert record["patients"] == {"train": 15, "valid": 15, "all": 30}


def test_the_paper_is_silent_on_other_extremities(run, folder):
    for split in ("train", "valid"):
        (folder / split / "XR_WRIST").rename(folder / split / "XR_KNEE")
    _, out, _ = run("describe-data", folder)
    assert "knee" in out
    assert "paper" not in out


def test_the_wrong_folder_and_extremity_are_refused(refused, folder):
    assert "there is neither" in refused("describe-data", folder / "train")
    assert "found WRIST" in refused("describe-data", folder, "--extremity", "elbow")
    assert "DIR" in refused("describe-data")
