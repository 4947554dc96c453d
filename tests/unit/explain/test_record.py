from __future__ import annotations

import json
import math
from dataclasses import replace
from hashlib import sha256

import numpy as np
import pytest

import densexplain
from densexplain.classifier.model_sets.manifest import CalibrationRecord
from densexplain.explain.explainer import Explainer
from densexplain.explain.record import explanation_record
from densexplain.radiograph.crop import Crop, Geometry
from densexplain.radiograph.geometry import apply_geometry
from densexplain.radiograph.preprocessing import InputSpecification, prepare
from densexplain.radiograph.radiograph import Acquisition, Radiograph
from densexplain.vocabulary import FileFormat, Ranking, ResizeMode

GEOMETRY = Geometry(Crop(4, 8, 80, 60), 90.0, flip=True)


@pytest.fixture(scope="module")
def radiograph() -> Radiograph:
    pixels = np.random.default_rng(0).random((100, 90), np.float32)
    return Radiograph(pixels, FileFormat.PNG, Acquisition(), sha256(b"file").hexdigest(), ())


def test_the_record_has_the_command_lines_entries(explainer: Explainer, radiograph: Radiograph) -> None:
    manifest = explainer.model_set.manifest
    explanation = explainer.explain(prepare(apply_geometry(radiograph.pixels, GEOMETRY), manifest.specification))
    seconds = {"read": 0.123456, "forward": 0.2, "render": 0.0}
    record = json.loads(json.dumps(explanation_record(explanation, manifest, radiograph, GEOMETRY, seconds=seconds)))
    assert record["model_set"] == "tiny"
    assert record["weights_sha256"] == manifest.weights_sha256
    assert record["input"] == {
        "rows": 100,
        "columns": 90,
        "crop": [4, 8, 80, 60],
        "rotate": 90.0,
        "flip": True,
        "invert": False,
        "sha256": sha256(b"file").hexdigest(),
        "frame": None,
    }
    assert (record["probability"], record["logit"], record["bias"]) == (
        explanation.probability,
        explanation.logit,
        explanation.bias,
    )
    assert record["evidence_sum"] + record["bias"] == pytest.approx(record["logit"], abs=1e-5)
    assert (record["finding"], record["threshold"]) == (explanation.finding.value, 0.4)
    assert record["seconds"] == {"read": 0.1235, "forward": 0.2, "render": 0.0}
    assert record["densexplain_version"] == densexplain.__version__
    assert record["notice"] == "Research use only, not for diagnosis"
    assert [
        (stage["stage"], stage["layer"], stage["rows"], stage["columns"], stage["channels"])
        for stage in record["stages"]
    ] == [
        ("conv1", "conv1_relu", 32, 32, 16),
        ("block1", "pool2_relu", 16, 16, 24),
        ("block2", "pool3_relu", 8, 8, 20),
        ("block3", "pool4_relu", 4, 4, 18),
        ("block4", "relu", 2, 2, 17),
    ]
    for entry, stage in zip(record["stages"], explanation.stages, strict=True):
        ranked = stage.ranked(Ranking.MEAN)
        assert [top["channel"] for top in entry["top"]] == ranked.channels.tolist()
        assert [top["strength"] for top in entry["top"]] == ranked.strengths.tolist()


def test_a_calibrated_probability_stands_beside_the_raw_one(explainer: Explainer, radiograph: Radiograph) -> None:
    manifest = explainer.model_set.manifest
    explanation = explainer.explain(prepare(radiograph.pixels, manifest.specification))
    record = explanation_record(explanation, manifest, radiograph, Geometry())
    assert (record["calibrated_probability"], record["temperature"]) == (None, None)
    calibrated = replace(manifest, calibration=CalibrationRecord(2.0, "valid", 9, 0.5, 0.4))
    record = json.loads(json.dumps(explanation_record(explanation, calibrated, radiograph, Geometry())))
    assert record["temperature"] == 2.0
    assert record["calibrated_probability"] == pytest.approx(1 / (1 + math.exp(-explanation.logit / 2)))
    assert record["probability"] == explanation.probability
    assert record["finding"] == explanation.finding.value


def test_the_record_suffices_to_repeat_the_result(explainer: Explainer, radiograph: Radiograph) -> None:
    manifest = explainer.model_set.manifest
    explanation = explainer.explain(prepare(apply_geometry(radiograph.pixels, GEOMETRY), manifest.specification))
    record = json.loads(json.dumps(explanation_record(explanation, manifest, radiograph, GEOMETRY)))
    assert "seconds" not in record
    made, prepared = record["input"], record["preprocessing"]
    geometry = Geometry(Crop(*made["crop"]), made["rotate"], made["flip"], made["invert"])
    specification = InputSpecification(
        prepared["size_px"],
        ResizeMode(prepared["resize"]),
        tuple(prepared["mean"]),
        tuple(prepared["standard_deviation"]),
        prepared["channel_order"],
    )
    again = explainer.explain(prepare(apply_geometry(radiograph.pixels, geometry), specification))
    assert again.probability == record["probability"]


def test_a_ranking_that_a_stage_lacks_is_listed_by_mean_and_says_so(
    explainer: Explainer, radiograph: Radiograph
) -> None:
    manifest = explainer.model_set.manifest
    explanation = explainer.explain(prepare(radiograph.pixels, manifest.specification))
    record = explanation_record(explanation, manifest, radiograph, Geometry(), ranking=Ranking.CONTRIBUTION)
    assert record["input"]["crop"] is None
    assert [stage["ranking"] for stage in record["stages"]] == ["mean"] * 4 + ["contribution"]
    assert min(top["strength"] for top in record["stages"][4]["top"]) < 0
