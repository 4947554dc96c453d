"""Colour to grey, for radiographs stored as colour images."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_WEIGHTS = (0.299, 0.587, 0.114)
_ROWS_AT_ONCE = 256


def luminance(colours: NDArray[np.generic], maximum: int) -> NDArray[np.float32]:
    """Weight red, green and blue as ITU-R BT.601 does; grey pixels keep their value exactly.

    Parameters
    ----------
    colours
        Shape (rows, columns, 3) or (rows, columns, 4), uint8 or uint16, from 0
        to `maximum`; the fourth channel is opacity, over black.
    maximum
        Value of full intensity, 255 or 65535.

    Returns
    -------
    numpy.ndarray
        Shape (rows, columns), float32 in [0, 1].
    """
    grey: NDArray[np.float32] = np.empty((colours.shape[0], colours.shape[1]), np.float32)
    for top in range(0, grey.shape[0], _ROWS_AT_ONCE):
        part = colours[top : top + _ROWS_AT_ONCE]
        red, green, blue = part[..., 0], part[..., 1], part[..., 2]
        mixed = grey[top : top + _ROWS_AT_ONCE]
        np.multiply(red, _WEIGHTS[0], out=mixed, dtype=np.float32, casting="unsafe")
        for channel, weight in ((green, _WEIGHTS[1]), (blue, _WEIGHTS[2])):
            mixed += np.multiply(channel, weight, dtype=np.float32, casting="unsafe")
        np.copyto(mixed, red, where=(red == green) & (green == blue), casting="unsafe")
        mixed /= np.float32(maximum)
        if part.shape[-1] == 4:
            mixed *= np.divide(part[..., 3], maximum, dtype=np.float32)
    return np.minimum(grey, np.float32(1), out=grey)
