"""``evaluate`` on generated radiographs: what it prints, writes, keeps and refuses."""

import csv
import json
import shutil
from hashlib import sha256

import cv2
import numpy as np
import pytest

from densexplain.classifier.model_sets.manifest import read_manifest
from densexplain.evaluation.records.evaluation_json import report_from_json
from densexplain.evaluation.records.evaluation_report import METRICS
from densexplain.evaluation.records.recorded_evaluation import read_evaluation

pytestmark = pytest.mark.slow


def _write(folder, split, extremity, patient, label, images, draw):
    study = folder / split / f"XR_{extremity}" / patient / f"study1_{label}"
    study.mkdir(parents=True)
    for number in range(1, images + 1):
        image = draw.integers(0, 256, (40, 40)).astype(np.uint8)
        assert cv2.imwrite(str(study / f"image{number}.png"), image)


@pytest.fixture(scope="module")
def data_set(tmp_path_factory):
    """Six wrists of both findings, two normal knees; the training split holds two wrists."""
    folder, draw = tmp_path_factory.mktemp("data"), np.random.default_rng(8)
    for number in range(6):
        _write(folder, "valid", "WRIST", f"patient0{number}", ("negative", "positive")[number % 2], 2, draw)
    for number in (7, 8):
        _write(folder, "valid", "KNEE", f"patient0{number}", "negative", 1, draw)
    for label in ("negative", "positive"):
        _write(folder, "train", "WRIST", f"patient1{len(label)}{label[0]}", label, 1, draw)
    return folder


@pytest.fixture
def models(model_folder, use_models, tmp_path):
    """A copy of the folder that holds the model set ``tiny``, searched first."""
    copy = shutil.copytree(model_folder, tmp_path / "models")
    use_models(copy)
    return copy


@pytest.fixture
def evaluate(run, models, data_set):
    def evaluate_data(*options, data=data_set):
        code, out, progress = run(
            "evaluate", "--data", data, "--model-set", "tiny", "--resamples", 100, "--batch-size", 5, *options
        )
        assert code == 0, progress
        return json.loads(out), progress

    return evaluate_data


def _contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_printed_written_and_tabled_figures_are_the_same(evaluate, data_set, models, tmp_path):
    before = _contents(models / "tiny")
    printed, progress = evaluate("--out", tmp_path / "results")
    assert progress == []
    assert {path.name for path in (tmp_path / "results").iterdir()} == {"report.json", "report.md", "predictions.csv"}
    assert json.loads((tmp_path / "results" / "report.json").read_text()) == printed
    assert printed["notice"] == "Research use only, not for diagnosis"
    assert [group["extremity"] for group in printed["groups"]] == ["all", "knee", "wrist"]
    everything, knee, wrist = printed["groups"]
    assert (everything["images"]["units"], everything["studies"]["units"], everything["patients"]) == (14, 8, 8)
    assert (knee["images"]["figures"]["auc"]["value"], knee["images"]["abnormal"]) == (None, 0)
    assert "abnormal ones are missing" in knee["images"]["figures"]["auc"]["reason"]

    with (tmp_path / "results" / "predictions.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 14
    right = [row["label"] == row["prediction"] for row in rows]
    assert everything["images"]["figures"]["accuracy"]["value"] == pytest.approx(sum(right) / 14)
    for row in rows:
        assert sha256((data_set / row["path"]).read_bytes()).hexdigest() == row["image_sha256"]
        assert float(row["probability"]) == pytest.approx(1 / (1 + np.exp(-float(row["logit"]))), abs=1e-6)
        assert (row["prediction"] == "abnormal") == (float(row["probability"]) > 0.5)
        calibrated = 1 / (1 + np.exp(-float(row["logit"]) / printed["calibration"]["temperature"]))
        assert float(row["calibrated_probability"]) == pytest.approx(calibrated, abs=1e-6)
    accuracy = wrist["images"]["figures"]["accuracy"]
    text = (tmp_path / "results" / "report.md").read_text()
    assert f"{accuracy['value']:.3f} ({accuracy['low']:.3f} to {accuracy['high']:.3f})" in text
    assert "Here knee is not among MURA's extremity types" in text
    assert _contents(models / "tiny") == before, "only --record changes a model set"


def test_a_prediction_is_the_one_that_explain_gives(evaluate, explain, data_set, tmp_path):
    evaluate("--out", tmp_path / "results")
    with (tmp_path / "results" / "predictions.csv").open(newline="") as file:
        row = next(csv.DictReader(file))
    explained = explain(data_set / row["path"])
    assert float(row["logit"]) == pytest.approx(explained["logit"], abs=1e-4)
    assert row["image_sha256"] == explained["input"]["sha256"]


def test_the_record_is_kept_with_the_model_set_and_names_no_patient(evaluate, models):
    printed, _ = evaluate("--record")
    folder = models / "tiny"
    evaluation = read_evaluation(folder)
    own = {key: value for key, value in printed.items() if key not in ("skipped_images", "seconds")}
    assert evaluation.report == report_from_json(own)
    assert not evaluation.stale
    assert len(evaluation.predictions.image_sha256) == 14
    manifest = read_manifest(folder)
    assert manifest.calibration.temperature == printed["calibration"]["temperature"]
    assert (manifest.calibration.split, manifest.calibration.images) == ("valid", 14)
    for name in METRICS:
        assert manifest.evaluation["valid"][name] == printed["groups"][0]["images"]["figures"][name]["value"]
    assert "## Measured" in (folder / "README.md").read_text()
    for name, content in _contents(folder).items():
        assert b"patient0" not in content, name
    assert (folder / "predictions.csv").read_text().splitlines()[0] == (
        "image_sha256,extremity,study,label,logit,probability,split"
    )


def test_the_same_command_gives_the_same_figures(evaluate):
    first, second, other = (evaluate("--seed", seed)[0] for seed in (1, 1, 2))
    assert [first.pop("seconds") >= 0, second.pop("seconds") >= 0] == [True, True]
    assert first == second
    assert first["groups"] != other["groups"]


def test_a_recorded_temperature_is_used_and_not_fitted_again(evaluate):
    recorded, _ = evaluate("--record")
    assert recorded["calibration"]["fitted_here"]
    again, _ = evaluate("--extremity", "wrist")
    assert again["calibration"]["temperature"] == recorded["calibration"]["temperature"]
    assert not again["calibration"]["fitted_here"]
    trained, _ = evaluate("--split", "train")
    assert trained["split"] == "train"


def test_an_unreadable_image_is_named_left_out_and_counted(evaluate, models, data_set, tmp_path):
    data = shutil.copytree(data_set, tmp_path / "data")
    broken = data / "valid" / "XR_WRIST" / "patient01" / "study1_positive" / "image2.png"
    broken.write_bytes(broken.read_bytes()[:60])
    printed, progress = evaluate("--out", tmp_path / "results", "--record", data=data)
    assert len(progress) == 1
    assert "patient01" in progress[0]
    assert printed["skipped"] == 1
    assert printed["skipped_images"] == ["valid/XR_WRIST/patient01/study1_positive/image2.png"]
    assert (printed["groups"][0]["images"]["units"], printed["groups"][0]["studies"]["units"]) == (13, 8)
    text = (tmp_path / "results" / "report.md").read_text()
    assert "1 more could not be read" in text
    assert "- `valid/XR_WRIST/patient01/study1_positive/image2.png`" in text
    assert read_evaluation(models / "tiny").report.skipped == 1
    assert b"patient01" not in (models / "tiny" / "evaluation.json").read_bytes()


@pytest.fixture
def refused_here(refused, models, data_set):
    def refuse(*options, data=data_set):
        before = _contents(models / "tiny")
        line = refused("evaluate", "--data", data, "--model-set", "tiny", *options)
        assert _contents(models / "tiny") == before
        return line

    return refuse


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--batch-size", 0], "`--batch-size` must be at least 1; received 0"),
        (["--resamples", 99], "`--resamples` must lie between 100 and 100000; received 99"),
        (["--seed", -1], "`--seed` must not be negative"),
        (["--split", "test"], "--split"),
        (["--split", "train", "--record"], "expected --split valid with --record"),
        (["--extremity", "elbow"], "ELBOW"),
        (["--extremity", "knee"], "found normal ones alone"),
    ],
    ids=str,
)
def test_what_cannot_be_is_refused_in_one_sentence(refused_here, options, words):
    assert words in refused_here(*options)


def test_a_data_set_without_the_split_is_refused(refused_here, tmp_path):
    assert "XR_" in refused_here(data=tmp_path)


def test_a_place_that_cannot_be_written_is_refused_before_the_work(refused_here, tmp_path):
    (tmp_path / "file").write_text("in the way")
    for out in (tmp_path / "file", tmp_path / "file" / "deeper"):
        assert "expected a folder that can be written for --out" in refused_here("--out", out)


def _newer(folder):
    manifest = folder / "model.json"
    manifest.write_text(manifest.read_text().replace('"format_version": 2', '"format_version": 99'))


def _of_another_architecture(folder):
    manifest = folder / "model.json"
    entries = json.loads(manifest.read_text())
    entries["architecture"]["blocks"] = [6, 12, 24, 16]
    manifest.write_text(json.dumps(entries))


@pytest.mark.parametrize(
    ("damage", "words"),
    [(_newer, "which needs a newer densexplain"), (_of_another_architecture, "tensor")],
)
def test_a_model_set_that_does_not_fit_is_refused(refused, models, data_set, damage, words):
    damage(models / "tiny")
    before = _contents(models / "tiny")
    assert words in refused("evaluate", "--data", data_set, "--model-set", "tiny", "--record")
    assert _contents(models / "tiny") == before


def test_a_result_that_cannot_be_written_after_all_is_told_in_one_sentence(run, models, data_set, tmp_path):
    (tmp_path / "results" / "predictions.csv").mkdir(parents=True)
    (models / "tiny" / "evaluation.json").mkdir()
    words = ["evaluate", "--data", data_set, "--model-set", "tiny", "--resamples", 100]
    for options, sentence in (
        (["--out", tmp_path / "results"], "the results could not be written"),
        (["--record"], "the evaluation could not be recorded with tiny"),
    ):
        code, out, lines = run(*words, *options)
        assert (code, out, len(lines)) == (2, "", 1)
        assert sentence in lines[0]
    assert read_manifest(models / "tiny").calibration is None
