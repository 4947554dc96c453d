"""Closed surfaces of triangles: moved, cut and put together."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from densexplain.errors import ShapeError
from densexplain.phantom.solids.topology import Edges, Topology, Triangles

Vectors = NDArray[np.float64]
"""Places or directions in space, shape (count, 3), float64, millimetres; x right, y down, z towards the detector."""

Place = tuple[float, float, float]
"""x, y, z in millimetres, one place of `Vectors`."""

Motion = Callable[[Vectors], Vectors]
"""From places to places."""


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
    topology
        Which of them make triangles; shared by all moved copies, so that its
        edges are found once.
    """

    vertices: Vectors
    topology: Topology

    def __post_init__(self) -> None:
        if self.vertices.ndim != 2 or self.vertices.shape[1] != 3:
            raise ShapeError(f"`vertices` must have shape (count, 3); received {self.vertices.shape}")

    @property
    def triangles(self) -> Triangles:
        """Rows of `vertices` that make a triangle, shape (triangles, 3)."""
        return self.topology.triangles

    @property
    def edges(self) -> Edges:
        """Each edge once, shape (edges, 4), as `Topology.edges` lists them."""
        return self.topology.edges

    @property
    def volume_mm3(self) -> float:
        """Volume inside, cubic millimetres; below zero if inside out."""
        places = np.ascontiguousarray(self.vertices.T)
        (ax, ay, az), (bx, by, bz), (cx, cy, cz) = (places[:, corner] for corner in self.triangles.T)
        return float((ax * (by * cz - bz * cy) + ay * (bz * cx - bx * cz) + az * (bx * cy - by * cx)).sum() / 6.0)

    def mapped(self, change: Motion) -> Surface:
        """Move each vertex by a function from places to places."""
        return Surface(np.asarray(change(self.vertices), np.float64), self.topology)

    def turned(self) -> Surface:
        """Turn it inside out."""
        return Surface(self.vertices, self.topology.turned())


EMPTY = Surface(np.zeros((0, 3)), Topology(np.zeros((0, 3), np.int64)))
"""The boundary of nothing."""


def bounds(places: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Least and greatest coordinates of places; one axis at a time, which is ten times faster.

    Parameters
    ----------
    places
        Shape (n, axes), float64, of any unit.

    Returns
    -------
    tuple
        Both of shape (axes,), float64, in the same unit.
    """
    columns = places.T
    return np.array([column.min() for column in columns]), np.array([column.max() for column in columns])


def as_place(vector: NDArray[np.float64]) -> Place:
    """Give one row of `Vectors`, shape (3,), float64, millimetres, as a place."""
    return float(vector[0]), float(vector[1]), float(vector[2])


def joined(surfaces: Iterable[Surface]) -> Surface:
    """Put several surfaces into one; their solids count twice where they overlap."""
    parts = list(surfaces)
    if not parts:
        return EMPTY
    starts = np.cumsum([0, *(len(part.vertices) for part in parts[:-1])])
    topology = Topology.joined([part.topology for part in parts], starts)
    return Surface(np.concatenate([part.vertices for part in parts]), topology)


def cut(surface: Surface, side: NDArray[np.float64]) -> tuple[Surface, Surface]:
    """Saw a solid in two.

    Parameters
    ----------
    surface
        What is cut.
    side
        For each vertex, on which side of the cut it lies, shape (vertices,), float64, signed;
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
    """Keep the part of a solid where `side`, shape (vertices,), float64, signed, is above zero, as `cut` does."""
    return _part(surface, np.where(side == 0.0, 1e-12, side))


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
    return Surface(vertices[used], Topology(numbered.reshape(-1, 3).astype(np.int64)))
