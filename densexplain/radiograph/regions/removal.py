"""A radiograph without its text legend or its image frame, to test a network's answer."""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from densexplain.radiograph.crop import Crop
from densexplain.radiograph.regions.regions import Mask
from densexplain.settings import settings

_RADIUS_PX = 3.0
_LEVELS = np.float32(65535)
_LEAST_EXPOSED = 0.02  # of a row or column, so that a speck in the frame does not count as the field


def paint_over(pixels: NDArray[np.float32], mask: Mask) -> NDArray[np.float32]:
    """Fill a region from its surroundings.

    Parameters
    ----------
    pixels
        Shape (rows, columns), float32 in [0, 1].
    mask
        Pixels to be removed, same shape, bool.

    Returns
    -------
    numpy.ndarray
        Same shape, float32 in [0, 1], equal to `pixels` outside the mask; a new array.

    References
    ----------
    Telea, An image inpainting technique based on the fast marching method,
    Journal of Graphics Tools 9 (2004).
    """
    if not mask.any():
        return np.array(pixels, np.float32)
    window = _window(mask)  # what is further away than the radius has no part in it
    result = np.array(pixels, np.float32)
    result[window] = _painted(result[window], mask[window])
    return result


def keep_only(pixels: NDArray[np.float32], mask: Mask, level: float) -> NDArray[np.float32]:
    """Fill all but a region with one brightness.

    Parameters
    ----------
    pixels
        Shape (rows, columns), float32 in [0, 1].
    mask
        Pixels that stay, same shape, bool.
    level
        Brightness of the rest, 0 to 1.

    Returns
    -------
    numpy.ndarray
        Same shape, float32 in [0, 1], equal to `pixels` inside the mask; a new array.
    """
    return np.where(mask, pixels, np.float32(level)).astype(np.float32)


def _window(mask: Mask) -> tuple[slice, slice]:
    """Box round a mask with room for what surrounds it."""
    room = 4 * math.ceil(_RADIUS_PX)
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    return (
        slice(max(0, int(rows[0]) - room), int(rows[-1]) + 1 + room),
        slice(max(0, int(columns[0]) - room), int(columns[-1]) + 1 + room),
    )


def _painted(pixels: NDArray[np.float32], mask: Mask) -> NDArray[np.float32]:
    # In single precision OpenCV's Telea leaves the range of its surroundings by far; in 16 bits it does not.
    levels = np.rint(np.clip(pixels, 0, 1) * _LEVELS).astype(np.uint16)
    painted = cv2.inpaint(levels, mask.astype(np.uint8), _RADIUS_PX, cv2.INPAINT_TELEA).astype(np.float32) / _LEVELS
    return np.where(mask, painted, pixels).astype(np.float32)


def exposed_box(frame: Mask) -> Crop | None:
    """Smallest upright box that holds what lies inside an image frame.

    Some corners of a tilted image frame stay. A row or column belongs to the box when
    at least a fiftieth of it is free of the image frame.

    Parameters
    ----------
    frame
        Pixels of the image frame, shape (rows, columns), bool.

    Returns
    -------
    Crop or None
        None where the image frame leaves too little to be a radiograph.
    """
    sides = [np.flatnonzero((~frame).mean(axis=axis) >= _LEAST_EXPOSED) for axis in (1, 0)]
    if any(not len(side) for side in sides):
        return None
    (top, bottom), (left, right) = ((int(side[0]), int(side[-1]) + 1) for side in sides)
    crop = Crop(top, left, bottom - top, right - left)
    return crop if min(crop.height, crop.width) >= settings().minimum_side_px else None
