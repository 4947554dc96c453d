"""Regions that are found on any radiograph: text legends, image frame, hardware and exposed anatomy.

Everything is looked for on a copy of at most 512 px, bright = dense, and laid
back over the radiograph. A small network tells legends, frame and hardware;
anatomy is told from air by its brightness, and what is left is background.

What it can and cannot tell is measured on phantoms, whose regions are known to
the pixel, by ``tests/benchmarks/bench_regions.py``.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from densexplain.errors import ShapeError
from densexplain.radiograph.regions.anatomy import mark_anatomy
from densexplain.radiograph.regions.frame_mask import mark_frame
from densexplain.radiograph.regions.hardware import mark_hardware
from densexplain.radiograph.regions.region_network import KINDS, shipped_network
from densexplain.radiograph.regions.regions import Mask, RegionMasks
from densexplain.radiograph.regions.text_legends import mark_text_legends
from densexplain.radiograph.regions.working_copy import working_grey
from densexplain.vocabulary import Region

_LEAST_RANGE = 8  # grey levels; nothing is to be seen in less
_FINER = 1.5  # times the size of the copy, where hardware is looked for once more


def find_regions(pixels: NDArray[np.float32], *, inverted: bool = False) -> RegionMasks:
    """Find the regions of a radiograph.

    Parameters
    ----------
    pixels
        Shape (rows, columns), float32 in [0, 1].
    inverted
        Whether dark is dense; bright is otherwise.

    Returns
    -------
    RegionMasks
        `Region.TEXT_LEGEND`, `Region.IMAGE_FRAME`, `Region.HARDWARE` and, for all that is exposed of the patient,
        `Region.SOFT_TISSUE`; absent where nothing was found. They overlap where one lies over the other.

    Raises
    ------
    ShapeError
        If `pixels` is not two-dimensional.
    """
    if pixels.ndim != 2:
        raise ShapeError(f"`pixels` must have the shape (rows, columns); received {pixels.shape}")
    shape = (pixels.shape[0], pixels.shape[1])
    grey = working_grey(1 - pixels if inverted else pixels)
    if int(grey.max()) - int(grey.min()) < _LEAST_RANGE:
        return RegionMasks(shape, {})
    odds = _log_odds(grey)
    legends, frame = mark_text_legends(odds[Region.TEXT_LEGEND]), mark_frame(grey, odds[Region.IMAGE_FRAME])
    masks = {
        Region.TEXT_LEGEND: legends,
        Region.IMAGE_FRAME: frame,
        Region.HARDWARE: mark_hardware(odds[Region.HARDWARE], frame | legends),
        Region.SOFT_TISSUE: mark_anatomy(grey, frame | legends),
    }
    return RegionMasks(shape, {region: _enlarged(mask, shape) for region, mask in masks.items() if mask.any()})


def _log_odds(grey: NDArray[np.uint8]) -> dict[Region, NDArray[np.float32]]:
    """Ask the network, for hardware twice: of the copy and of it enlarged.

    A wire of one or two pixels is seen in the larger one only, which also takes a
    bright edge of bone for one now and then; the mean of both is better than either.
    """
    network, (rows, columns) = shipped_network(), grey.shape
    odds = dict(zip(KINDS, network.log_odds(grey), strict=True))
    finer = cv2.resize(grey, (round(columns * _FINER), round(rows * _FINER)), interpolation=cv2.INTER_CUBIC)
    again = network.log_odds(np.asarray(finer, np.uint8))[KINDS.index(Region.HARDWARE)]
    again = np.asarray(cv2.resize(again, (columns, rows), interpolation=cv2.INTER_AREA), np.float32)
    odds[Region.HARDWARE] = (odds[Region.HARDWARE] + again) / np.float32(2)
    return odds


def _enlarged(mask: Mask, shape: tuple[int, int]) -> Mask:
    if mask.shape == shape:
        return mask
    return np.asarray(cv2.resize(mask.astype(np.uint8), shape[::-1], interpolation=cv2.INTER_NEAREST), np.bool_)
