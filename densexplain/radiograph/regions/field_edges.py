"""Straight edges of an exposed field, found against the uniform image frame round it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, unique

import numpy as np
from numpy.typing import NDArray

_STEEPEST = math.tan(math.radians(30.0))
_TRIALS = 240
_POINTS = 240
_LEAST_POINTS = 12


@unique
class Side(Enum):
    """A side of the exposed field, as displayed."""

    LEFT = "left"
    TOP = "top"
    RIGHT = "right"
    BOTTOM = "bottom"

    @property
    def upright(self) -> bool:
        """Whether the side runs from top to bottom."""
        return self in (Side.LEFT, Side.RIGHT)


@dataclass(frozen=True)
class Edge:
    """One straight side of the field: depth = intercept + slope * place.

    For an upright side the depth is x and the place y, for a level one the
    other way round; both in pixels from the upper left corner of the image.

    Parameters
    ----------
    side
        Which side it is.
    slope, intercept
        Slope and intercept of the line, moved inwards past all but one in a hundred of its points.
    support
        Number of rows or columns in which the field begins on the line.
    first, last
        Least and greatest place among those.
    """

    side: Side
    slope: float
    intercept: float
    support: int
    first: float
    last: float

    @property
    def rotate_degrees(self) -> float:
        """Counter-clockwise turn of the content that makes the side upright or level."""
        angle = math.degrees(math.atan(self.slope))
        return -angle if self.side.upright else angle

    @property
    def half_plane(self) -> tuple[float, float, float]:
        """(a, b, c) such that the field has a * x + b * y <= c."""
        outwards = -1.0 if self.side in (Side.LEFT, Side.TOP) else 1.0
        depth, place, limit = outwards, -outwards * self.slope, outwards * self.intercept
        return (depth, place, limit) if self.side.upright else (place, depth, limit)

    def coverage(self, field: NDArray[np.bool_]) -> float:
        """Share of the side's length on which the field begins at the line, as far as both lie inside the image.

        Parameters
        ----------
        field
            Shape (rows, columns), bool; True where the exposed field is.
        """
        rows, columns = field.shape
        along, limit = (rows, columns) if self.side.upright else (columns, rows)
        depth = self.intercept + self.slope * (np.arange(along) + 0.5)
        inside = np.count_nonzero((depth >= 0) & (depth <= limit))
        sides = bounding_half_planes(field, self.rotate_degrees)
        ends = sides[2:] if self.side.upright else sides[:2]
        length = (ends[0][2] + ends[1][2]) * math.cos(math.atan(self.slope))
        return self.support / max(1.0, min(length, float(inside)))

    def sharpness(self, grey: NDArray[np.uint8], value: int) -> float:
        """Share of the difference from the surround's `value` that is reached within five pixels of the line.

        Near 1 for an image frame, whose field begins at once; small for the outline of
        a limb or for an exposure that fades towards the border.

        Parameters
        ----------
        grey
            Shape (rows, columns), uint8, grey levels.
        value
            Grey level of the surround, 0 to 255.
        """
        place = np.arange(self.first, self.last).astype(int)
        inwards = 1.0 if self.side in (Side.LEFT, Side.TOP) else -1.0
        lines = grey if self.side.upright else grey.T
        depth = (
            self.intercept - 0.5 + self.slope * (place + 0.5) + inwards * np.array([[-3], [2], [5], [8], [11], [14]])
        )
        depth_px = np.clip(np.round(depth).astype(int), 0, lines.shape[1] - 1)
        difference = np.median(np.abs(lines[place, depth_px].astype(float) - value), axis=1)
        return float((difference[1] - difference[0]) / max(1.0, difference[1:].max()))


def find_edges(field: NDArray[np.bool_]) -> Mapping[Side, Edge]:
    """Fit a line to each side of a field that does not simply end with the image.

    Parameters
    ----------
    field
        Shape (rows, columns), bool; True where the exposed field is.

    Returns
    -------
    Mapping
        Only sides with a straight edge: most rows or columns of a radiograph
        without an image frame begin at the border of the image, or along an outline
        that no line follows.
    """
    edges = {}
    for side in Side:
        depth, place, limit = _outline(field, side)
        edge = _fit(side, depth, place, tolerance=1.0 + 0.0015 * limit)
        if edge is not None:
            edges[side] = edge
    return edges


def bounding_half_planes(field: NDArray[np.bool_], rotate_degrees: float) -> list[tuple[float, float, float]]:
    """Give the sides of the tilted box round all of a field, each as (a, b, c) with a * x + b * y <= c.

    Parameters
    ----------
    field
        Shape (rows, columns), bool; True where the exposed field is.
    rotate_degrees
        Counter-clockwise turn that makes the box upright.
    """
    rows = np.flatnonzero(field.any(axis=1))
    first = np.argmax(field[rows], axis=1)
    last = field.shape[1] - np.argmax(field[rows, ::-1], axis=1)
    x = np.concatenate([first, first, last, last])
    y = np.concatenate([rows, rows + 1, rows, rows + 1])
    cosine, sine = math.cos(math.radians(rotate_degrees)), math.sin(math.radians(rotate_degrees))
    outwards = ((cosine, sine), (-cosine, -sine), (-sine, cosine), (sine, -cosine))
    return [(a, b, float(np.max(a * x + b * y))) for a, b in outwards]


def _outline(field: NDArray[np.bool_], side: Side) -> tuple[NDArray[np.float64], NDArray[np.float64], int]:
    """Depth at which the field begins, for each row or column where it is not the border of the image."""
    lines = field if side.upright else field.T
    lines = lines[:, ::-1] if side in (Side.RIGHT, Side.BOTTOM) else lines
    first = np.argmax(lines, axis=1)
    place = np.flatnonzero(lines[np.arange(len(lines)), first] & (first > 1))
    depth = np.asarray(first[place], np.float64)
    if side in (Side.RIGHT, Side.BOTTOM):
        depth = lines.shape[1] - depth
    return depth, np.asarray(place + 0.5, np.float64), int(lines.shape[1])


def _fit(side: Side, depth: NDArray[np.float64], place: NDArray[np.float64], tolerance: float) -> Edge | None:
    """Fit the line that most points agree on (random sample consensus with fixed seed, then least squares)."""
    if len(depth) < _LEAST_POINTS:
        return None
    slope, intercept = _consensus(depth, place, tolerance)
    agree = np.abs(depth - intercept - slope * place) <= tolerance
    for _ in range(2):
        if agree.sum() < _LEAST_POINTS or np.ptp(place[agree]) < _LEAST_POINTS or abs(slope) > _STEEPEST:
            return None
        slope, intercept = (float(value) for value in np.polyfit(place[agree], depth[agree], 1))
        agree = np.abs(depth - intercept - slope * place) <= tolerance
    if not agree.any() or abs(slope) > _STEEPEST:
        return None
    inwards = 1.0 if side in (Side.LEFT, Side.TOP) else -1.0
    beyond = inwards * (depth[agree] - intercept - slope * place[agree])
    intercept += inwards * float(np.quantile(beyond, 0.99))
    return Edge(side, slope, intercept, int(agree.sum()), float(place[agree].min()), float(place[agree].max()))


def _consensus(depth: NDArray[np.float64], place: NDArray[np.float64], tolerance: float) -> tuple[float, float]:
    random = np.random.default_rng(0)
    chosen = np.linspace(0, len(depth) - 1, min(len(depth), _POINTS)).astype(int)
    depth, place = depth[chosen], place[chosen]
    one, other = random.integers(0, len(depth), (2, _TRIALS))
    apart = np.abs(place[one] - place[other]) >= max(8.0, 0.1 * np.ptp(place))
    one, other = one[apart], other[apart]
    if not len(one):
        return 0.0, float(np.median(depth))
    slopes = (depth[one] - depth[other]) / (place[one] - place[other])
    intercepts = depth[one] - slopes * place[one]
    votes = (np.abs(depth - intercepts[:, None] - slopes[:, None] * place) <= tolerance).sum(axis=1)
    votes[np.abs(slopes) > _STEEPEST] = -1
    best = int(np.argmax(votes))
    return float(slopes[best]), float(intercepts[best])


def largest_rectangle(
    half_planes: NDArray[np.float64], reach: float, rotate_degrees: float
) -> tuple[float, float, float, float]:
    """Find the largest tilted rectangle inside a convex field.

    Given its left and right side, the highest and lowest it may reach follow
    from each half-plane alone, so a search over two numbers, refined a few
    times, finds the whole rectangle.

    Parameters
    ----------
    half_planes
        Shape (sides, 3), float64, pixels; the field has a * x + b * y <= c for each row (a, b, c).
    reach
        Largest coordinate of any point of the field, in pixels.
    rotate_degrees
        Counter-clockwise turn that makes the rectangle upright.

    Returns
    -------
    tuple
        x and y of its centre, half its width and half its height, in pixels; the
        halves are 0 when nothing fits.
    """
    cosine, sine = math.cos(math.radians(rotate_degrees)), math.sin(math.radians(rotate_degrees))
    across = half_planes[:, 0] * cosine + half_planes[:, 1] * sine
    down = -half_planes[:, 0] * sine + half_planes[:, 1] * cosine
    limit = half_planes[:, 2]
    low, high = (-reach, reach), (-reach, reach)
    best = (0.0, 0.0, 0.0, 0.0, 0.0)
    for _ in range(14):
        left, right = np.meshgrid(np.linspace(*low, 41), np.linspace(*high, 41), indexing="ij")
        top, bottom = np.full_like(left, -reach), np.full_like(left, reach)
        fits = right > left
        for a, b, c in zip(across, down, limit, strict=True):
            room = c - np.maximum(a * left, a * right)
            if b > 1e-9:
                bottom = np.minimum(bottom, room / b)
            elif b < -1e-9:
                top = np.maximum(top, room / b)
            else:
                fits &= room >= 0
        area = np.where(fits & (bottom > top), (right - left) * (bottom - top), 0.0)
        index = np.unravel_index(np.argmax(area), area.shape)
        if area[index] > best[0]:
            best = tuple(float(values[index]) for values in (area, left, right, top, bottom))  # type: ignore[assignment]
        step_low, step_high = (low[1] - low[0]) / 8, (high[1] - high[0]) / 8
        low, high = (best[1] - step_low, best[1] + step_low), (best[2] - step_high, best[2] + step_high)
    _, left_, right_, top_, bottom_ = best
    x, y = (left_ + right_) / 2, (top_ + bottom_) / 2
    return cosine * x - sine * y, sine * x + cosine * y, (right_ - left_) / 2, (bottom_ - top_) / 2
