"""Window level and width: contrast for the eye, never for the network."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from densexplain.errors import OptionError


@dataclass(frozen=True)
class Window:
    """The range of densities that a display spreads from black to white.

    Parameters
    ----------
    level
        Density in the middle of the range, in units of a radiograph's [0, 1].
    width
        Extent of the range in the same units, above 0. ``Window(0.5, 1.0)``
        shows the radiograph as it is.

    Raises
    ------
    OptionError
        If `level` or `width` is not finite, or `width` is not positive.
    """

    level: float = 0.5
    width: float = 1.0

    def __post_init__(self) -> None:
        if not (math.isfinite(self.level) and math.isfinite(self.width) and self.width > 0):
            raise OptionError(
                f"a window needs a finite level and a width above 0; received level {self.level}, width {self.width}"
            )

    @property
    def low(self) -> float:
        """Density that is shown black."""
        return self.level - self.width / 2

    @property
    def high(self) -> float:
        """Density that is shown white."""
        return self.level + self.width / 2


def apply_window(pixels: NDArray[np.float32], window: Window) -> NDArray[np.float32]:
    """Spread the window's range linearly from 0 to 1 and clip what lies outside.

    For viewing only: the network is always given the radiograph as it was read,
    so that a reader's window cannot change a prediction.

    Parameters
    ----------
    pixels
        Any shape, float32 in [0, 1], bright = dense.
    window
        Level and width in the same units.

    Returns
    -------
    numpy.ndarray
        Same shape, float32 in [0, 1].
    """
    if window == Window():
        return np.asarray(np.clip(pixels, 0.0, 1.0), np.float32)
    scaled = (pixels - np.float32(window.low)) * np.float32(1.0 / window.width)
    return np.asarray(np.clip(scaled, 0.0, 1.0), np.float32)
