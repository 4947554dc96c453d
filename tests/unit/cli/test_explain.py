"""``explain`` prints what suffices to repeat a result, and writes what it was asked for."""

import hashlib
import json

import cv2
import numpy as np
import pytest

from densexplain.classifier.model_sets.model_set import load_model_set
from densexplain.radiograph.preprocessing import prepare
from tests.networks import model_of

pytestmark = pytest.mark.slow

_ARTEFACTS = {"figure.png", "overlay.png", "cam.npy"} | {
    f"stage_{n}.{kind}" for n in range(1, 6) for kind in ("npy", "png")
}


def _pixels(path):
    return cv2.imread(str(path), cv2.IMREAD_UNCHANGED).astype(np.float32) / 65535


def test_the_record_names_everything(explain, radiograph, model_folder):
    record = explain(radiograph)
    manifest = json.loads((model_folder / "tiny" / "model.json").read_text())
    assert record["model_set"] == "tiny"
    assert record["weights_sha256"] == manifest["weights_sha256"]
    assert record["input"]["sha256"] == hashlib.sha256(radiograph.read_bytes()).hexdigest()
    assert (record["input"]["rows"], record["input"]["columns"]) == (120, 90)
    assert (record["input"]["crop"], record["input"]["rotate"]) == (None, 0)
    assert record["threshold"] == 0.5
    assert record["finding"] == ("abnormal" if record["probability"] > 0.5 else "normal")
    assert record["logit"] == pytest.approx(record["bias"] + record["evidence_sum"], abs=1e-4)
    assert set(record["seconds"]) == {"read", "forward", "render"}
    assert [(stage["stage"], stage["layer"], stage["rows"]) for stage in record["stages"]] == [
        ("conv1", "conv1_relu", 32),
        ("block1", "pool2_relu", 16),
        ("block2", "pool3_relu", 8),
        ("block3", "pool4_relu", 4),
        ("block4", "relu", 2),
    ]
    for stage in record["stages"]:
        strengths = [entry["strength"] for entry in stage["top"]]
        assert strengths == sorted(strengths, reverse=True)
        assert len({entry["channel"] for entry in stage["top"]}) == len(strengths) == min(16, stage["channels"])
    assert "Research use only" in record["notice"]


def test_the_probability_is_what_keras_says(explain, radiograph, model_folder):
    model_set = load_model_set(model_folder / "tiny")
    network_input = prepare(_pixels(radiograph)[10:90, 5:85], model_set.manifest.specification)
    expected = float(model_of(model_set).predict(network_input[None], verbose=0)[0, 0])
    record = explain(radiograph, "--crop", 10, 5, 80, 80)
    assert record["probability"] == pytest.approx(expected, abs=1e-5)
    assert record["input"]["crop"] == [10, 5, 80, 80]
    assert explain(radiograph)["probability"] != pytest.approx(expected, abs=1e-7)


def test_the_same_input_gives_the_same_answer(explain, radiograph):
    first, second = (explain(radiograph, "--rotate", -12.5, "--flip", "--invert") for _ in range(2))
    del first["seconds"], second["seconds"]
    assert first == second
    assert (first["input"]["rotate"], first["input"]["flip"], first["input"]["invert"]) == (-12.5, True, True)


def test_the_ranking_chooses_the_maps_and_not_the_answer(explain, radiograph):
    mean, maximum = explain(radiograph), explain(radiograph, "--ranking", "maximum")
    assert mean["logit"] == maximum["logit"]
    assert mean["stages"][0]["top"] != maximum["stages"][0]["top"]


def test_the_artefacts_are_those_asked_for(explain, radiograph, tmp_path):
    record = explain(radiograph, "--crop", 0, 0, 100, 90, "--out", tmp_path / "new" / "folder")
    folder = tmp_path / "new" / "folder"
    assert {path.name for path in folder.iterdir()} == _ARTEFACTS
    cam = np.load(folder / "cam.npy", allow_pickle=False)
    assert (cam.dtype, cam.shape) == (np.float32, (2, 2))
    assert cam.mean() + record["bias"] == pytest.approx(record["logit"], abs=1e-4)
    for number, stage in enumerate(record["stages"], start=1):
        maps = np.load(folder / f"stage_{number}.npy", allow_pickle=False)
        assert maps.dtype == np.float32
        assert maps.shape == (len(stage["top"]), stage["rows"], stage["columns"])
        strengths = [entry["strength"] for entry in stage["top"]]
        np.testing.assert_allclose(maps.mean(axis=(1, 2)), strengths, rtol=1e-4, atol=1e-6)
        assert cv2.imread(str(folder / f"stage_{number}.png")) is not None
    overlay = cv2.imread(str(folder / "overlay.png"))
    assert overlay.shape == (100, 90, 3)
    assert record["seconds"]["render"] > 0


def test_nothing_is_written_unless_asked_for(explain, radiograph, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    explain(radiograph)
    assert list(tmp_path.iterdir()) == []


def test_a_class_that_the_model_set_does_not_have_is_refused(refused, radiograph):
    line = refused("explain", radiograph, "--model-set", "tiny", "--class", "fracture")
    assert "expected one of the classes abnormal; received 'fracture'" in line


def test_the_only_class_may_be_named(explain, radiograph):
    assert explain(radiograph, "--class", "abnormal")["logit"] == explain(radiograph)["logit"]
