"""The parts of a radiograph for which activation is counted, laid over a stage's grid."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from densexplain.radiograph.regions.regions import Mask, RegionMasks, cell_share
from densexplain.vocabulary import FocusPart, Region

PartShares = dict[FocusPart, NDArray[np.float64]]
"""Share of each cell that each part covers, absent parts included; shape (rows, columns), float64, 0 to 1, sum 1."""

FOREGROUND = (FocusPart.ANATOMY, FocusPart.ABNORMALITY)
"""What a radiograph is taken of."""

# In order of precedence: text burnt over a bone hides the bone, and hardware lies over it.
_REGIONS = {
    FocusPart.TEXT_LEGEND: (Region.TEXT_LEGEND,),
    FocusPart.IMAGE_FRAME: (Region.IMAGE_FRAME,),
    FocusPart.ABNORMALITY: (Region.ABNORMALITY, Region.HARDWARE),
    FocusPart.ANATOMY: (Region.BONE, Region.SOFT_TISSUE),
}


def part_masks(regions: RegionMasks) -> dict[FocusPart, Mask]:
    """Give every pixel to one part: text legend before image frame, abnormality and anatomy; the rest is background."""
    free, masks = np.ones(regions.shape, np.bool_), {}
    for part, members in _REGIONS.items():
        masks[part] = free & regions.union(*members)
        free = free & ~masks[part]
    return {part: masks.get(part, free) for part in FocusPart}


def part_shares(regions: RegionMasks, rows: int, columns: int) -> PartShares:
    """Lay the parts over a grid of `rows` x `columns` cells, by area.

    Parameters
    ----------
    regions
        Regions of the network's input; see `densexplain.radiograph.regions.cropped_regions`.
    rows, columns
        Size of a stage's feature maps.
    """
    shares = {part: cell_share(mask, rows, columns) for part, mask in part_masks(regions).items()}
    total = np.sum(list(shares.values()), axis=0)  # 1 but for the rounding of single precision
    return {part: share / total for part, share in shares.items()}
