"""What a network is told of a radiograph's regions while it is trained: which of them each cell of a stage holds.

No Keras here. A phantom's masks say of every pixel what it belongs to; a stage's
feature maps lie over the image as a coarser grid, and each of their cells holds
what covers it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import cv2
import numpy as np
from numpy.typing import NDArray

from densexplain.radiograph.regions.regions import Mask
from densexplain.vocabulary import Region

SUPERVISED_REGIONS = (
    Region.BONE,
    Region.SOFT_TISSUE,
    Region.ABNORMALITY,
    Region.HARDWARE,
    Region.TEXT_LEGEND,
    Region.IMAGE_FRAME,
)
"""Regions that are predicted, in the order of the targets' last axis."""

SUPERVISED_STAGES = ("block2", "block3", "block4")
"""Stages of a DenseNet whose maps they are predicted from, by the names of its family."""

UNKNOWN = -1.0
"""Target where nothing is known, as of a radiograph of a patient; it does not count in the loss."""

FINDING = "finding"
"""Key of the label among the targets; the others are stages."""

_STRIDES = {"block2": 8, "block3": 16, "block4": 32}
_FULL_FROM = 0.25

Targets = dict[str, NDArray[np.float32]]
"""For each supervised stage the share of each cell, shape (rows, columns, regions), float32 in [0, 1] or `UNKNOWN`."""


def stage_grid(stage: str, rows: int, columns: int) -> tuple[int, int]:
    """Rows and columns of a supervised stage's feature maps for an input of so many pixels.

    The first two halvings of a DenseNet round up, the later ones down.
    """
    later = _STRIDES[stage] // 4
    return -(-rows // 4) // later, -(-columns // 4) // later


def cell_targets(planes: Mapping[Region, NDArray[np.float32]], rows: int, columns: int) -> Targets:
    """Turn masks that lie over the network's input into what each cell is to hold.

    A cell holds a region when a quarter of it is covered, and in proportion where
    less is: a fracture is a thin line through a cell of the last stage, and to
    call that a hundredth of a fracture would teach nothing.

    Parameters
    ----------
    planes
        For each region that is present its coverage of the input's pixels, shape
        (rows, columns), float32 in [0, 1].
    rows, columns
        Of the input.
    """
    targets = blank_targets(0.0, rows, columns)
    for target in targets.values():
        for number, region in enumerate(SUPERVISED_REGIONS):
            if region in planes:
                share = cv2.resize(planes[region], target.shape[1::-1], interpolation=cv2.INTER_AREA)
                target[..., number] = np.minimum(share / _FULL_FROM, 1.0)
    return targets


def blank_targets(value: float, rows: int, columns: int) -> Targets:
    """Targets that are alike in every cell: 0 for a radiograph without regions, `UNKNOWN` for one without truth."""
    return {
        stage: np.full((*stage_grid(stage, rows, columns), len(SUPERVISED_REGIONS)), value, np.float32)
        for stage in SUPERVISED_STAGES
    }


def supervised(masks: Mapping[Region, Mask]) -> dict[Region, NDArray[np.float32]]:
    """Those of a radiograph's masks that are predicted; each keeps its shape (rows, columns), float32, 0 to 1."""
    return {region: masks[region].astype(np.float32) for region in SUPERVISED_REGIONS if region in masks}


def stacked(targets: Iterable[Targets]) -> Targets:
    """Targets of a batch, shape (batch, rows, columns, regions), from those of its radiographs."""
    every = list(targets)
    return {stage: np.stack([one[stage] for one in every]) for stage in SUPERVISED_STAGES}
