"""Where each stage is active: the paper's reading of its feature maps, as numbers.

The paper describes by eye how the foreground emerges, how detail is added with
depth, and how a text legend or an image frame travels along. Here each is a
figure beside what chance would give.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from densexplain.classifier.classifier import Stage
from densexplain.explain.explanation import Explanation
from densexplain.explain.focus.focus_parts import FOREGROUND, PartShares, part_shares
from densexplain.radiograph.regions.regions import RegionMasks
from densexplain.vocabulary import FocusPart, Ranking

_QUARTER_OF_NYQUIST = 0.125
"""Cycles a cell: waves shorter than eight cells are fine detail."""

_FLAT = 1e-6  # of the mean: the rounding of single precision


@dataclass(frozen=True)
class PartFocus:
    """How much of a stage's activation falls on one part of the radiograph.

    Parameters
    ----------
    activation
        Share of the activation of the 16 maps, 0 to 1; None where none of them is active.
    area
        Share of the area, 0 to 1: what chance would give.
    auc
        Probability that the stage's mean map is higher at a place of this part than at a place elsewhere, 0.5 by
        chance. None where the part is absent or is all there is.
    """

    activation: float | None
    area: float
    auc: float | None

    @property
    def lift(self) -> float | None:
        """Activation as a multiple of what chance would give; None where the part is absent or no map is active."""
        return None if self.activation is None or self.area <= 0 else self.activation / self.area


@dataclass(frozen=True)
class StageFocus:
    """Where one stage is active.

    Parameters
    ----------
    stage
        Which one.
    parts
        Every part; activations and areas sum to 1.
    foreground
        Anatomy and abnormality taken together.
    detail
        Share of the mean map's variance in waves shorter than eight cells of its own grid, 0 to 1.
    first_detail
        The same of the initial convolution's mean map, averaged to this grid. A coarser grid of the same picture
        always has the larger share of its variance in few cells, so `detail` is only to be compared with this.
    """

    stage: Stage
    parts: Mapping[FocusPart, PartFocus]
    foreground: PartFocus
    detail: float
    first_detail: float


def stage_focus(
    explanation: Explanation, regions: RegionMasks, ranking: Ranking = Ranking.MEAN
) -> tuple[StageFocus, ...]:
    """Count on which parts of the radiograph the feature maps of each stage are active.

    Parameters
    ----------
    explanation
        Explanation of one network input.
    regions
        Regions of the same input: taken through the same crop with
        `densexplain.radiograph.regions.cropped_regions.crop_regions`.
    ranking
        Which 16 maps of each stage; they are added up, so that a strong map counts for more than a weak one.

    Returns
    -------
    tuple of StageFocus
        The stages in forward order.
    """
    means = [(part.stage, _mean_map(part.ranked(ranking).maps)) for part in explanation.stages]
    first = means[0][1]
    return tuple(_focus(stage, mean, first, regions) for stage, mean in means)


def _mean_map(maps: NDArray[np.float32]) -> NDArray[np.float64]:
    return np.asarray(maps.mean(axis=0, dtype=np.float64), np.float64)  # (16, rows, columns) before


def _focus(stage: Stage, mean: NDArray[np.float64], first: NDArray[np.float64], regions: RegionMasks) -> StageFocus:
    rows, columns = mean.shape
    shares: PartShares = part_shares(regions, rows, columns)
    foreground = np.sum([shares[part] for part in FOREGROUND], axis=0)
    coarse = cv2.resize(first, (columns, rows), interpolation=cv2.INTER_AREA)
    return StageFocus(
        stage,
        {part: _part_focus(mean, share) for part, share in shares.items()},
        _part_focus(mean, foreground),
        fine_detail(mean),
        fine_detail(np.asarray(coarse, np.float64)),
    )


def _part_focus(mean: NDArray[np.float64], share: NDArray[np.float64]) -> PartFocus:
    total = float(mean.sum())
    activation = float((mean * share).sum()) / total if total > 0 else None
    return PartFocus(activation, float(share.mean()), separation(mean, share))


def separation(values: NDArray[np.float64], share: NDArray[np.float64]) -> float | None:
    """Area under the ROC curve of a map that separates a part from the rest.

    Parameters
    ----------
    values
        Shape (rows, columns), float64, finite.
    share
        Share of each cell that belongs to the part, same shape, float64, 0 to 1; the
        cell counts for the part by this share and for the rest by the remainder.

    Returns
    -------
    float or None
        Probability that a place of the part has the higher value, equal ones counting half; None where the part or
        the rest has no area.
    """
    _, cells = np.unique(values, return_inverse=True)
    inside = np.bincount(cells.ravel(), share.ravel())
    outside = np.bincount(cells.ravel(), 1 - share.ravel())
    pairs = float(inside.sum() * outside.sum())
    if inside.sum() <= 0 or outside.sum() <= 1e-9 * share.size:
        return None
    below = np.cumsum(outside) - outside / 2
    return float(inside @ below) / pairs


def fine_detail(values: NDArray[np.float64]) -> float:
    """Share of a map's variance in waves shorter than eight cells.

    The map is mirrored at its edges, so that the jump from one edge to the
    other is not taken for detail. Shorter than eight cells is above a quarter
    of the highest frequency that the grid can hold.

    Parameters
    ----------
    values
        Shape (rows, columns), float64, finite.

    Returns
    -------
    float
        0 to 1; 0 for a flat map.
    """
    if values.std() <= _FLAT * abs(values.mean()):
        return 0.0
    mirrored = np.pad(values - values.mean(), [(0, values.shape[0]), (0, values.shape[1])], mode="symmetric")
    power = np.abs(np.fft.fft2(mirrored)) ** 2
    power[0, 0] = 0.0
    frequencies = np.hypot(np.fft.fftfreq(mirrored.shape[0])[:, None], np.fft.fftfreq(mirrored.shape[1])[None])
    return float(power[frequencies > _QUARTER_OF_NYQUIST].sum() / power.sum())
