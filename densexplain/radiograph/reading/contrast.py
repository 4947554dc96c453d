"""How much of the grey scale a picture uses."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

LEAST_CONTRAST = 0.04
"""Under it a picture has next to no contrast: ten of 255 grey levels, which is hardly seen on a good display."""

_MIDDLE = (2.5, 97.5)
_MOST_PIXELS = 250_000


def contrast(pixels: NDArray[np.float32]) -> float:
    """Range of grey levels that the middle 95 % of the pixels lie in.

    Of a radiograph whose window makes 99 % of the pixels white, and of one that
    is black but for a few bright pixels, it is next to nothing; a finger on a
    plate ten times its size has that of its bones.

    Parameters
    ----------
    pixels
        Shape (rows, columns), float32 in [0, 1]; of a large picture pixels at
        even distances are looked at.

    Returns
    -------
    float
        0 to 1.
    """
    every = max(1, int(np.sqrt(pixels.size / _MOST_PIXELS)))
    low, high = np.percentile(pixels[::every, ::every], _MIDDLE)
    return float(high - low)
