"""A kept evaluation and the radiographs that it names, small enough to check by hand."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np

from densexplain.classifier.model_sets.manifest import read_manifest, write_manifest
from densexplain.evaluation.records.evaluation_report import (
    METRICS,
    CalibrationMetrics,
    EvaluationReport,
    GroupMetrics,
    LevelMetrics,
    MetricEstimate,
    SampleSets,
)
from densexplain.evaluation.records.recorded_evaluation import write_evaluation
from densexplain.evaluation.records.recorded_predictions import RecordedPredictions, encode_predictions
from densexplain.radiograph.preprocessing import prepare
from densexplain.radiograph.reading.reading import read_radiograph
from densexplain.vocabulary import Split
from tests.networks import model_of

Row = tuple[str, str, bool, float]
"""Hash, extremity type, whether labelled abnormal, logit."""


def write_radiographs(folder: Path, count: int) -> list[str]:
    """Write PNG files of 120 x 100 pixels, their names fit to identify a patient; return their hashes."""
    study = folder / "XR_KNEE" / "MUELLER_1950" / "study1_positive"
    study.mkdir(parents=True)
    hashes = []
    for number in range(count):
        coarse = np.random.default_rng(number).random((6, 5)).astype(np.float32)
        pixels = cv2.resize(coarse, (100, 120), interpolation=cv2.INTER_CUBIC).clip(0, 1)
        content = cv2.imencode(".png", (255 * pixels).astype(np.uint8))[1].tobytes()
        (study / f"mueller{number}.png").write_bytes(content)
        hashes.append(hashlib.sha256(content).hexdigest())
    return hashes


def level(rows: Sequence[Row], threshold: float) -> LevelMetrics:
    """Counts of the table; every figure is 0.75 (0.50 to 0.90)."""
    pairs = [(label, 1 / (1 + np.exp(-logit)) > threshold) for _, _, label, logit in rows]
    counts = [pairs.count(pair) for pair in ((True, True), (False, True), (False, False), (True, False))]
    figures = {name: MetricEstimate(0.75, 0.5, 0.9) for name in METRICS}
    return LevelMetrics(len(rows), sum(label for label, _ in pairs), 0, *counts, figures)


def report_and_predictions(
    name: str, weights_sha256: str, threshold: float, rows: Sequence[Row]
) -> tuple[EvaluationReport, RecordedPredictions]:
    """What `evaluate --record` keeps, from a table."""
    hashes, extremities, labels, logits = zip(*sorted(rows), strict=True)
    values = np.array(logits, np.float32).astype(np.float64)
    numbers, probabilities = np.arange(1, len(rows) + 1), 1 / (1 + np.exp(-values))
    predictions = RecordedPredictions(
        hashes, extremities, numbers, np.array(labels), values, probabilities, Split.VALID
    )
    groups = [("all", rows), *((one, [row for row in rows if row[1] == one]) for one in sorted(set(extremities)))]
    report = EvaluationReport(
        name,
        "1",
        weights_sha256,
        "valid",
        threshold,
        1000,
        0,
        2,
        hashlib.sha256(encode_predictions(predictions)).hexdigest(),
        tuple(GroupMetrics(one, 5, level(some, threshold), level(some, threshold)) for one, some in groups),
        SampleSets(100, 0.61, 0.02),
        CalibrationMetrics(1.5, True, 0.1, 0.03, 0.4),
    )
    return report, predictions


def write_record(folder: Path, rows: Sequence[Row]) -> None:
    """Keep an evaluation with a model set."""
    manifest = read_manifest(folder)
    write_evaluation(folder, *report_and_predictions(manifest.name, manifest.weights_sha256, manifest.threshold, rows))


def record_as_predicted(folder: Path, data: Path) -> list[Row]:
    """Predict the radiographs under a folder and keep that, the threshold amid them: one of each kind of mistake.

    Returns
    -------
    list of Row
        From the lowest logit to the highest; the first is a false negative, the last a false positive.
    """
    from densexplain.classifier.model_sets.model_set import load_model_set  # here, for it loads an engine

    model_set = load_model_set(folder)
    contents = [path.read_bytes() for path in sorted(data.rglob("*.png"))]
    inputs = [prepare(read_radiograph(content).pixels, model_set.manifest.specification) for content in contents]
    probabilities = np.asarray(model_of(model_set).predict_on_batch(np.stack(inputs)), np.float64)[:, 0]
    order = np.argsort(probabilities)
    amid = float(probabilities[order[len(order) // 2 - 1 : len(order) // 2 + 1]].mean())
    write_manifest(folder, replace(model_set.manifest, threshold=amid))
    logits = np.log(probabilities / (1 - probabilities))
    rows = [
        (
            hashlib.sha256(contents[one]).hexdigest(),
            "knee",
            place == 0 or len(order) // 2 <= place < len(order) - 1,
            float(logits[one]),
        )
        for place, one in enumerate(order)
    ]
    write_record(folder, rows)
    return rows
