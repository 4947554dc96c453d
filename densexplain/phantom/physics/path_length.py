"""How much of each tissue a ray crosses, from outlines inflated to solids."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from densexplain.phantom.solids.outlines import Points
from densexplain.radiograph.distance import distance_to_outside

PathMap = NDArray[np.float64]
"""Path length for each pixel, shape (rows, columns), float64 >= 0, millimetres."""


@dataclass(frozen=True)
class Detector:
    """The grid that rays are counted on.

    Parameters
    ----------
    rows, columns
        Size of the image.
    pitch_mm
        Edge of a pixel in the plane of the knee.
    centre
        Row and column of the outlines' origin.
    """

    rows: int
    columns: int
    pitch_mm: float
    centre: tuple[float, float]

    def places(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Give x, shape (1, columns), and y, shape (rows, 1), of the pixels; float64, millimetres."""
        x = (np.arange(self.columns) + 0.5 - self.centre[1]) * self.pitch_mm
        y = (np.arange(self.rows) + 0.5 - self.centre[0]) * self.pitch_mm
        return np.asarray(x[None, :], np.float64), np.asarray(y[:, None], np.float64)

    def depth_inside(self, *outlines: Points) -> NDArray[np.float64]:
        """Distance of each pixel inside the joined outlines to their edge; 0 outside.

        Returns
        -------
        numpy.ndarray
            Shape (rows, columns), float64, millimetres.
        """
        margin = 160  # so that the border of the image is no edge
        mask = np.zeros((self.rows + 2 * margin, self.columns + 2 * margin), np.uint8)
        for outline in outlines:
            x = outline[:, 0] / self.pitch_mm + self.centre[1] + margin - 0.5
            y = outline[:, 1] / self.pitch_mm + self.centre[0] + margin - 0.5
            cv2.fillPoly(mask, [np.round(np.column_stack([x, y]) * 256).astype(np.int32)], 1, shift=8)
        inner = distance_to_outside(mask.astype(np.bool_))[margin:-margin, margin:-margin]
        return np.maximum(inner - 0.5, 0.0) * self.pitch_mm


def inflate(
    depth: NDArray[np.float64], thickness_mm: NDArray[np.float64] | float, rounding_mm: NDArray[np.float64] | float
) -> PathMap:
    """Turn an outline into a solid: elliptical towards its edge, flat further in.

    Parameters
    ----------
    depth
        Distance inside the outline, shape (rows, columns), float64 >= 0, millimetres.
    thickness_mm
        Thickness of the solid along the rays where it is flat, shape (rows, columns), float64, or one number.
    rounding_mm
        Distance from the edge at which it becomes flat, shape (rows, columns), float64,
        or one number; half the width of a tube makes its cross-section an ellipse.
    """
    towards_edge = 1.0 - np.clip(depth / np.asarray(rounding_mm), 0.0, 1.0)
    return np.asarray(thickness_mm * np.sqrt(1.0 - towards_edge**2), np.float64)
