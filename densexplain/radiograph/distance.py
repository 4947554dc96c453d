"""Distances between pixels that are the same on every machine."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from densexplain.radiograph.regions.regions import Mask


def distance_to_outside(mask: Mask) -> NDArray[np.float64]:
    """Give the distance of each pixel of a mask to the nearest pixel outside it.

    OpenCV's own distances differ in their last bit with the number of its
    threads. Squared, a distance between pixel centres is a whole number, so
    the nearest whole number is exact.

    Parameters
    ----------
    mask
        Shape (rows, columns), bool; no pixel further than 2000 px from the outside.

    Returns
    -------
    numpy.ndarray
        Same shape, float64, in pixels; 0 outside the mask.

    References
    ----------
    Felzenszwalb and Huttenlocher, Distance transforms of sampled functions,
    Theory of Computing 8, 2012.
    """
    nearly = np.asarray(cv2.distanceTransform(mask.astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE), np.float64)
    return np.sqrt(np.rint(nearly**2))
