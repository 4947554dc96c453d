"""Crop, turn, flip and invert, all in original pixels and undone by dropping them.

A `Geometry` is a description; the radiograph itself is never changed. A crop is
a box in original pixels, turned about its own centre, so that it means the same
however the viewer happens to show the radiograph.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from densexplain.errors import CropOutsideError, ShapeError
from densexplain.radiograph.crop import Crop, Geometry, check_crop, rotate_offset, rotate_offset_back, trim_to_inside

__all__ = ["Box", "Crop", "Geometry", "View", "apply_geometry", "check_crop", "whole_view"]


def apply_geometry(pixels: NDArray[np.float32], geometry: Geometry) -> NDArray[np.float32]:
    """Make the image that a geometry describes.

    Without a tilt every value is one of the radiograph's own: a slice, quarter
    turns and a mirror lose nothing. A tilt is sampled bilinearly in the same
    step as the crop, once, from the original.

    Parameters
    ----------
    pixels
        Shape (rows, columns), float32 in [0, 1].
    geometry
        Crop, rotation, flip and inversion.

    Returns
    -------
    numpy.ndarray
        Shape (height, width) of the crop, exchanged after an odd number of
        quarter turns; float32 in [0, 1], a new array. What a tilted box reaches
        outside the radiograph is black (before inversion).

    Raises
    ------
    ShapeError
        If `pixels` is not two-dimensional.
    CropTooSmallError, CropOutsideError
        As `check_crop`.
    """
    rows, columns = _shape(pixels)
    crop = geometry.crop
    if crop is None:
        crop = Crop(0, 0, rows, columns)
    else:
        check_crop(crop, rows, columns)
    if geometry.tilt_degrees == 0:
        box = pixels[crop.top : crop.top + crop.height, crop.left : crop.left + crop.width]
    else:
        centre = (crop.left + crop.width / 2, crop.top + crop.height / 2)
        box = _sample_tilted(pixels, centre, crop.height, crop.width, geometry.tilt_degrees)
    return _turn_flip_invert(box, geometry)


def _shape(pixels: NDArray[np.float32]) -> tuple[int, int]:
    if pixels.ndim != 2:
        raise ShapeError(f"`pixels` must have the shape (rows, columns); received {pixels.shape}")
    return int(pixels.shape[0]), int(pixels.shape[1])


def _sample_tilted(
    pixels: NDArray[np.float32], centre: tuple[float, float], height: int, width: int, tilt_degrees: float
) -> NDArray[np.float32]:
    """Sample (height, width) about `centre` (x, y; pixel edges), content turned counter-clockwise."""
    cosine, sine = math.cos(math.radians(tilt_degrees)), math.sin(math.radians(tilt_degrees))
    middle_x, middle_y = (width - 1) / 2, (height - 1) / 2
    to_original = np.array(
        [
            [cosine, -sine, centre[0] - 0.5 - cosine * middle_x + sine * middle_y],
            [sine, cosine, centre[1] - 0.5 - sine * middle_x - cosine * middle_y],
        ]
    )
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP  # beyond the edge: OpenCV's default, constant 0
    sampled = cv2.warpAffine(np.ascontiguousarray(pixels, np.float32), to_original, (width, height), flags=flags)
    return np.asarray(sampled, np.float32)


def _turn_flip_invert(box: NDArray[np.float32], geometry: Geometry) -> NDArray[np.float32]:
    turned = np.rot90(box, geometry.quarter_turns)
    if geometry.flip:
        turned = turned[:, ::-1]
    if geometry.invert:
        turned = np.float32(1.0) - turned
    return np.array(turned, np.float32, order="C")


class Box(NamedTuple):
    """A rectangle on a displayed image, in Plotly's coordinates.

    The pixel in row r and column c is centred at (c, r), so the whole image
    reaches from -0.5 to columns - 0.5 and from -0.5 to rows - 0.5; y points down.
    """

    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True)
class View:
    """A whole radiograph as displayed, and the way between its boxes and crops.

    Parameters
    ----------
    pixels
        Shape of the displayed image, float32 in [0, 1].
    geometry
        The rotation, flip and inversion that are displayed; its crop is not.
    rows, columns
        Size of the radiograph itself.
    """

    pixels: NDArray[np.float32]
    geometry: Geometry
    rows: int
    columns: int

    def to_crop(self, box: tuple[float, float, float, float]) -> Crop:
        """Find the crop that shows what a displayed box encloses.

        Without a tilt the box is rounded to whole pixels and exact; with one it
        agrees within half a pixel. What reaches beyond the radiograph is left
        out; the corners may be given in any order.

        Raises
        ------
        CropOutsideError
            If the box does not touch the radiograph.
        """
        left, right = sorted((box[0] + 0.5, box[2] + 0.5))
        top, bottom = sorted((box[1] + 0.5, box[3] + 0.5))
        if self.geometry.tilt_degrees == 0:
            return self._to_exact_crop(left, top, right, bottom)
        return self._to_tilted_crop(left, top, right, bottom)

    def from_crop(self, crop: Crop) -> Box:
        """Find the box that a crop occupies on the displayed image."""
        x, y = crop.left + crop.width / 2 - self.columns / 2, crop.top + crop.height / 2 - self.rows / 2
        x, y = rotate_offset(x, y, self.geometry)
        x, y = x + self.pixels.shape[1] / 2 - 0.5, y + self.pixels.shape[0] / 2 - 0.5
        half = (crop.width / 2, crop.height / 2)
        across, down = half if self.geometry.quarter_turns % 2 == 0 else half[::-1]
        return Box(x - across, y - down, x + across, y + down)

    def outline(self, crop: Crop, rotate_degrees: float) -> tuple[tuple[float, float], ...]:
        """Find the four corners (x, y), clockwise, of a crop that another rotation would show upright.

        On a radiograph displayed as it was read, the corners of a tilted box.
        """
        upright = Geometry(rotate_degrees=rotate_degrees)
        upright = Geometry(rotate_degrees=upright.tilt_degrees)
        corners = []
        for across, down in ((-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5)):
            x, y = rotate_offset_back(across * crop.width, down * crop.height, upright)
            x, y = x + crop.left + (crop.width - self.columns) / 2, y + crop.top + (crop.height - self.rows) / 2
            x, y = rotate_offset(x, y, self.geometry)
            corners.append((x + self.pixels.shape[1] / 2 - 0.5, y + self.pixels.shape[0] / 2 - 0.5))
        return tuple(corners)

    def matrix(self) -> tuple[tuple[float, float, float], tuple[float, float, float]]:
        """From (x, y, 1) of a pixel centre of the radiograph to (x, y) on the displayed image."""
        middle_x, middle_y = self.pixels.shape[1] / 2 - 0.5, self.pixels.shape[0] / 2 - 0.5
        right, down = rotate_offset(1.0, 0.0, self.geometry), rotate_offset(0.0, 1.0, self.geometry)
        start = rotate_offset(0.5 - self.columns / 2, 0.5 - self.rows / 2, self.geometry)
        return (right[0], down[0], start[0] + middle_x), (right[1], down[1], start[1] + middle_y)

    def _to_original(self, x: float, y: float) -> tuple[float, float]:
        """Carry a displayed point to original pixels, both counted from pixel edges."""
        x, y = rotate_offset_back(x - self.pixels.shape[1] / 2, y - self.pixels.shape[0] / 2, self.geometry)
        return x + self.columns / 2, y + self.rows / 2

    def _to_exact_crop(self, left: float, top: float, right: float, bottom: float) -> Crop:
        (x1, y1), (x2, y2) = self._to_original(left, top), self._to_original(right, bottom)
        left_px, right_px = (min(max(_round(x), 0), self.columns) for x in sorted((x1, x2)))
        top_px, bottom_px = (min(max(_round(y), 0), self.rows) for y in sorted((y1, y2)))
        if right_px <= left_px or bottom_px <= top_px:
            raise CropOutsideError(self._outside())
        return Crop(top_px, left_px, bottom_px - top_px, right_px - left_px)

    def _to_tilted_crop(self, left: float, top: float, right: float, bottom: float) -> Crop:
        x, y = self._to_original((left + right) / 2, (top + bottom) / 2)
        across, down = (right - left) / 2, (bottom - top) / 2
        if self.geometry.quarter_turns % 2:
            across, down = down, across
        x, y, across, down = trim_to_inside(x, y, across, down, self.rows, self.columns, self.geometry.tilt_degrees)
        width, height = min(_round(2 * across), self.columns), min(_round(2 * down), self.rows)
        if width < 1 or height < 1:
            raise CropOutsideError(self._outside())
        left_px = min(max(_round(x - width / 2), 0), self.columns - width)
        top_px = min(max(_round(y - height / 2), 0), self.rows - height)
        return Crop(top_px, left_px, height, width)

    def _outside(self) -> str:
        return (
            f"A crop must lie inside the radiograph of {self.rows} rows x {self.columns} columns; received none of it."
        )


def _round(value: float) -> int:
    return math.floor(value + 0.5)


def whole_view(pixels: NDArray[np.float32], geometry: Geometry) -> View:
    """Show the whole radiograph turned, flipped and inverted; the crop is left out.

    The canvas grows with a tilt so that nothing is cut off, and stays centred on
    the radiograph; without one, every displayed value is one of the radiograph's.

    Parameters
    ----------
    pixels
        Shape (rows, columns), float32 in [0, 1].
    geometry
        Its rotation, flip and inversion are displayed.

    Raises
    ------
    ShapeError
        If `pixels` is not two-dimensional.
    """
    rows, columns = _shape(pixels)
    if geometry.tilt_degrees == 0:
        whole = pixels
    else:
        angle = math.radians(geometry.tilt_degrees)
        cosine, sine = abs(math.cos(angle)), abs(math.sin(angle))
        height = math.ceil(rows * cosine + columns * sine)
        width = math.ceil(columns * cosine + rows * sine)
        whole = _sample_tilted(pixels, (columns / 2, rows / 2), height, width, geometry.tilt_degrees)
    return View(_turn_flip_invert(whole, geometry), geometry, rows, columns)
