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

    def apply(self, pixels: NDArray[np.float32], draw: np.random.Generator) -> NDArray[np.float32]:
        """Vary one radiograph.

        Parameters
        ----------
        pixels
            Shape (rows, columns), float32 in [0, 1].
        draw
            Source of randomness; four numbers are always drawn, so
            that the order of later draws does not depend on the settings.

        Returns
        -------
        numpy.ndarray
            Same shape, float32 in [0, 1].
        """
        mirror, turn, enlarge, expose = draw.random(4)
        if self.lateral_inversion and mirror < 0.5:
            pixels = pixels[:, ::-1]
        angle = (2 * turn - 1) * self.rotation_degrees
        scale = 1 + (2 * enlarge - 1) * self.zoom
        if self.gamma > 0:
            pixels = np.power(pixels, np.float32(2 ** ((2 * expose - 1) * self.gamma)))
        if angle == 0 and scale == 1:
            return np.ascontiguousarray(pixels)
        rows, columns = pixels.shape
        matrix = cv2.getRotationMatrix2D(((columns - 1) / 2, (rows - 1) / 2), angle, scale)
        turned = cv2.warpAffine(np.ascontiguousarray(pixels), matrix, (columns, rows), flags=cv2.INTER_LINEAR)
        return np.asarray(turned, np.float32)
