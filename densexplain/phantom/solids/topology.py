"""Which vertices of a surface make triangles, and which triangles meet."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array

from densexplain.errors import ShapeError

Triangles = NDArray[np.int64]
"""Vertex numbers of each triangle, shape (count, 3), int64, from 0; counter-clockwise seen from outside."""

Edges = NDArray[np.int64]
"""Start, end, the triangle that runs along it and the one that runs against it; shape (count, 4), int64 numbers."""


class Topology:
    """The part of a closed surface that does not change when the surface is bent.

    Parameters
    ----------
    triangles
        Shape (triangles, 3), int64, vertex numbers.
    edges
        As `edges` lists them, where they are known; else they are found when needed.
    """

    def __init__(self, triangles: Triangles, edges: Edges | None = None) -> None:
        if triangles.ndim != 2 or triangles.shape[1] != 3:
            raise ShapeError(f"`triangles` must have shape (count, 3); received {triangles.shape}")
        self.triangles = triangles
        self._edges = edges

    @classmethod
    def joined(cls, parts: Sequence[Topology], starts: NDArray[np.int64]) -> Topology:
        """Join several; vertex 0 of each gets its number from `starts`, shape (parts,), int64, >= 0."""
        numbers = np.cumsum([0, *(len(part.triangles) for part in parts[:-1])])
        offsets = [
            np.array([[start], [start], [number], [number]]) for start, number in zip(starts, numbers, strict=True)
        ]
        return cls(
            np.concatenate([part.triangles + start for part, start in zip(parts, starts, strict=True)]),
            np.concatenate([part.edges.T + offset for part, offset in zip(parts, offsets, strict=True)], axis=1).T,
        )

    def turned(self) -> Topology:
        """Turn it inside out: the triangle that ran along an edge now runs against it."""
        return Topology(self.triangles[:, ::-1], self.edges.T[[0, 1, 3, 2]].T)

    @property
    def edges(self) -> Edges:
        """List each edge once.

        Raises
        ------
        ShapeError
            If the surface is not closed.
        """
        if self._edges is None:
            self._edges = _edges_of(self.triangles)
        return self._edges


def _edges_of(triangles: Triangles) -> Edges:
    start, end = triangles.ravel(), triangles[:, [1, 2, 0]].ravel()
    count = int(triangles.max(initial=-1)) + 1
    up, down = np.flatnonzero(start < end), np.flatnonzero(start > end)
    along = _sorted(start[up], end[up], up, count)
    against = _sorted(end[down], start[down], down, count)
    if not (np.array_equal(along.indptr, against.indptr) and np.array_equal(along.indices, against.indices)):
        raise ShapeError("`triangles` must close: an edge has no triangle on its other side")
    starts = np.repeat(np.arange(count), np.diff(along.indptr))
    # One column after the other in memory: they are read one at a time.
    return np.stack([starts, along.indices, along.data // 3, against.data // 3]).T


def _sorted(start: NDArray[np.int64], end: NDArray[np.int64], number: NDArray[np.int64], vertices: int) -> csr_array:
    """Sort numbered edges by their start, then by their end."""
    edges = coo_array((number, (start, end)), shape=(vertices, vertices))
    edges.has_canonical_format = True  # nothing is to be summed
    rows = edges.tocsr()
    rows.sort_indices()
    return rows
