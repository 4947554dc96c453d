"""Figures of merit of one epoch: per image, without intervals."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from densexplain.errors import DataSetError, ShapeError
from densexplain.evaluation.figures.figures_of_merit import point_figures
from densexplain.evaluation.figures.prediction_levels import PredictedUnits


@dataclass(frozen=True)
class Evaluation:
    """Image-level figures; fractions except the counts, kappa in [-1, 1]."""

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
        """The figures under their names, for JSON."""
        return asdict(self)


def evaluate(labels: NDArray[np.bool_], probabilities: NDArray[np.floating], threshold: float = 0.5) -> Evaluation:
    """Measure predictions against labels.

    Parameters
    ----------
    labels
        Shape (images,), True = abnormal.
    probabilities
        Shape (images,), of an abnormal finding.
    threshold
        Above it a prediction counts as abnormal.

    Returns
    -------
    Evaluation
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
    figures = point_figures(PredictedUnits(labels, values > threshold, values, np.arange(len(labels))))
    defined = {name: figure for name in _NAMES if (figure := figures[name]) is not None}
    return Evaluation(len(labels), int(labels.sum()), threshold, **defined)


_NAMES = ("accuracy", "kappa", "sensitivity", "specificity", "auc", "loss")
