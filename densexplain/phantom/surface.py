"""Closed surfaces of triangles: moved, cut and put together."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array

from densexplain.errors import ShapeError

Vectors = NDArray[np.float64]
"""Places or directions in space, shape (count, 3), millimetres; x right, y down, z towards the detector."""

Place = tuple[float, float, float]
"""x, y, z in millimetres, one place of `Vectors`."""

Motion = Callable[[Vectors], Vectors]
"""From places to places."""

Triangles = NDArray[np.int64]
"""Rows of `Vectors` that make a triangle, shape (count, 3); seen from outside, counter-clockwise."""


@dataclass(frozen=True)
class Surface:
    """The boundary of a solid.

    Closed: each edge belongs to two triangles that run along it in opposite
    directions. That makes the path of a ray through it the sum of the depths at
    which it leaves less those at which it enters, in any order.

    Parameters
    ----------
    vertices
        Shape (vertices, 3), millimetres.
    triangles
        Shape (triangles, 3), rows of `vertices`.
    """

    vertices: Vectors
    triangles: Triangles

    def __post_init__(self) -> None:
        for name, array in (("vertices", self.vertices), ("triangles", self.triangles)):
            if array.ndim != 2 or array.shape[1] != 3:
                raise ShapeError(f"`{name}` must have shape (count, 3); received {array.shape}")

    @property
    def volume_mm3(self) -> float:
        """Volume inside, cubic millimetres; below zero if inside out."""
        places = np.ascontiguousarray(self.vertices.T)
        (ax, ay, az), (bx, by, bz), (cx, cy, cz) = (places[:, corner] for corner in self.triangles.T)
        return float((ax * (by * cz - bz * cy) + ay * (bz * cx - bx * cz) + az * (bx * cy - by * cx)).sum() / 6.0)

    def mapped(self, change: Motion) -> Surface:
        """Move each vertex by a function from places to places."""
        moved = Surface(np.asarray(change(self.vertices), np.float64), self.triangles)
        if "edges" in self.__dict__:  # which triangles meet does not change
            moved.__dict__["edges"] = self.edges
        return moved

    @cached_property
    def edges(self) -> NDArray[np.int64]:
        """List each edge once: start, end, the triangle that runs along it, and the one that runs against it.

        Returns
        -------
        numpy.ndarray
            Shape (edges, 4).

        Raises
        ------
        ShapeError
            If the surface is not closed.
        """
        start, end = self.triangles.ravel(), self.triangles[:, [1, 2, 0]].ravel()
        up, down = np.flatnonzero(start < end), np.flatnonzero(start > end)
        along = self._sorted(start[up], end[up], up)
        against = self._sorted(end[down], start[down], down)
        if not (np.array_equal(along.indptr, against.indptr) and np.array_equal(along.indices, against.indices)):
            raise ShapeError("`triangles` must close: an edge has no triangle on its other side")
        starts = np.repeat(np.arange(len(self.vertices)), np.diff(along.indptr))
        # One column after the other in memory: they are read one at a time.
        return np.stack([starts, along.indices, along.data // 3, against.data // 3]).T

    def _sorted(self, start: NDArray[np.int64], end: NDArray[np.int64], number: NDArray[np.int64]) -> csr_array:
        """Sort numbered edges by their start, then by their end."""
        count = len(self.vertices)
        edges = coo_array((number, (start, end)), shape=(count, count))
        edges.has_canonical_format = True  # nothing is to be summed
        rows = edges.tocsr()
        rows.sort_indices()
        return rows


EMPTY = Surface(np.zeros((0, 3)), np.zeros((0, 3), np.int64))
"""The boundary of nothing."""


def bounds(places: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Least and greatest coordinates of places, shape (n, axes); one axis at a time, which is ten times faster."""
    columns = places.T
    return np.array([column.min() for column in columns]), np.array([column.max() for column in columns])


def as_place(vector: NDArray[np.float64]) -> Place:
    """Give one row of `Vectors` as a place."""
    return float(vector[0]), float(vector[1]), float(vector[2])


def joined(surfaces: Iterable[Surface]) -> Surface:
    """Put several surfaces into one; their solids count twice where they overlap."""
    parts = list(surfaces)
    if not parts:
        return EMPTY
    starts = np.cumsum([0, *(len(part.vertices) for part in parts[:-1])])
    numbers = np.cumsum([0, *(len(part.triangles) for part in parts[:-1])])
    whole = Surface(
        np.concatenate([part.vertices for part in parts]),
        np.concatenate([part.triangles + start for part, start in zip(parts, starts, strict=True)]),
    )
    # The edges of the parts are known or found once; those of the whole follow.
    offsets = [np.array([[start], [start], [number], [number]]) for start, number in zip(starts, numbers, strict=True)]
    whole.__dict__["edges"] = np.concatenate(
        [part.edges.T + offset for part, offset in zip(parts, offsets, strict=True)], axis=1
    ).T
    return whole


def cut(surface: Surface, side: NDArray[np.float64]) -> tuple[Surface, Surface]:
    """Saw a solid in two.

    Parameters
    ----------
    surface
        What is cut.
    side
        For each vertex, on which side of the cut it lies, shape (vertices,);
        the cut runs where it passes through zero.

    Returns
    -------
    tuple
        The part with `side` below zero and the part above; either may be empty.
        Both are closed by a fan from the middle of each cut edge loop; a fan that
        folds over itself still closes the solid, because depths carry a sign.
    """
    side = np.where(side == 0.0, 1e-12, side)
    below, above = _part(surface, -side), _part(surface, side)
    return below, above


def above(surface: Surface, side: NDArray[np.float64]) -> Surface:
    """Keep the part of a solid where `side` is above zero, as `cut` does."""
    return _part(surface, np.where(side == 0.0, 1e-12, side))


def inside_out(surface: Surface) -> Surface:
    """Turn a solid into a hollow: joined to a solid that holds it, it takes its place away."""
    turned = Surface(surface.vertices, surface.triangles[:, ::-1])
    turned.__dict__["edges"] = surface.edges.T[[0, 1, 3, 2]].T
    return turned


def _part(surface: Surface, side: NDArray[np.float64]) -> Surface:
    """Keep where `side` is above zero, closed by one fan."""
    inside = side[surface.triangles] > 0
    kept = inside.sum(axis=1)
    pieces = [surface.triangles[kept == 3]]
    vertices = [surface.vertices]
    split = np.flatnonzero((kept == 1) | (kept == 2))
    if len(split):
        one = kept[split] == 1
        alone = np.argmax(inside[split] == one[:, None], axis=1)
        a, b, c = (surface.triangles[split, (alone + step) % 3] for step in range(3))
        keys, crossing = np.unique(
            np.concatenate(
                [np.minimum(a, b) * len(side) + np.maximum(a, b), np.minimum(a, c) * len(side) + np.maximum(a, c)]
            ),
            return_inverse=True,
        )
        start, end = keys // len(side), keys % len(side)
        share = (side[start] / (side[start] - side[end]))[:, None]
        crossings = surface.vertices[start] * (1 - share) + surface.vertices[end] * share
        vertices += [crossings, crossings.mean(axis=0, keepdims=True)]
        ab, ac = crossing.reshape(2, -1) + len(side)
        middle = np.full(len(split), len(side) + len(keys))
        pieces += [
            np.column_stack([a, ab, ac])[one],
            np.column_stack([ab, b, c])[~one],
            np.column_stack([ab, c, ac])[~one],
            np.where(one[:, None], np.column_stack([ac, ab, middle]), np.column_stack([ab, ac, middle])),
        ]
    return _compact(np.concatenate(vertices), np.concatenate(pieces))


def _compact(vertices: Vectors, triangles: Triangles) -> Surface:
    used, numbered = np.unique(triangles, return_inverse=True)
    return Surface(vertices[used], numbered.reshape(-1, 3).astype(np.int64))
