"""``explain`` with several files, and with ``--study``: the vote, the refused file, the refusals."""

import csv
import json

import cv2
import numpy as np
import pytest

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def radiographs(tmp_path_factory):
    """Ten files of which the last one ends too early."""
    folder, draw = tmp_path_factory.mktemp("study"), np.random.default_rng(5)
    paths = [folder / f"DOE-{number}.png" for number in range(10)]
    for path in paths:
        assert cv2.imwrite(str(path), draw.integers(0, 65536, (100, 80)).astype(np.uint16))
    paths[-1].write_bytes(paths[-1].read_bytes()[:-400])
    return paths


def test_the_nine_go_on_and_the_tenth_is_named(run, use_models, model_folder, radiographs, tmp_path):
    use_models(model_folder)
    out = tmp_path / "out"
    code, printed, err = run("explain", *radiographs, "--model-set", "tiny", "--study", "--out", out)
    assert code == 0
    assert len(err) == 1
    assert err[0].startswith("densexplain: file 10 of 10 was not read: A complete PNG file was expected")
    assert "DOE" not in printed + err[0]
    record = json.loads(printed)
    assert [one["file"] for one in record["radiographs"]] == list(range(1, 10))
    assert [one["file"] for one in record["refused"]] == [10]
    study = record["study"]
    probabilities = [one["probability"] for one in record["radiographs"]]
    assert study["mean_probability"] == pytest.approx(np.mean(probabilities))
    assert study["abnormal"] == sum(probability > 0.5 for probability in probabilities)
    assert study["abnormal"] + study["normal"] == 9
    assert study["finding"] == ("abnormal" if study["abnormal"] > 4 else "normal")
    assert set(record["seconds"]) == {"read", "forward", "render"}
    assert {path.name for path in out.iterdir()} == {f"{n:02d}" for n in range(1, 10)} | {
        "study.png", "study.csv", "study.json",
    }  # fmt: skip
    assert (out / "03" / "cam.npy").exists()
    assert json.loads((out / "study.json").read_text())["study"] == study
    assert len(list(csv.DictReader((out / "study.csv").open()))) == 11


def test_each_file_is_explained_as_by_itself_in_its_own_crop(explain, radiographs):
    first, second = [10, 5, 60, 60], [0, 0, 64, 50]
    record = explain(*radiographs[:2], "--crop", *first, "--crop", *second, "--rotate", 90, "--rotate", -7.5)
    assert "study" not in record
    assert record["refused"] == []
    for path, crop, angle, one in zip(radiographs, (first, second), (90, -7.5), record["radiographs"], strict=False):
        alone = explain(path, "--crop", *crop, "--rotate", angle)
        assert one["input"] == alone["input"]
        assert one["logit"] == pytest.approx(alone["logit"], abs=1e-5)


def test_one_file_can_be_a_study(explain, radiographs):
    record = explain(radiographs[0], "--study")
    assert record["study"]["disagreeing"] == []
    assert record["study"]["finding"] == record["radiographs"][0]["finding"]


def test_a_file_given_twice_counts_once(run, use_models, model_folder, radiographs):
    use_models(model_folder)
    code, printed, err = run("explain", *radiographs[:1] * 2, "--model-set", "tiny", "--study")
    assert (code, len(err)) == (0, 1)
    assert "the same as file 1" in err[0]
    assert len(json.loads(printed)["radiographs"]) == 1


@pytest.mark.parametrize(
    ("files", "arguments", "words"),
    [
        (slice(9, 10), ["--study"], "none of 1 was read"),
        (slice(0, 3), ["--crop", 0, 0, 64, 64], "once for each of 3 files"),
        (slice(0, 3), ["--rotate", 3], "once for each of 3 files"),
        (slice(0, 2), ["--crop", 0, 0, 64, 64, "--crop", 90, 0, 64, 64], "file 2: A crop must lie inside"),
        (slice(0, 2), ["--study", "--ranking", "alphabet"], "--ranking"),
    ],
)
def test_what_cannot_be_done_is_refused_in_one_line(refused, radiographs, files, arguments, words):
    line = refused("explain", *radiographs[files], "--model-set", "tiny", *arguments)
    assert words in line
    assert "DOE" not in line


def test_missing_and_too_many_files_are_refused(refused, tmp_path):
    line = refused("explain", tmp_path / "DOE.png", tmp_path / "ROE.png", "--model-set", "tiny")
    assert "none of 2 was read" in line
    assert "DOE" not in line
    assert "At most 64 files" in refused("explain", *[tmp_path / "a.png"] * 65, "--model-set", "tiny")
