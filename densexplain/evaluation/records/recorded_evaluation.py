"""The evaluation recorded with a model set, read without Keras and without scikit-learn.

A model set's folder may hold, written by ``evaluate --record`` and at the end
of ``train``:

``evaluation.json``
    The figures, as `densexplain.evaluation.records.evaluation_report.EvaluationReport`::

        {"format_version": 1, "notice": ..., "model_set": ..., "version": ..., "weights_sha256": ...,
         "split": "valid", "threshold": 0.5, "resamples": 1000, "seed": 0, "skipped": 0,
         "predictions_sha256": ...,
         "groups": [{"extremity": "all", "patients": 9,
                     "images": {"units": 12, "abnormal": 5, "ties": 0, "true_positives": 4, ...,
                                "figures": {"accuracy": {"value": 0.75, "low": 0.5, "high": 0.9, "reason": ""},
                                            "kappa": ..., "sensitivity": ..., "specificity": ..., "auc": ...,
                                            "brier": ..., "calibration_error": ..., "loss": ...}},
                     "studies": {as images}},
                    {"extremity": "knee", ...}],
         "sample_sets": {"sets": 100, "mean": 0.7, "deviation": 0.05} or null,
         "calibration": {"temperature": 1.4, "fitted_here": true, "brier": ..., "calibration_error": ...,
                         "loss": ...} or null}

``predictions.csv``
    ``image_sha256,extremity,study,label,logit,probability,split``, one line an
    image; see `densexplain.evaluation.records.recorded_predictions`.

Both are tied to each other and to the weights by sha256.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from densexplain.classifier.model_sets.manifest import read_manifest
from densexplain.errors import EntryError, RecordedEvaluationError
from densexplain.evaluation.records.evaluation_json import report_from_json, report_to_json
from densexplain.evaluation.records.evaluation_report import EvaluationReport
from densexplain.evaluation.records.recorded_predictions import (
    PREDICTIONS_FILE,
    RecordedPredictions,
    decode_predictions,
    encode_predictions,
)
from densexplain.files import write_atomically
from densexplain.schema import decode

EVALUATION_FILE = "evaluation.json"

_MOST_BYTES = {EVALUATION_FILE: 1024 * 1024, PREDICTIONS_FILE: 32 * 1024 * 1024}


@dataclass(frozen=True)
class RecordedEvaluation:
    """What a model set reached when it was last evaluated for the record.

    Parameters
    ----------
    report
        The figures.
    predictions
        What they were made of.
    stale
        Whether the weights, or their threshold, have changed since: the figures
        then say nothing of the model set as it is and must not be shown as if they did.
    """

    report: EvaluationReport
    predictions: RecordedPredictions
    stale: bool


def read_evaluation(folder: Path) -> RecordedEvaluation | None:
    """Read the evaluation recorded in a model set's folder; None where there is none.

    Raises
    ------
    ManifestError
        If the model set's manifest cannot be read.
    RecordedEvaluationError
        If a file is missing, damaged, oversized or of a newer version, or the
        two do not belong together.
    """
    if not (folder / EVALUATION_FILE).exists():
        return None
    manifest = read_manifest(folder)
    try:
        report = report_from_json(decode(_content(folder, EVALUATION_FILE)))
    except EntryError as error:
        raise RecordedEvaluationError(f"expected {EVALUATION_FILE} of {folder.name} to be usable; {error}") from error
    content = _content(folder, PREDICTIONS_FILE)
    if sha256(content).hexdigest() != report.predictions_sha256:
        raise RecordedEvaluationError(
            f"expected {PREDICTIONS_FILE} of {folder.name} to be what its figures were made of; it is another, "
            "so evaluate with --record again"
        )
    stale = (report.weights_sha256, report.threshold) != (manifest.weights_sha256, manifest.threshold)
    return RecordedEvaluation(report, decode_predictions(content), stale)


def write_evaluation(folder: Path, report: EvaluationReport, predictions: RecordedPredictions) -> None:
    """Write both files, each whole or not at all; until both are there, `read_evaluation` refuses them.

    Raises
    ------
    OSError
        If the folder cannot be written.
    """
    content = json.dumps(report_to_json(report), indent=1, ensure_ascii=False, allow_nan=False) + "\n"
    write_atomically(folder / PREDICTIONS_FILE, encode_predictions(predictions))
    write_atomically(folder / EVALUATION_FILE, content.encode("utf-8"))


def _content(folder: Path, name: str) -> bytes:
    try:
        with (folder / name).open("rb") as file:
            content = file.read(_MOST_BYTES[name] + 1)
    except OSError as error:
        raise RecordedEvaluationError(
            f"expected {name} in the model set {folder.name}; it cannot be read: {error.strerror}"
        ) from error
    if len(content) > _MOST_BYTES[name]:
        raise RecordedEvaluationError(f"expected {name} of {folder.name} to have at most {_MOST_BYTES[name]} bytes")
    return content
