"""The ROC curve: sensitivity and specificity at every threshold."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from densexplain.errors import ShapeError


@dataclass(frozen=True, eq=False)
class RocCurve:
    """Points from (0, 0) to (1, 1), one for each value that a threshold can separate.

    Parameters
    ----------
    false_positive_rate, sensitivity
        Shape (points,), float64 in [0, 1], neither ever falling. The rate is 1 - specificity.
    """

    false_positive_rate: NDArray[np.float64]
    sensitivity: NDArray[np.float64]


def roc_curve(labels: NDArray[np.bool_], logits: NDArray[np.float64]) -> RocCurve | None:
    """Sensitivity and false positive rate at every threshold.

    Parameters
    ----------
    labels
        Shape (images,), bool, True = abnormal.
    logits
        Shape (images,), float64; only their order counts. Equal ones fall on one side of every threshold.

    Returns
    -------
    RocCurve or None
        None where one of the two findings is missing: there is no curve then.

    Raises
    ------
    ShapeError
        If the two differ in length.
    """
    if labels.shape != logits.shape or labels.ndim != 1:
        raise ShapeError(f"`labels` and `logits` must have one length; received {labels.shape} and {logits.shape}")
    abnormal = int(labels.sum())
    if abnormal in (0, len(labels)):
        return None
    order = np.argsort(-logits, kind="stable")
    last_of_equal = np.append(np.flatnonzero(np.diff(logits[order])), len(labels) - 1)
    true_positives = np.cumsum(labels[order])[last_of_equal]
    false_positives = last_of_equal + 1 - true_positives
    return RocCurve(
        np.append(0.0, false_positives / (len(labels) - abnormal)), np.append(0.0, true_positives / abnormal)
    )
