"""Figures of merit on labelled radiographs."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn import metrics

from densexplain.errors import DataSetError, ShapeError


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


def evaluate(labels: NDArray[np.bool_], probabilities: NDArray[np.float32], threshold: float = 0.5) -> Evaluation:
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
    predicted = probabilities > threshold
    return Evaluation(
        images=len(labels),
        abnormal=int(labels.sum()),
        threshold=threshold,
        accuracy=float(metrics.accuracy_score(labels, predicted)),
        kappa=float(metrics.cohen_kappa_score(labels, predicted)),
        sensitivity=float(metrics.recall_score(labels, predicted)),
        specificity=float(metrics.recall_score(labels, predicted, pos_label=False)),
        auc=float(metrics.roc_auc_score(labels, probabilities)),
        loss=float(metrics.log_loss(labels, probabilities.astype(np.float64))),
    )
