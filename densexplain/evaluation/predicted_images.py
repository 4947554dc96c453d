"""Radiographs of a data set with a model set's predictions, and the tables made of them."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from hashlib import file_digest
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from densexplain.classifier.probability import calibrated_probabilities
from densexplain.data_sets.mura import LabelledRadiograph
from densexplain.errors import DataSetError
from densexplain.evaluation.metrics.labelled_predictions import labels_of, study_numbers
from densexplain.evaluation.predictions import Predictions
from densexplain.evaluation.records.recorded_predictions import RecordedPredictions
from densexplain.vocabulary import Finding

TABLE_COLUMNS = (
    "path",
    "extremity",
    "patient",
    "study",
    "label",
    "logit",
    "probability",
    "calibrated_probability",
    "prediction",
    "image_sha256",
)


@dataclass(frozen=True, eq=False)
class PredictedImages:
    """Predictions of at least one radiograph.

    Parameters
    ----------
    items
        The radiographs, all of one split.
    image_sha256
        SHA-256 of each image's file.
    logits, probabilities
        Shape (images,), float32; uncalibrated, any value and in [0, 1].
    log_odds
        Shape (images, classes), float32, any value; None where only the main class is known.
    """

    items: tuple[LabelledRadiograph, ...]
    image_sha256: tuple[str, ...]
    logits: NDArray[np.float32]
    probabilities: NDArray[np.float32]
    log_odds: NDArray[np.float32] | None = None


def predicted_images(items: tuple[LabelledRadiograph, ...], predictions: Predictions) -> PredictedImages:
    """Put radiographs and their predictions together, and name each by the sha256 of its file.

    Raises
    ------
    DataSetError
        If a file can no longer be read.
    """
    hashes = tuple(_sha256_of(item.path) for item in items)
    return PredictedImages(items, hashes, predictions.logits, predictions.probabilities, predictions.log_odds)


def recorded_predictions(predicted: PredictedImages) -> RecordedPredictions:
    """The predictions without paths and patients, in the order of the hashes."""
    order = sorted(range(len(predicted.items)), key=predicted.image_sha256.__getitem__)
    items = tuple(predicted.items[index] for index in order)
    return RecordedPredictions(
        tuple(predicted.image_sha256[index] for index in order),
        tuple(item.extremity.lower() for item in items),
        study_numbers(items).astype(np.int64) + 1,
        labels_of(items),
        predicted.logits[order].astype(np.float64),
        predicted.probabilities[order].astype(np.float64),
        items[0].split,
    )


def predictions_table(predicted: PredictedImages, folder: Path, threshold: float, temperature: float | None) -> bytes:
    """Every prediction as CSV, with paths and patients: for those who have the data set, not to be passed on.

    Parameters
    ----------
    predicted
        What was predicted.
    folder
        The data set's root, which the paths are relative to.
    threshold
        Above it a probability is an abnormal finding.
    temperature
        For the calibrated probability; None leaves that column empty.
    """
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(TABLE_COLUMNS)
    calibrated = None if temperature is None else calibrated_probabilities(predicted.logits, temperature)
    for row, item in enumerate(predicted.items):
        probability = predicted.probabilities[row]
        writer.writerow(
            (
                item.path.relative_to(folder).as_posix(),
                item.extremity.lower(),
                item.patient,
                item.study,
                item.finding,
                str(predicted.logits[row]),
                str(probability),
                "" if calibrated is None else str(np.float32(calibrated[row])),
                Finding.ABNORMAL if probability > threshold else Finding.NORMAL,
                predicted.image_sha256[row],
            )
        )
    return stream.getvalue().encode("utf-8")


def _sha256_of(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise DataSetError(f"expected a readable image; {path}: {error.strerror}") from error
