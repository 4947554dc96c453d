"""Regions that are found on any radiograph: text legends, image frame, hardware and exposed anatomy.

Everything is looked for on a copy of at most 512 px, bright = dense, and laid
back over the radiograph. A small network recognises legends, image frame and hardware;
anatomy is separated from air by its brightness, and the rest is background.

What it can and cannot recognise is measured on phantoms, whose regions are known to
the pixel, by ``tests/benchmarks/bench_regions.py``.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from densexplain.errors import ShapeError
from densexplain.radiograph.regions.anatomy import mark_anatomy
from densexplain.radiograph.regions.image_frame_mask import mark_image_frame
from densexplain.radiograph.regions.region_network import KINDS, shipped_network
from densexplain.radiograph.regions.regions import Mask, RegionMasks
from densexplain.radiograph.regions.working_copy import working_grey
from densexplain.vocabulary import Region

_LEAST_RANGE = 8  # grey levels; nothing is to be seen in less
_FINER = 1.5  # times the size of the copy, where hardware is looked for once more

_LEGEND_ODDS, _LEGEND_SEED_ODDS = 0.0, 3.0  # logarithms; a letter is followed from what is certain to what is likely
_LEAST_LETTER_PX = 12  # of the working copy; what is smaller could not be read
_LETTER_MARGIN = 0.05  # of the shorter side of a letter or word

_METAL_ODDS, _METAL_SEED_ODDS = -3.0, 1.0  # logarithms; metal is followed from what is more likely than not
_LEAST_METAL_PX = 4  # of the working copy that are as certain as that
_METAL_GROWN_PX = 3


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
    legends, frame = mark_text_legends(odds[Region.TEXT_LEGEND]), mark_image_frame(grey, odds[Region.IMAGE_FRAME])
    masks = {
        Region.TEXT_LEGEND: legends,
        Region.IMAGE_FRAME: frame,
        Region.HARDWARE: mark_hardware(odds[Region.HARDWARE], frame | legends),
        Region.SOFT_TISSUE: mark_anatomy(grey, frame | legends),
    }
    return RegionMasks(shape, {region: _enlarged(mask, shape) for region, mask in masks.items() if mask.any()})


def mark_text_legends(log_odds: NDArray[np.float32]) -> Mask:
    """Mark text legends, with a margin round each letter or word.

    Parameters
    ----------
    log_odds
        Natural logarithm of the odds of a text legend, shape (rows, columns), float32; see
        `densexplain.radiograph.regions.region_network.RegionNetwork`.

    Returns
    -------
    numpy.ndarray
        Shape (rows, columns), bool.
    """
    count, labels, boxes, _ = cv2.connectedComponentsWithStats((log_odds > _LEGEND_ODDS).astype(np.uint8))
    certain = np.bincount(labels[log_odds > _LEGEND_SEED_ODDS], minlength=count) > 0
    mask = np.zeros(log_odds.shape, np.bool_)
    for left, top, width, height, area in boxes[1:][certain[1:]]:
        if area >= _LEAST_LETTER_PX:
            by = max(1, round(_LETTER_MARGIN * min(width, height)))
            mask[max(0, top - by) : top + height + by, max(0, left - by) : left + width + by] = True
    return mask


def mark_hardware(log_odds: NDArray[np.float32], hidden: Mask) -> Mask:
    """Mark plates, screws, wires, nails, prostheses and foreign bodies of metal.

    Parameters
    ----------
    log_odds
        Natural logarithm of the odds of hardware, shape (rows, columns), float32; see
        `densexplain.radiograph.regions.region_network.RegionNetwork`.
    hidden
        Image frame and text legends, of the same shape; left out.

    Returns
    -------
    numpy.ndarray
        Shape (rows, columns), bool; nothing of what is hidden.
    """
    likely = (log_odds > _METAL_ODDS) & ~hidden
    count, labels = cv2.connectedComponents(likely.astype(np.uint8), connectivity=8)
    certain = np.bincount(labels[(log_odds > _METAL_SEED_ODDS) & likely], minlength=count) >= _LEAST_METAL_PX
    certain[0] = False
    mask = certain[labels].astype(np.uint8)
    return np.asarray((cv2.dilate(mask, np.ones((_METAL_GROWN_PX, _METAL_GROWN_PX), np.uint8)) > 0) & ~hidden, np.bool_)


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
