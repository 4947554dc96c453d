"""Solids by their signed distance: rounded, joined smoothly, hollowed, and turned into surfaces."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import PchipInterpolator
from skimage.measure import marching_cubes

from densexplain.errors import ShapeError
from densexplain.phantom.solids.surface import EMPTY, Place, Surface
from densexplain.phantom.solids.topology import Topology

Field = NDArray[np.float64]
"""Coordinates or distances at the points of a grid, any shape, float64, millimetres."""

Solid = Callable[[Field, Field, Field], Field]
"""Signed distance to a surface at places x, y, z: about the distance in millimetres, below zero inside."""


def ellipsoid(centre: Place, radii: Place) -> Solid:
    """Ellipsoid with its axes along x, y and z; its distance is exact on the surface only."""

    def distance(x: Field, y: Field, z: Field) -> Field:
        u, v, w = x - centre[0], y - centre[1], z - centre[2]
        near = np.sqrt((u / radii[0]) ** 2 + (v / radii[1]) ** 2 + (w / radii[2]) ** 2)
        steep = np.sqrt((u / radii[0] ** 2) ** 2 + (v / radii[1] ** 2) ** 2 + (w / radii[2] ** 2) ** 2)
        return np.asarray(near * (near - 1.0) / np.maximum(steep, 1e-9), np.float64)

    return distance


def rounded_cone(start: Place, end: Place, start_radius: float, end_radius: float, flatness: float = 1.0) -> Solid:
    """Ball of one radius rolled in a straight line to another place and radius; `flatness` is its depth over its width.

    Where it is flattened, the distance is exact on the surface only.
    """
    a, b = np.array(start), np.array(end)
    axis = b - a
    length2 = max(float(axis @ axis), 1e-9)
    steep = max(flatness, 0.5)  # of the distance across the flat sides, kept near one

    def distance(x: Field, y: Field, z: Field) -> Field:
        u, v, w = x - a[0], y - a[1], z - a[2]
        share = u * axis[0] + v * axis[1] + w * axis[2]
        share /= length2
        np.clip(share, 0.0, 1.0, out=share)
        across = (u - share * axis[0]) ** 2
        across += (v - share * axis[1]) ** 2
        across += ((w - share * axis[2]) / flatness) ** 2
        near = np.sqrt(across, out=across)
        share *= end_radius - start_radius
        share += start_radius
        near -= share
        near *= steep
        return np.asarray(near, np.float64)

    return distance


def rounded_box(centre: Place, half: Place, rounding: float) -> Solid:
    """Box with half edges `half`, its corners rounded within them."""

    def distance(x: Field, y: Field, z: Field) -> Field:
        u, v, w = (
            np.abs(value - middle) - (edge - rounding)
            for value, middle, edge in zip((x, y, z), centre, half, strict=True)
        )
        outside = np.sqrt(np.maximum(u, 0) ** 2 + np.maximum(v, 0) ** 2 + np.maximum(w, 0) ** 2)
        return np.asarray(outside + np.minimum(np.maximum(np.maximum(u, v), w), 0.0) - rounding, np.float64)

    return distance


@dataclass(frozen=True)
class Station:
    """Cross-section of a shaft at one place along it.

    Parameters
    ----------
    y
        Place along the shaft.
    width, depth
        Full extent along x and along z.
    x, z
        Middle of the section.
    """

    y: float
    width: float
    depth: float
    x: float = 0.0
    z: float = 0.0


def shaft(stations: Sequence[Station], squareness: float = 2.0) -> Solid:
    """Sweep an ellipse along y through stations, smoothly; the ends are flat, their edges rounded.

    Parameters
    ----------
    stations
        At least two, by rising `y`.
    squareness
        Exponent of the section: 2 for an ellipse, more for a rounded rectangle.

    Raises
    ------
    ShapeError
        If there are fewer than two stations or they do not rise.
    """
    ys = np.array([station.y for station in stations])
    if len(ys) < 2 or (np.diff(ys) <= 0).any():
        raise ShapeError(f"`stations` must be two or more by rising y; received y = {ys.tolist()}")
    columns = np.array([(s.width / 2, s.depth / 2, s.x, s.z) for s in stations])
    curve = PchipInterpolator(ys, columns, axis=0)

    def distance(x: Field, y: Field, z: Field) -> Field:
        rx, rz, cx, cz = np.moveaxis(curve(np.clip(y, ys[0], ys[-1])), -1, 0)
        u, w = np.abs(x - cx) / rx, np.abs(z - cz) / rz
        near = (u**squareness + w**squareness) ** (1.0 / squareness)
        side = (near - 1.0) * np.minimum(rx, rz)
        end = np.maximum(ys[0] - y, y - ys[-1])
        return smooth_maximum(side, end, 2.0)

    return distance


def smooth_maximum(a: Field, b: Field, radius: float) -> Field:
    """Larger of two values, the corner between them rounded by about `radius`."""
    mix = np.asarray(a - b, np.float64)
    np.abs(mix, out=mix)
    np.subtract(radius, mix, out=mix)
    np.maximum(mix, 0.0, out=mix)
    mix /= radius
    mix *= mix
    mix *= radius
    mix /= 4.0
    mix += np.maximum(a, b)
    return mix


def united(*solids: Solid, radius: float = 2.0) -> Solid:
    """Join solids, the grooves between them filled by about `radius` millimetres."""

    def distance(x: Field, y: Field, z: Field) -> Field:
        total = solids[0](x, y, z)
        for solid in solids[1:]:
            total = -smooth_maximum(-total, -solid(x, y, z), radius)
        return total

    return distance


def hollowed(solid: Solid, *removed: Solid, radius: float = 2.0) -> Solid:
    """Take solids out of another, the rims rounded."""

    def distance(x: Field, y: Field, z: Field) -> Field:
        total = solid(x, y, z)
        for part in removed:
            total = smooth_maximum(total, -part(x, y, z), radius)
        return total

    return distance


@dataclass(frozen=True)
class Grid:
    """Signed distance at the points of a grid, kept so that several surfaces can be drawn from it.

    Parameters
    ----------
    x, y, z
        Places of the points, shapes (n, 1, 1), (1, m, 1), (1, 1, k).
    distance
        Shape (n, m, k).
    voxel_mm
        Spacing.
    """

    x: Field
    y: Field
    z: Field
    distance: Field
    voxel_mm: float

    @classmethod
    def of(cls, solid: Solid, low: Place, high: Place, voxel_mm: float) -> Grid:
        """Measure a solid between two corners, which must enclose it with a voxel to spare."""
        axes = [np.arange(a, b + voxel_mm, voxel_mm) for a, b in zip(low, high, strict=True)]
        x, y, z = np.meshgrid(*axes, indexing="ij", sparse=True)
        shape = np.broadcast_shapes(x.shape, y.shape, z.shape)
        distance = solid(*(np.broadcast_to(axis, shape) for axis in (x, y, z)))
        return cls(x, y, z, distance, voxel_mm)

    def surface(self, inset_mm: Field | float = 0.0) -> Surface:
        """Draw the surface that lies `inset_mm` inside the solid's.

        Parameters
        ----------
        inset_mm
            One value, or one for each grid point.

        Returns
        -------
        Surface
            Closed; empty where nothing lies so deep.

        References
        ----------
        Lewiner et al., Efficient implementation of marching cubes' cases with
        topological guarantees, J Graph Tools 8 (2003).
        """
        level = np.array(self.distance + inset_mm, np.float64)
        for axis in range(3):  # closed at the grid's own border
            for end in (0, -1):
                rim = np.moveaxis(level, axis, 0)[end]
                np.maximum(rim, 1e-3, out=rim)
        if level.min() >= 0:
            return EMPTY
        vertices, triangles, _, _ = marching_cubes(level, 0.0, spacing=(self.voxel_mm,) * 3)
        origin = np.array([self.x.ravel()[0], self.y.ravel()[0], self.z.ravel()[0]])
        return Surface(np.asarray(vertices, np.float64) + origin, Topology(np.ascontiguousarray(triangles, np.int64)))
