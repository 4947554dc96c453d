"""Random variation of the training radiographs: lateral inversion and rotation."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from densexplain.errors import OptionError


@dataclass(frozen=True)
class Augmentation:
    """What may happen to a training radiograph; the defaults are the paper's.

    Parameters
    ----------
    lateral_inversion
        Mirror left and right with a probability of one half.
    rotation_degrees
        Rotate about the centre by an angle drawn evenly from
        [-rotation_degrees, rotation_degrees]; corners are filled with black.
    """

    lateral_inversion: bool = True
    rotation_degrees: float = 30.0

    def __post_init__(self) -> None:
        if not 0 <= self.rotation_degrees <= 180:
            raise OptionError(f"`rotation_degrees` must lie between 0 and 180; received {self.rotation_degrees}")

    def apply(self, pixels: NDArray[np.float32], draw: np.random.Generator) -> NDArray[np.float32]:
        """Vary one radiograph.

        Parameters
        ----------
        pixels
            Shape (rows, columns), float32.
        draw
            Where the randomness comes from; two numbers are always drawn, so
            that the order of later draws does not depend on the settings.

        Returns
        -------
        numpy.ndarray
            Same shape and type.
        """
        mirror, turn = draw.random(2)
        if self.lateral_inversion and mirror < 0.5:
            pixels = pixels[:, ::-1]
        angle = (2 * turn - 1) * self.rotation_degrees
        if angle == 0:
            return np.ascontiguousarray(pixels)
        rows, columns = pixels.shape
        matrix = cv2.getRotationMatrix2D(((columns - 1) / 2, (rows - 1) / 2), angle, 1.0)
        turned = cv2.warpAffine(np.ascontiguousarray(pixels), matrix, (columns, rows), flags=cv2.INTER_LINEAR)
        return np.asarray(turned, np.float32)
