"""A model set's predictions for each radiograph that it was evaluated on, recorded beside its weights.

``predictions.csv`` has one line an image. Images are named by the sha256 of
their file and studies by a running number, and the lines are in the order of
the hashes: neither paths nor patients can be derived from it.
"""

from __future__ import annotations

import csv
import io
import math
import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from densexplain.classifier.probability import probability_of
from densexplain.errors import RecordedEvaluationError
from densexplain.vocabulary import Finding, Split

PREDICTIONS_FILE = "predictions.csv"
COLUMNS = ("image_sha256", "extremity", "study", "label", "logit", "probability", "split")

_SHA256 = re.compile(r"[0-9a-f]{64}")
_LARGEST_DIFFERENCE = 1e-4
"""Between a stored probability and the sigmoid of the stored logit."""


@dataclass(frozen=True)
class RecordedPredictions:
    """Predictions of a whole list of radiographs, in the order of their hashes.

    Parameters
    ----------
    image_sha256
        SHA-256 of each image's file.
    extremities
        Extremity type of each image, lower case ("knee").
    studies
        Shape (images,), int64: images with the same number are of one study; counted from 1.
    labels
        Shape (images,), bool, True = abnormal.
    logits, probabilities
        Shape (images,), float64, of an abnormal finding; uncalibrated, any value and in [0, 1].
    split
        Split of the data set that all of them are from.
    """

    image_sha256: tuple[str, ...]
    extremities: tuple[str, ...]
    studies: NDArray[np.int64]
    labels: NDArray[np.bool_]
    logits: NDArray[np.float64]
    probabilities: NDArray[np.float64]
    split: Split


def encode_predictions(predictions: RecordedPredictions) -> bytes:
    """Content of ``predictions.csv``; numbers as the shortest text that gives the same float32."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in range(len(predictions.image_sha256)):
        writer.writerow(
            (
                predictions.image_sha256[row],
                predictions.extremities[row],
                int(predictions.studies[row]),
                Finding.ABNORMAL if predictions.labels[row] else Finding.NORMAL,
                str(np.float32(predictions.logits[row])),
                str(np.float32(predictions.probabilities[row])),
                predictions.split,
            )
        )
    return stream.getvalue().encode("utf-8")


def decode_predictions(content: bytes) -> RecordedPredictions:
    """Read what `encode_predictions` has written; every value is checked.

    Raises
    ------
    RecordedEvaluationError
        If the columns are others, there is no line, or a value is impossible.
    """
    try:
        rows = list(csv.reader(io.StringIO(content.decode("utf-8")), strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise RecordedEvaluationError(f"expected {PREDICTIONS_FILE} to be a table; {error}") from error
    if not rows or tuple(rows[0]) != COLUMNS:
        raise RecordedEvaluationError(f"expected {PREDICTIONS_FILE} to have the columns {', '.join(COLUMNS)}")
    if len(rows) < 2:
        raise RecordedEvaluationError(f"expected {PREDICTIONS_FILE} to hold predictions; it holds none")
    for number, row in enumerate(rows[1:], 2):
        _check(row, number)
    hashes, extremities, studies, labels, logits, probabilities, splits = zip(*rows[1:], strict=True)
    if len(set(splits)) > 1:
        raise RecordedEvaluationError(f"expected {PREDICTIONS_FILE} to be of one split; received several")
    return RecordedPredictions(
        hashes,
        extremities,
        np.array(studies, np.int64),
        np.array([label == Finding.ABNORMAL for label in labels]),
        np.array(logits, np.float64),
        np.array(probabilities, np.float64),
        Split(splits[0]),
    )


def _check(row: list[str], number: int) -> None:
    if not _is_possible(row):
        shown = ",".join(row)[:80]
        raise RecordedEvaluationError(
            f"expected line {number} of {PREDICTIONS_FILE} to be possible; received {shown!r}"
        )


def _is_possible(row: list[str]) -> bool:
    if len(row) != len(COLUMNS):
        return False
    sha256, extremity, study, label, logit, probability, split = row
    if not (_SHA256.fullmatch(sha256) and extremity and re.fullmatch(r"[0-9]{1,9}", study)):
        return False
    if label not in list(Finding) or split not in list(Split):
        return False
    try:
        logit_value, probability_value = float(logit), float(probability)
    except ValueError:
        return False
    return math.isfinite(logit_value) and abs(probability_of(logit_value) - probability_value) < _LARGEST_DIFFERENCE
