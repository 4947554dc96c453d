"""95 % intervals: how far the figures vary with the choice of patients.

Images of one patient are alike, so patients are resampled, each with all of
their images. A resample is a weight for every unit, and every figure is worked
out from such weights at once; the tests hold this to scikit-learn's figures of
the written-out resample.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from densexplain.evaluation.metrics.calibration import CALIBRATION_BINS, calibration_bins
from densexplain.evaluation.metrics.labelled_predictions import LabelledPredictions

RESAMPLES = 1000

_PERCENTILES = (2.5, 97.5)
_AT_A_TIME = 100


@dataclass(frozen=True)
class Interval:
    """95 % percentile interval of a figure, from the share of resamples in which it is defined."""

    low: float
    high: float
    defined: float


def patient_intervals(predictions: LabelledPredictions, resamples: int, seed: int) -> dict[str, Interval]:
    """Percentile bootstrap over patients.

    Parameters
    ----------
    predictions
        Images or studies of at least two patients.
    resamples
        How often as many patients as there are are drawn, with replacement.
    seed
        The same gives the same patients, per image and per study alike.

    Returns
    -------
    dict
        Figure's name to its interval; a figure that no resample defines is not in it.

    References
    ----------
    Efron and Tibshirani, An introduction to the bootstrap, 1993, chapters 8 (clusters) and 13 (percentiles).
    """
    draw, patients = np.random.default_rng((seed, 0)), int(predictions.patients.max()) + 1
    parts = []
    for start in range(0, resamples, _AT_A_TIME):
        count = min(_AT_A_TIME, resamples - start)
        chosen = draw.integers(patients, size=(count, patients))
        cells = chosen + patients * np.arange(count)[:, None]
        drawn = np.bincount(cells.ravel(), minlength=count * patients).reshape(count, patients)
        parts.append(weighted_metrics(predictions, drawn[:, predictions.patients].astype(np.float64)))
    return {
        name: interval for name in parts[0] if (interval := _interval(np.concatenate([part[name] for part in parts])))
    }


def weighted_metrics(predictions: LabelledPredictions, weights: NDArray[np.float64]) -> dict[str, NDArray[np.float64]]:
    """All figures under many weightings of the predictions at once.

    Parameters
    ----------
    predictions
        Images or studies.
    weights
        Shape (weightings, predictions), float64 >= 0, not all 0: how often each one counts.

    Returns
    -------
    dict
        Values by name of the figure, shape (weightings,), float64 in [-1, 1], loss >= 0; NaN where not defined.
    """
    labels, predicted = predictions.labels, predictions.predicted
    clipped = np.clip(predictions.probabilities, np.finfo(np.float64).eps, 1 - np.finfo(np.float64).eps)
    columns = (
        labels & predicted,
        ~labels & predicted,
        ~labels & ~predicted,
        labels & ~predicted,
        (predictions.probabilities - labels) ** 2,
        -np.log(np.where(labels, clipped, 1 - clipped)),
    )
    sums = weights @ np.stack(columns, axis=1).astype(np.float64)
    tp, fp, tn, fn, brier, loss = sums.T
    total = weights.sum(axis=1)
    chance = ((tp + fp) * (tp + fn) + (tn + fn) * (tn + fp)) / total**2
    return {
        "accuracy": (tp + tn) / total,
        "kappa": _quotient((tp + tn) / total - chance, 1 - chance, tp + fn, tn + fp),
        "sensitivity": _quotient(tp, tp + fn, tp + fn),
        "specificity": _quotient(tn, tn + fp, tn + fp),
        "auc": _areas(predictions, weights),
        "brier": brier / total,
        "calibration_error": np.abs(weights @ _bin_differences(predictions)).sum(axis=1) / total,
        "loss": loss / total,
    }


def _quotient(
    numerator: NDArray[np.float64], denominator: NDArray[np.float64], *needed: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Numerator over denominator; NaN unless every one of `needed` is positive."""
    quotients, defined = np.full(len(numerator), np.nan), np.all([count > 0 for count in needed], axis=0)
    np.divide(numerator, denominator, out=quotients, where=defined)
    return quotients


def _bin_differences(predictions: LabelledPredictions) -> NDArray[np.float64]:
    """Shape (predictions, bins): label minus probability in the bin of the probability, else 0."""
    differences = np.zeros((len(predictions.labels), CALIBRATION_BINS))
    places = np.arange(len(predictions.labels)), calibration_bins(predictions.probabilities)
    differences[places] = predictions.labels - predictions.probabilities
    return differences


def _areas(predictions: LabelledPredictions, weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Area under the ROC curve: share of pairs in which the abnormal one is higher, equal ones counting half."""
    order = np.argsort(predictions.probabilities, kind="stable")
    ordered = predictions.probabilities[order]
    starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]])
    abnormal = np.add.reduceat((weights * predictions.labels)[:, order], starts, axis=1)
    normal = np.add.reduceat((weights * ~predictions.labels)[:, order], starts, axis=1)
    lower = np.cumsum(normal, axis=1) - normal / 2
    of_abnormal, of_normal = abnormal.sum(axis=1), normal.sum(axis=1)
    pairs = np.asarray((abnormal * lower).sum(axis=1), np.float64)
    return _quotient(pairs, of_abnormal * of_normal, of_abnormal, of_normal)


def _interval(values: NDArray[np.float64]) -> Interval | None:
    defined = values[np.isfinite(values)]
    if not len(defined):
        return None
    low, high = np.percentile(defined, _PERCENTILES)
    return Interval(float(low), float(high), len(defined) / len(values))
