"""The reduced copy in which regions are searched."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

WORKING_SIDE_PX = 512
"""Longer side of the copy; a radiograph is never enlarged."""


def working_grey(pixels: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Reduce a radiograph to at most `WORKING_SIDE_PX` rows and columns.

    Parameters
    ----------
    pixels
        Shape (rows, columns), float32 in [0, 1].

    Returns
    -------
    numpy.ndarray
        Shape (rows, columns), uint8, grey levels.
    """
    rows, columns = pixels.shape
    scale = WORKING_SIDE_PX / max(rows, columns)
    small = np.ascontiguousarray(pixels, np.float32)
    if scale < 1.0:
        size = (max(1, round(columns * scale)), max(1, round(rows * scale)))
        small = np.asarray(cv2.resize(small, size, interpolation=cv2.INTER_AREA), np.float32)
    return np.asarray(np.clip(small * 255.0 + 0.5, 0, 255), np.uint8)
