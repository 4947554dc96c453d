"""Metrics of one epoch: per image, without intervals."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from densexplain.errors import DataSetError, ShapeError
from densexplain.evaluation.metrics.labelled_predictions import LabelledPredictions
from densexplain.evaluation.metrics.performance_metrics import performance_metrics


@dataclass(frozen=True)
class EpochMetrics:
    """Metrics per image; fractions except the counts, kappa in [-1, 1]."""

    images: int
    abnormal: int
    threshold: float
    accuracy: float
    kappa: float
    sensitivity: float
    specificity: float
    auc: float
    loss: float

    def as_dict(self) -> dict[str, float]:
        """The metrics under their names, for JSON."""
        return asdict(self)


def epoch_metrics(
    labels: NDArray[np.bool_], probabilities: NDArray[np.floating], threshold: float = 0.5
) -> EpochMetrics:
    """Metrics of predictions against labels.

    Parameters
    ----------
    labels
        Shape (images,), bool, True = abnormal.
    probabilities
        Shape (images,), float32 or float64, of an abnormal finding, in [0, 1].
    threshold
        Probability above which a prediction counts as abnormal.

    Returns
    -------
    EpochMetrics
        Accuracy, Cohen's kappa, sensitivity, specificity, area under the ROC
        curve, mean binary cross-entropy in nats.

    Raises
    ------
    ShapeError
        If the two differ in length.
    DataSetError
        If one of the two findings is missing, which leaves sensitivity or
        specificity undefined.
    """
    if labels.shape != probabilities.shape or labels.ndim != 1:
        raise ShapeError(
            f"`labels` and `probabilities` must have one length; received {labels.shape} and {probabilities.shape}"
        )
    if labels.all() or not labels.any():
        raise DataSetError("expected normal and abnormal radiographs to evaluate on; one of the two is missing")
    values = np.asarray(probabilities, np.float64)
    figures = performance_metrics(LabelledPredictions(labels, values > threshold, values, np.arange(len(labels))))
    defined = {name: figure for name in _NAMES if (figure := figures[name]) is not None}
    return EpochMetrics(len(labels), int(labels.sum()), threshold, **defined)


_NAMES = ("accuracy", "kappa", "sensitivity", "specificity", "auc", "loss")
