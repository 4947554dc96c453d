"""Two class activation maps on one grid over the radiograph, so that they can be subtracted.

Model sets differ in input size and so in cells, and versions of a radiograph in
crop and turn. The grid lies over the first map's crop; each of its cells takes
the evidence that either map has there, by area.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from densexplain.radiograph.crop import Crop, Geometry, rotate_offset, rotate_offset_back
from densexplain.radiograph.regions.regions import Mask
from densexplain.vocabulary import ResizeMode

_LEAST, _MOST = 64, 256  # cells a side where the two do not fit each other cell by cell


@dataclass(frozen=True, eq=False)
class PlacedMap:
    """A class activation map and where on the radiograph it lies.

    Parameters
    ----------
    activation_map
        Shape (rows, columns), float32, signed, in logits; its mean is the sum of the evidence.
    geometry
        Geometry of what the network looked at.
    resize
        How that became the network's square input.
    shape
        Rows and columns of the whole radiograph, in pixels.
    """

    activation_map: NDArray[np.float32]
    geometry: Geometry
    resize: ResizeMode
    shape: tuple[int, int]

    @property
    def crop(self) -> Crop:
        """The box, the whole radiograph where none is chosen."""
        return self.geometry.crop or Crop(0, 0, *self.shape)

    @property
    def displayed(self) -> tuple[int, int]:
        """Height and width of the crop as it is turned, in pixels."""
        height, width = self.crop.height, self.crop.width
        return (height, width) if self.geometry.quarter_turns % 2 == 0 else (width, height)

    @property
    def square(self) -> tuple[int, int]:
        """Height and width that the map covers, in pixels of the crop: with padding where there is some."""
        height, width = self.displayed
        side = max(height, width)
        return (height, width) if self.resize is ResizeMode.STRETCH else (side, side)

    def density(self, x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
        """Evidence at points of the radiograph.

        Parameters
        ----------
        x, y
            Any one shape, float64, pixels from the radiograph's corner.

        Returns
        -------
        numpy.ndarray
            Same shape, float64, signed, in logits per pixel; NaN outside.
        """
        right, down = rotate_offset(1.0, 0.0, self.geometry), rotate_offset(0.0, 1.0, self.geometry)
        x, y = x - self.crop.left - self.crop.width / 2, y - self.crop.top - self.crop.height / 2
        across = right[0] * x + down[0] * y + self.displayed[1] / 2
        along = right[1] * x + down[1] * y + self.displayed[0] / 2
        inside = (across >= 0) & (along >= 0) & (across < self.displayed[1]) & (along < self.displayed[0])
        rows, columns = self.activation_map.shape
        row = np.clip(np.floor(along * rows / self.square[0]).astype(np.intp), 0, rows - 1)
        column = np.clip(np.floor(across * columns / self.square[1]).astype(np.intp), 0, columns - 1)
        values = self.activation_map.astype(np.float64)[row, column] / (self.square[0] * self.square[1])
        return np.where(inside, values, np.nan)


@dataclass(frozen=True, eq=False)
class CommonGrid:
    """Evidence of two maps, cell by cell.

    Parameters
    ----------
    first, second
        Shape (rows, columns), float64, signed, in logits; 0 where not `shared`.
    shared
        Cells that both networks looked at, shape (rows, columns).
    """

    first: NDArray[np.float64]
    second: NDArray[np.float64]
    shared: Mask


def common_grid(first: PlacedMap, second: PlacedMap) -> CommonGrid:
    """Lay two maps of one radiograph on the least grid that holds the cells of both.

    Over one crop, both stretched, nothing is lost: the cells add up to the sum
    of each map's evidence. Over different crops or turns, or with padding, each
    cell takes what lies at its centre, on a grid of at least 64 cells a side;
    evidence on padding is left out.

    Parameters
    ----------
    first, second
        The grid lies over the crop of the first, as it is turned.
    """
    fits = first.geometry == second.geometry and first.square == first.displayed and second.square == second.displayed
    rows, columns = (
        _cells(one, other, fits)
        for one, other in zip(first.activation_map.shape, second.activation_map.shape, strict=True)
    )
    height, width = first.displayed
    across = (np.arange(columns)[None] + 0.5) * width / columns - width / 2
    along = (np.arange(rows)[:, None] + 0.5) * height / rows - height / 2
    right, down = rotate_offset_back(1.0, 0.0, first.geometry), rotate_offset_back(0.0, 1.0, first.geometry)
    x = right[0] * across + down[0] * along + first.crop.left + first.crop.width / 2
    y = right[1] * across + down[1] * along + first.crop.top + first.crop.height / 2
    area = height * width / (rows * columns)
    one, other = first.density(x, y) * area, second.density(x, y) * area
    shared = np.isfinite(one) & np.isfinite(other)
    return CommonGrid(np.where(shared, one, 0.0), np.where(shared, other, 0.0), shared)


def _cells(one: int, other: int, fits: bool) -> int:
    least = math.lcm(one, other)
    if not fits:
        least *= -(-_LEAST // least)
    return min(least, _MOST)
