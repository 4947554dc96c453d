"""Random variation of the training radiographs: lateral inversion, rotation and, beyond the paper, zoom and gamma."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from densexplain.errors import OptionError


@dataclass(frozen=True)
class Augmentation:
    """Random variation of a training radiograph; the defaults are the paper's.

    Parameters
    ----------
    lateral_inversion
        Mirror left and right with a probability of one half.
    rotation_degrees
        Rotate about the centre by an angle drawn evenly from
        [-rotation_degrees, rotation_degrees]; corners are filled with black.
    zoom
        Enlarge or shrink by a factor drawn evenly from [1 - zoom, 1 + zoom]
        about the centre; 0 in the paper.
    gamma
        Raise the pixels to 2 to the power of a number drawn evenly from
        [-gamma, gamma], as another exposure or print would; 0 in the paper.
    """

    lateral_inversion: bool = True
    rotation_degrees: float = 30.0
    zoom: float = 0.0
    gamma: float = 0.0

    def __post_init__(self) -> None:
        if not 0 <= self.rotation_degrees <= 180:
            raise OptionError(f"`rotation_degrees` must lie between 0 and 180; received {self.rotation_degrees}")
        if not 0 <= self.zoom < 1:
            raise OptionError(f"`zoom` must lie in [0, 1); received {self.zoom}")
        if not 0 <= self.gamma <= 2:
            raise OptionError(f"`gamma` must lie between 0 and 2; received {self.gamma}")

    def drawn(self, draw: np.random.Generator) -> Variation:
        """Draw what happens to one radiograph.

        Parameters
        ----------
        draw
            Where the randomness comes from; four numbers are always drawn, so
            that the order of later draws does not depend on the settings.
        """
        mirror, turn, enlarge, expose = draw.random(4)
        return Variation(
            mirrored=bool(self.lateral_inversion and mirror < 0.5),
            degrees=(2 * turn - 1) * self.rotation_degrees,
            scale=1 + (2 * enlarge - 1) * self.zoom,
            exponent=2 ** ((2 * expose - 1) * self.gamma),
        )

    def apply(self, pixels: NDArray[np.float32], draw: np.random.Generator) -> NDArray[np.float32]:
        """Vary one radiograph as `drawn`; shape (rows, columns), float32 in [0, 1], and so is the result."""
        variation = self.drawn(draw)
        return variation.moved(variation.exposed(pixels))


@dataclass(frozen=True)
class Variation:
    """What happens to one radiograph, and in the same way to whatever is known of its pixels.

    Parameters
    ----------
    mirrored
        Left and right are exchanged.
    degrees, scale
        Rotation and enlargement about the centre.
    exponent
        That the pixels are raised to; > 0.
    """

    mirrored: bool
    degrees: float
    scale: float
    exponent: float

    def exposed(self, pixels: NDArray[np.float32]) -> NDArray[np.float32]:
        """Another exposure; nothing moves. Shape (rows, columns), float32 in [0, 1]."""
        return pixels if self.exponent == 1 else np.power(pixels, np.float32(self.exponent))

    def moved(self, pixels: NDArray[np.float32]) -> NDArray[np.float32]:
        """Mirrored, rotated and enlarged, with black corners; for a radiograph or a mask.

        Parameters
        ----------
        pixels
            Shape (rows, columns), float32 in [0, 1].

        Returns
        -------
        numpy.ndarray
            Same shape, float32 in [0, 1].
        """
        if self.mirrored:
            pixels = pixels[:, ::-1]
        if self.degrees == 0 and self.scale == 1:
            return np.ascontiguousarray(pixels)
        rows, columns = pixels.shape
        matrix = cv2.getRotationMatrix2D(((columns - 1) / 2, (rows - 1) / 2), self.degrees, self.scale)
        turned = cv2.warpAffine(np.ascontiguousarray(pixels), matrix, (columns, rows), flags=cv2.INTER_LINEAR)
        return np.asarray(turned, np.float32)
