"""The figures of merit, by scikit-learn, of images and of studies."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from sklearn import metrics

from densexplain.evaluation.metrics.calibration import calibration_error
from densexplain.evaluation.metrics.labelled_predictions import LabelledPredictions

SAMPLE_SETS = 100
"""Randomly drawn sample sets whose kappas the paper averages."""


def performance_metrics(predictions: LabelledPredictions) -> dict[str, float | None]:
    """Every figure of `densexplain.evaluation.records.evaluation_report.METRICS`.

    Parameters
    ----------
    predictions
        At least one.

    Returns
    -------
    dict
        None for what the labels leave undefined: sensitivity without abnormal
        ones, specificity without normal ones, kappa and AUC without both.
    """
    labels, predicted = predictions.labels, predictions.predicted
    figures: dict[str, float | None] = dict.fromkeys(("kappa", "sensitivity", "specificity", "auc"))
    figures["accuracy"] = float(metrics.accuracy_score(labels, predicted))
    figures |= probability_metrics(labels, predictions.probabilities)
    if labels.any():
        figures["sensitivity"] = float(metrics.recall_score(labels, predicted))
    if not labels.all():
        figures["specificity"] = float(metrics.recall_score(labels, predicted, pos_label=False))
    if labels.any() and not labels.all():
        figures["kappa"] = float(metrics.cohen_kappa_score(labels, predicted))
        figures["auc"] = float(metrics.roc_auc_score(labels, predictions.probabilities))
    return figures


def probability_metrics(labels: NDArray[np.bool_], probabilities: NDArray[np.float64]) -> dict[str, float]:
    """Brier score, expected calibration error, and mean binary cross-entropy in nats.

    The last one (`loss`) moves a probability of 0 or 1 inwards by 2.2e-16.

    Parameters
    ----------
    labels
        Shape (images,), bool, True = abnormal.
    probabilities
        Shape (images,), float64, of an abnormal finding, in [0, 1].
    """
    return {
        "brier": float(metrics.brier_score_loss(labels, probabilities, pos_label=True)),
        "calibration_error": calibration_error(labels, probabilities),
        "loss": float(metrics.log_loss(labels, probabilities, labels=[False, True])),
    }


def confusion(predictions: LabelledPredictions) -> tuple[int, int, int, int]:
    """True and false positives, true and false negatives; positive is abnormal."""
    matrix = metrics.confusion_matrix(predictions.labels, predictions.predicted, labels=[False, True])
    (true_negatives, false_positives), (false_negatives, true_positives) = matrix.tolist()
    return true_positives, false_positives, true_negatives, false_negatives


def kappas_of_sample_sets(images: LabelledPredictions, seed: int, sets: int = SAMPLE_SETS) -> NDArray[np.float64]:
    """Kappa of each of many sample sets, as the paper compares with the leaderboard.

    A set is drawn from the images with replacement and is as large as all of
    them; the paper does not say how large its sets are. A set without normal or
    without abnormal images has no kappa and is left out.

    Parameters
    ----------
    images
        Per image.
    seed
        The same gives the same sets.

    Returns
    -------
    ndarray
        Shape (sets with both findings,), float64 in [-1, 1].
    """
    draw, count = np.random.default_rng((seed, 1)), len(images.labels)
    kappas = []
    for _ in range(sets):
        chosen = draw.integers(count, size=count)
        labels = images.labels[chosen]
        if labels.any() and not labels.all():
            kappas.append(metrics.cohen_kappa_score(labels, images.predicted[chosen]))
    return np.array(kappas, np.float64)
