"""Agreement of two maps of one radiograph."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from densexplain.errors import ShapeError

SaliencyMap = NDArray[np.floating[Any]]
"""A map of a radiograph, shape (rows, columns), float32 or float64, finite, of any unit; high values are warm."""


def enlarge(saliency_map: SaliencyMap, shape: tuple[int, int]) -> NDArray[np.float64]:
    """Enlarge a map to `shape`, float64 in its own unit, by bilinear interpolation between the centres of its cells."""
    values = np.asarray(saliency_map, np.float64)
    if values.shape == shape:
        return values
    return np.asarray(cv2.resize(values, shape[::-1], interpolation=cv2.INTER_LINEAR), np.float64)


def warmest(saliency_map: SaliencyMap, count: int) -> NDArray[np.float64]:
    """Membership of each cell in the `count` warmest; equal ones at the limit share the remainder.

    Returns
    -------
    numpy.ndarray
        Same shape, float64, 0 to 1.
    """
    values = np.asarray(saliency_map, np.float64)
    limit = np.partition(values.ravel(), values.size - count)[values.size - count] if count else np.inf
    above, equal = values > limit, values == limit
    left = (count - above.sum()) / max(int(equal.sum()), 1)
    return np.asarray(above + left * equal, np.float64)


@dataclass(frozen=True)
class Agreement:
    """Agreement of two maps of one radiograph.

    Parameters
    ----------
    correlation
        Spearman's rank correlation of the cells, -1 to 1; NaN where a map is flat.
    overlap
        Intersection over union of the warmest tenth of either, 0 to 1.
    """

    correlation: float
    overlap: float


def agreement(first: SaliencyMap, second: SaliencyMap) -> Agreement:
    """Compare two maps that lie over the same radiograph; the coarser one is enlarged first.

    Raises
    ------
    ShapeError
        If a map is not two-dimensional.
    """
    if first.ndim != 2 or second.ndim != 2:
        raise ShapeError(f"expected two maps of rows and columns; received {first.shape} and {second.shape}")
    shape = max(first.shape[0], second.shape[0]), max(first.shape[1], second.shape[1])
    one, other = enlarge(first, shape), enlarge(second, shape)
    tenth = max(1, round(one.size / 10))
    return Agreement(rank_correlation(one, other), overlap(warmest(one, tenth), warmest(other, tenth)))


def rank_correlation(first: NDArray[np.floating[Any]], second: NDArray[np.floating[Any]]) -> float:
    """Spearman's rank correlation of two maps, -1 to 1, equal cells sharing their ranks.

    Parameters
    ----------
    first, second
        Two maps of one shape, (rows, columns), float32 or float64, finite.

    Returns
    -------
    float
        NaN if one of them is flat.
    """
    from scipy.stats import rankdata  # here, so that the first page need not wait for it

    one, other = (rankdata(np.asarray(values, np.float64).ravel()) for values in (first, second))
    one, other = one - one.mean(), other - other.mean()
    spread = float(np.sqrt((one**2).sum() * (other**2).sum()))
    return float((one * other).sum() / spread) if spread > 0 else float("nan")


def overlap(first: NDArray[np.floating[Any]], second: NDArray[np.floating[Any]]) -> float:
    """Intersection over union, 0 to 1, of two memberships of one shape, each float32 or float64 in [0, 1]."""
    return float(np.minimum(first, second).sum() / np.maximum(first, second).sum())
