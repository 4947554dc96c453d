"""The reliability diagram: whether a probability of 0.8 means eight in ten."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from densexplain.errors import ShapeError
from densexplain.evaluation.metrics.calibration import CALIBRATION_BINS, calibration_bins


@dataclass(frozen=True, eq=False)
class ReliabilityDiagram:
    """The 15 bins of the expected calibration error, of equal width over the probability of an abnormal finding.

    Parameters
    ----------
    edges
        Shape (16,), float64, from 0 to 1. A bin holds its lower edge; the last one holds 1 too.
    counts
        Shape (15,), int64, number of images in each bin.
    probabilities, shares
        Shape (15,), float64: mean probability, and share of abnormal images; NaN in an empty bin.
    """

    edges: NDArray[np.float64]
    counts: NDArray[np.int64]
    probabilities: NDArray[np.float64]
    shares: NDArray[np.float64]


def reliability_diagram(labels: NDArray[np.bool_], probabilities: NDArray[np.float64]) -> ReliabilityDiagram:
    """Compare probabilities with how often the finding was abnormal.

    Parameters
    ----------
    labels
        Shape (images,), bool, True = abnormal.
    probabilities
        Shape (images,), float64 in [0, 1], of an abnormal finding.

    Raises
    ------
    ShapeError
        If the two differ in length.

    References
    ----------
    Guo et al., On calibration of modern neural networks, ICML 2017, section 2.
    """
    if labels.shape != probabilities.shape or labels.ndim != 1:
        raise ShapeError(
            f"`labels` and `probabilities` must have one length; received {labels.shape} and {probabilities.shape}"
        )
    bins, places = CALIBRATION_BINS, calibration_bins(probabilities)
    counts = np.bincount(places, minlength=bins)
    sums = [np.bincount(places, values, bins) for values in (probabilities, labels.astype(np.float64))]
    means = [np.divide(one, counts, out=np.full(bins, np.nan), where=counts > 0) for one in sums]
    return ReliabilityDiagram(np.linspace(0, 1, bins + 1), counts.astype(np.int64), *means)
