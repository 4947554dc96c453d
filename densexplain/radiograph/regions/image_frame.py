"""Find the exposed field inside a printed, scanned or tilted image frame.

An image frame is a uniform surround with straight, parallel sides. It takes up a
network's capacity from the first stage on and its border can end up as the
evidence, so the reader is offered a crop without it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from densexplain.errors import ShapeError
from densexplain.radiograph.crop import Crop, Geometry, rotate_offset_back, trim_to_inside
from densexplain.radiograph.geometry import apply_geometry
from densexplain.radiograph.regions.field_edges import Edge, Side, bounding_half_planes, find_edges, largest_rectangle
from densexplain.radiograph.regions.surround import (
    guess_values,
    largest_part,
    mark_surround,
    to_working_grey,
    uniform_share,
)
from densexplain.settings import settings

_LEAST_SIDES = (1, 3)  # of a frame, and of another nested in it (white paper round a black film border)
_PARALLEL_DEGREES = 2.5  # sides further apart in angle do not belong to one frame
_LEAST_COVERAGE = 0.55  # of a side's length that must lie on its line
_LEAST_COVERAGE_ALONE = 0.85  # when no two sides meet at a right angle
_LEAST_SHARPNESS = 0.5
_LEAST_SHARPNESS_ALONE = 0.8
_LEAST_UNIFORM = 0.7  # of the surround that must have the frame's value; the rest may be a text legend
_LEAST_SHARE, _MOST_SHARE = 0.1, 0.995
_RIM_SHARE = 0.04  # of a side, within which the blurred edge of the collimator is looked for
_RIM_CONTRAST = 0.12


@dataclass(frozen=True)
class ImageFrameCrop:
    """A crop that leaves the image frame out, for the reader to accept.

    Parameters
    ----------
    crop
        In original pixels, turned about its own centre.
    rotate_degrees
        Counter-clockwise turn of the content that straightens the field, in
        (-45, 45); 0 where the frame is straight.
    share
        Share of the radiograph's area that is kept, in (0, 1).
    """

    crop: Crop
    rotate_degrees: float
    share: float


@dataclass(frozen=True)
class _Rectangle:
    """Centre from the upper left corner, half width, half height (px) and straightening turn (degrees)."""

    x: float
    y: float
    across: float
    down: float
    rotate_degrees: float


def find_image_frame(pixels: NDArray[np.float32]) -> ImageFrameCrop | None:
    """Suggest the crop and rotation that leave only the exposed field.

    Parameters
    ----------
    pixels
        Shape (rows, columns), float32 in [0, 1]; at least 32 rows and columns.

    Returns
    -------
    ImageFrameCrop or None
        None when no uniform surround with straight, parallel sides is found.

    Raises
    ------
    ShapeError
        If `pixels` is not two-dimensional.
    """
    if pixels.ndim != 2:
        raise ShapeError(f"`pixels` must have the shape (rows, columns); received {pixels.shape}")
    rows, columns = pixels.shape
    found: _Rectangle | None = None
    inside = pixels
    for least_sides in _LEAST_SIDES:
        rectangle = _find_rectangle(inside, least_sides)
        if rectangle is None:
            break
        found = rectangle if found is None else _nest(found, rectangle)
        crop = _to_crop(found, rows, columns)
        if crop is None:
            return None
        inside = apply_geometry(pixels, Geometry(crop, found.rotate_degrees))
    if found is None:
        return None
    crop = _to_crop(_without_rim(found, inside), rows, columns)
    if crop is None:
        return None
    return ImageFrameCrop(crop, found.rotate_degrees, crop.height * crop.width / (rows * columns))


def _nest(outer: _Rectangle, inner: _Rectangle) -> _Rectangle:
    """Express a rectangle inside a straightened one in pixels of the original."""
    x, y = rotate_offset_back(
        inner.x - outer.across, inner.y - outer.down, Geometry(rotate_degrees=outer.rotate_degrees)
    )
    turn = outer.rotate_degrees + inner.rotate_degrees
    return _Rectangle(outer.x + x, outer.y + y, inner.across, inner.down, turn)


def _to_crop(rectangle: _Rectangle, rows: int, columns: int) -> Crop | None:
    x, y, across, down = trim_to_inside(
        rectangle.x, rectangle.y, rectangle.across, rectangle.down, rows, columns, rectangle.rotate_degrees
    )
    height, width = math.floor(2 * down + 0.01), math.floor(2 * across + 0.01)  # exact where nothing is tilted
    if min(height, width) < settings().minimum_side_px:
        return None
    top = min(max(round(y - height / 2), 0), rows - height)
    left = min(max(round(x - width / 2), 0), columns - width)
    return Crop(top, left, height, width)


def _find_rectangle(pixels: NDArray[np.float32], least_sides: int) -> _Rectangle | None:
    """Find the field inside one uniform surround; the best of a few guesses at the surround's value."""
    grey = to_working_grey(pixels)
    scale = (pixels.shape[1] / grey.shape[1], pixels.shape[0] / grey.shape[0])
    best, most = None, 0.0
    for value in guess_values(grey):
        surround = mark_surround(grey, value)
        if not 1 - _MOST_SHARE < surround.mean() < 1 - _LEAST_SHARE:
            continue
        found = _fit_rectangle(grey, value, surround, least_sides)
        if found is not None and found[1] > most:
            best, most = found
    if best is None:
        return None
    across, down = best.across * scale[0], best.down * scale[1]
    return _Rectangle(best.x * scale[0], best.y * scale[1], across, down, best.rotate_degrees)


def _fit_rectangle(
    grey: NDArray[np.uint8], value: int, surround: NDArray[np.bool_], least_sides: int
) -> tuple[_Rectangle, float] | None:
    """Find the largest rectangle within the field's straight sides, and the length of side that supports it."""
    rows, columns = grey.shape
    field = largest_part(~surround)
    edges = {
        side: edge
        for side, edge in find_edges(field).items()
        if edge.coverage(field) >= _LEAST_COVERAGE and edge.sharpness(grey, value) >= _LEAST_SHARPNESS
    }
    if not _has_right_angle(edges):
        edges = {
            side: edge
            for side, edge in edges.items()
            if edge.coverage(field) >= _LEAST_COVERAGE_ALONE and edge.sharpness(grey, value) >= _LEAST_SHARPNESS_ALONE
        }
    if len(edges) < least_sides:
        return None
    turn = _common_turn(edges, max(rows, columns))
    if turn is None:
        return None
    tilted = 0.0 if turn == 0.0 else 0.5  # a bilinear sample reaches half a pixel further
    planes = [(a, b, c - 0.5 - tilted) for a, b, c in (edge.half_plane for edge in edges.values())]
    planes += bounding_half_planes(field, turn)  # a side that merges with the image frame ends with what does not
    planes += [(-1, 0, -tilted), (0, -1, -tilted), (1, 0, columns - tilted), (0, 1, rows - tilted)]
    centred = np.array([(a, b, c - a * columns / 2 - b * rows / 2) for a, b, c in planes])
    x, y, across, down = largest_rectangle(centred, math.hypot(rows, columns) / 2, turn)
    rectangle = _Rectangle(x + columns / 2, y + rows / 2, across, down, turn)
    if not _LEAST_SHARE < 4 * across * down / (rows * columns) < _MOST_SHARE:
        return None
    if uniform_share((edge.half_plane for edge in edges.values()), surround) < _LEAST_UNIFORM:
        return None
    return rectangle, float(sum(edge.support for edge in edges.values()))


def _has_right_angle(edges: Mapping[Side, Edge]) -> bool:
    """Separate an image frame from a bar, which must be straighter and sharper not to be the outline of a limb."""
    return len({side.upright for side in edges}) == 2


def _common_turn(edges: Mapping[Side, Edge], longest: int) -> float | None:
    turns = np.array([edge.rotate_degrees for edge in edges.values()])
    if np.ptp(turns) > _PARALLEL_DEGREES:
        return None
    order = np.argsort(turns)
    support = np.cumsum([list(edges.values())[index].support for index in order])
    turn = float(turns[order[np.searchsorted(support, support[-1] / 2)]])  # weighted median: one bent side does no harm
    return 0.0 if abs(math.radians(turn)) * longest < 1.5 else turn


def _without_rim(rectangle: _Rectangle, inside: NDArray[np.float32]) -> _Rectangle:
    """Leave out the bright rim that a collimator's edge leaves."""
    left, top, right, bottom = (_rim_px(turned) for turned in (inside, inside.T, inside[:, ::-1], inside.T[:, ::-1]))
    x, y = rotate_offset_back((left - right) / 2, (top - bottom) / 2, Geometry(rotate_degrees=rectangle.rotate_degrees))
    return _Rectangle(
        rectangle.x + x,
        rectangle.y + y,
        rectangle.across - (left + right) / 2,
        rectangle.down - (top + bottom) / 2,
        rectangle.rotate_degrees,
    )


def _rim_px(pixels: NDArray[np.float32]) -> int:
    """Columns at the left in which nine rows of ten are brighter than further inside."""
    depth = max(4, round(_RIM_SHARE * pixels.shape[1]))
    band = pixels[:, : depth + max(4, depth // 2)]
    rise = np.quantile(band - np.median(band[:, depth:], axis=1, keepdims=True), 0.1, axis=0)
    if rise[0] <= _RIM_CONTRAST:
        return 0
    below = np.flatnonzero(rise < rise[0] / 2)
    return int(below[0]) if len(below) else depth
