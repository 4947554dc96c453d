"""A radiograph without its text legend or its image frame, to see what a network says then."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from densexplain.radiograph.crop import Crop
from densexplain.radiograph.regions import Mask
from densexplain.settings import settings

_RADIUS_PX = 3.0
_LEVELS = np.float32(65535)
_LEAST_EXPOSED = 0.02  # of a row or column, so that a speck in the frame does not count as the field


def paint_over(pixels: NDArray[np.float32], mask: Mask) -> NDArray[np.float32]:
    """Fill a region with what surrounds it.

    Parameters
    ----------
    pixels
        Shape (rows, columns), float32 in [0, 1].
    mask
        What is to go, of the same shape.

    Returns
    -------
    numpy.ndarray
        As `pixels`, which it equals outside the mask; a new array.

    References
    ----------
    Telea, An image inpainting technique based on the fast marching method,
    Journal of Graphics Tools 9 (2004).
    """
    # In single precision OpenCV's Telea leaves the range of its surroundings by far; in 16 bits it does not.
    levels = np.rint(np.clip(pixels, 0, 1) * _LEVELS).astype(np.uint16)
    painted = cv2.inpaint(levels, mask.astype(np.uint8), _RADIUS_PX, cv2.INPAINT_TELEA).astype(np.float32) / _LEVELS
    return np.where(mask, painted, pixels).astype(np.float32)


def exposed_box(frame: Mask) -> Crop | None:
    """Smallest upright box that holds what lies inside an image frame.

    Of a tilted frame some corners stay. A row or column belongs to the box when
    at least a fiftieth of it is free of the frame.

    Parameters
    ----------
    frame
        Pixels of the frame, shape (rows, columns).

    Returns
    -------
    Crop or None
        None where the frame leaves too little to be a radiograph.
    """
    sides = [np.flatnonzero((~frame).mean(axis=axis) >= _LEAST_EXPOSED) for axis in (1, 0)]
    if any(not len(side) for side in sides):
        return None
    (top, bottom), (left, right) = ((int(side[0]), int(side[-1]) + 1) for side in sides)
    crop = Crop(top, left, bottom - top, right - left)
    return crop if min(crop.height, crop.width) >= settings().minimum_side_px else None
