"""The course of a bone: its centre line from the near end to the far end, and how thick it is along it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from densexplain.phantom.skeleton.bone import Bone
from densexplain.phantom.solids.surface import Vectors

Vector = NDArray[np.float64]
"""A place in millimetres or a direction of length 1, shape (3,), float64."""

_SLICES = 24

_THINNEST_MM = 1.0
"""Taken for the width of a section that too few vertices lie in."""

_EVERY = 3
"""Every how many vertices are looked at."""


@dataclass(frozen=True)
class Course:
    """Centre line and sections of a bone, at places along it.

    Parameters
    ----------
    start
        Where the long axis enters at the near end, that towards the trunk.
    direction
        Direction of the long axis, away from the trunk; length 1.
    side, front
        Across it: in the plane of the image as far as that goes, and about along z.
    length_mm
        From end to end.
    stations
        Places along the axis, shape (n,), float64, millimetres from the near end.
    centres
        Middle of the section at each, shape (n, 3).
    half_width, half_depth
        Half the extent of the bone along `side` and `front`, shape (n,), float64, millimetres.
    half_inner
        Half the smaller extent of what the cortex holds, shape (n,), float64, millimetres.
    """

    start: Vector
    direction: Vector
    side: Vector
    front: Vector
    length_mm: float
    stations: NDArray[np.float64]
    centres: Vectors
    half_width: NDArray[np.float64]
    half_depth: NDArray[np.float64]
    half_inner: NDArray[np.float64]

    @property
    def slenderness(self) -> float:
        """Length over the greater width or depth of the middle section."""
        middle = len(self.stations) // 2
        thick = 2.0 * max(float(self.half_width[middle]), float(self.half_depth[middle]))
        return self.length_mm / max(thick, _THINNEST_MM)

    def along(self, places: Vectors) -> NDArray[np.float64]:
        """Distance of places from the near end along the axis, shape (count,), float64, millimetres."""
        return np.asarray((places - self.start) @ self.direction, np.float64)

    def centre(self, millimetres: float) -> Vector:
        """Middle of the bone so far from its near end."""
        return np.asarray(self.line(np.array([millimetres]))[0], np.float64)

    def line(self, millimetres: NDArray[np.float64]) -> Vectors:
        """Middle of the bone at several distances from its near end.

        Parameters
        ----------
        millimetres
            Distances from the near end, shape (count,), float64.
        """
        columns = [np.interp(millimetres, self.stations, self.centres[:, axis]) for axis in range(3)]
        across = np.column_stack(columns)
        beyond = millimetres - self.along(across)  # the line goes straight on past the ends
        return np.asarray(across + beyond[:, None] * self.direction, np.float64)

    def width(self, millimetres: float) -> float:
        """Half the extent along `side`."""
        return float(np.interp(millimetres, self.stations, self.half_width))

    def depth(self, millimetres: float) -> float:
        """Half the extent along `front`."""
        return float(np.interp(millimetres, self.stations, self.half_depth))

    def inner(self, millimetres: float) -> float:
        """Half the smaller extent of what the cortex holds."""
        return float(np.interp(millimetres, self.stations, self.half_inner))


def follow(bone: Bone, root: Vector) -> Course:
    """Find the course of a bone away from the place where the limb begins."""
    places, held_places = bone.whole.vertices[::_EVERY], bone.inner.vertices[::_EVERY]
    middle = places.mean(axis=0)
    _, axes = np.linalg.eigh(np.cov((places - middle).T))
    direction = axes[:, 2] * (-1.0 if (root - middle) @ axes[:, 2] > 0 else 1.0)
    side = np.cross(direction, (0.0, 0.0, 1.0))
    if np.linalg.norm(side) < 0.2:  # seen end-on
        side = np.cross(direction, (0.0, 1.0, 0.0))
    side = side / np.linalg.norm(side)
    front = np.cross(side, direction)
    reach = (places - middle) @ direction
    start, length = middle + reach.min() * direction, float(np.ptp(reach))
    edges = np.linspace(0.0, length, _SLICES + 1)
    across = np.column_stack([side, front])
    low, high, filled = _extents((places - start) @ direction, (places - start) @ across, edges)
    inner_low, inner_high, held = _extents((held_places - start) @ direction, (held_places - start) @ across, edges)
    stations = ((edges[1:] + edges[:-1]) / 2)[filled]
    half = ((high - low) / 2)[filled]
    inner = np.where(held, ((inner_high - inner_low) / 2).min(axis=1), 0.0)[filled]
    centres = start + stations[:, None] * direction + ((high + low) / 2)[filled] @ across.T
    return Course(start, direction, side, front, length, stations, centres, half[:, 0], half[:, 1], inner)


def _extents(
    along: NDArray[np.float64], across: NDArray[np.float64], edges: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_]]:
    """Least and greatest coordinates across in each slice, and which slices hold any."""
    count = len(edges) - 1
    number = np.clip(np.searchsorted(edges, along, side="right") - 1, 0, count - 1)
    low, high = np.full((count, 2), np.inf), np.full((count, 2), -np.inf)
    np.minimum.at(low, number, across)
    np.maximum.at(high, number, across)
    filled = np.isfinite(low[:, 0])
    return np.where(filled[:, None], low, 0.0), np.where(filled[:, None], high, 0.0), filled
