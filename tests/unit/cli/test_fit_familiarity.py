"""``fit-familiarity`` teaches an installed model set, and ``explain`` then says what it learnt."""

import json
import shutil

import cv2
import numpy as np
import pytest

pytestmark = pytest.mark.slow


@pytest.fixture
def data_set(tmp_path):
    draw = np.random.default_rng(4)
    for number in range(24):
        study = tmp_path / "data" / "train" / "XR_KNEE" / f"patient{number:02d}" / f"study1_{'negative'}"
        study.mkdir(parents=True)
        image = draw.integers(0, 40, (48, 48)).astype(np.uint8)
        image[20:28] += 180
        assert cv2.imwrite(str(study / "image1.png"), image)
    return tmp_path / "data"


def test_fitting_and_explaining(run, use_models, model_folder, data_set, tmp_path):
    shutil.copytree(model_folder, tmp_path / "models")
    use_models(tmp_path / "models")
    code, out, _ = run("fit-familiarity", "--data", data_set, "--model-set", "tiny", "--extremity", "knee")
    assert code == 0
    fitted = json.loads(out)
    assert fitted["model_set"] == "tiny"
    assert fitted["familiarity"]["images"] == 24
    stated = json.loads((tmp_path / "models" / "tiny" / "model.json").read_text())["familiarity"]
    assert stated == fitted["familiarity"]

    known = next((data_set / "train").rglob("*.png"))
    records = []
    for options in ([], ["--invert"]):
        code, out, _ = run("explain", known, "--model-set", "tiny", *options, "--out", tmp_path / "out")
        assert code == 0
        records.append(json.loads(out))
    familiar, foreign = records
    assert set(familiar["familiarity"]) == {"distance", "quantile", "warn_above", "withhold_above", "verdict"}
    assert familiar["familiarity"]["verdict"] == "familiar"
    assert familiar["finding"] == _finding(familiar)
    assert not familiar["label_withheld"]
    assert (foreign["familiarity"]["verdict"], foreign["familiarity"]["quantile"]) == ("foreign", 1.0)
    assert foreign["familiarity"]["distance"] > foreign["familiarity"]["withhold_above"]
    assert (foreign["finding"], foreign["label_withheld"]) == (None, True)
    assert foreign["logit"] == pytest.approx(foreign["bias"] + foreign["evidence_sum"], abs=1e-4)
    assert (tmp_path / "out" / "cam.npy").exists()


def test_a_model_set_that_was_taught_nothing_says_so(explain, radiograph):
    record = explain(radiograph)
    assert record["familiarity"] is None
    assert record["finding"] == _finding(record)
    assert not record["label_withheld"]


def _finding(record):
    """What a threshold of one half makes of the logit."""
    assert record["threshold"] == 0.5
    return "abnormal" if record["logit"] > 0 else "normal"


def test_what_cannot_be_fitted_is_refused(refused, data_set, tmp_path):
    assert "valid" in refused("fit-familiarity", "--data", data_set, "--model-set", "tiny", "--split", "valid")
    assert "WRIST" in refused("fit-familiarity", "--data", data_set, "--model-set", "tiny", "--extremity", "wrist")
    assert "installed" in refused("fit-familiarity", "--data", data_set, "--model-set", "absent")
