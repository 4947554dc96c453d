"""How far each ray runs inside a solid: exact for its triangles, from one pass over their edges."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from densexplain.errors import OptionError
from densexplain.phantom.physics.path_length import PathMap
from densexplain.phantom.solids.surface import Surface, Vectors, bounds

_ROUNDING_MM = 1e-5
"""What running sums leave behind a surface where there is nothing."""


@dataclass(frozen=True)
class Projector:
    """A point source, an object plane and the grid of rays through it.

    Parameters
    ----------
    rows, columns
        Size of the image.
    pitch_mm
        Edge of a pixel, measured in the object plane.
    centre
        Row and column at which the central ray crosses.
    source_mm
        Distance from the source to the object plane; None for parallel rays.
    samples
        Rays along each edge of a pixel, averaged.
    """

    rows: int
    columns: int
    pitch_mm: float
    centre: tuple[float, float] = field(default=(0.0, 0.0))
    source_mm: float | None = 1000.0
    samples: int = 2

    def __post_init__(self) -> None:
        if min(self.rows, self.columns, self.samples) < 1 or self.pitch_mm <= 0:
            raise OptionError(
                "`rows`, `columns`, `samples` and `pitch_mm` must be above zero; "
                f"received {self.rows}, {self.columns}, {self.samples}, {self.pitch_mm}"
            )

    def shadow(self, places: Vectors) -> NDArray[np.float64]:
        """Column and row at which places are seen, shape (n, 2), float64, pixels; pixel edges lie at whole numbers."""
        size = 1.0 if self.source_mm is None else self.source_mm / (self.source_mm + places[:, 2:3])
        offset = np.array([self.centre[1], self.centre[0]])
        return np.asarray(places[:, :2] * size / self.pitch_mm + offset, np.float64)

    def path_length(self, surface: Surface) -> PathMap:
        """Length of each ray inside a closed surface.

        Depths are linear over each triangle, so for each row of rays the length
        is a sum of straight pieces that begin and end at edges. Each edge is
        entered once, with the difference of the two triangles beside it, and two
        running sums give all pixels of the row.

        Raises
        ------
        ShapeError
            If the surface is not closed.
        """
        fine = self.samples
        out = np.zeros((self.rows, self.columns))
        if len(surface.triangles) == 0:
            return out
        corners = self.shadow(surface.vertices) * fine
        least, greatest = bounds(corners)
        low, high = np.floor(least).astype(int) - 1, np.ceil(greatest).astype(int) + 1
        limits = np.array([self.columns, self.rows])
        first = np.clip(low // fine, 0, limits)
        last = np.clip(-(-high // fine), 0, limits)
        if (last <= first).any():
            return out
        columns, rows = (last - first) * fine
        length = _accumulate(surface, corners - first * fine, int(rows), int(columns))
        if fine > 1:
            steps = range(fine)  # slices add up six times as fast as `mean` does over two axes
            whole = sum(sum(length[down::fine, across::fine] for across in steps) for down in steps)
            length = np.asarray(whole, np.float64) / fine**2
        length[length <= _ROUNDING_MM] = 0.0
        window = slice(first[1], last[1]), slice(first[0], last[0])
        np.multiply(length, self._slant[window], out=out[window])
        return out

    @cached_property
    def _slant(self) -> NDArray[np.float64]:
        """Length of a ray for each millimetre of depth that it crosses, shape (rows, columns)."""
        if self.source_mm is None:
            return np.ones((self.rows, self.columns))
        x = (np.arange(self.columns) + 0.5 - self.centre[1]) * self.pitch_mm / self.source_mm
        y = (np.arange(self.rows) + 0.5 - self.centre[0]) * self.pitch_mm / self.source_mm
        return np.asarray(np.sqrt(1.0 + x[None, :] ** 2 + y[:, None] ** 2), np.float64)


def _accumulate(surface: Surface, corners: NDArray[np.float64], rows: int, columns: int) -> PathMap:
    """Depth crossed at each ray of a grid with corners in its pixels."""
    x, y = np.ascontiguousarray(corners.T)
    level, slope_x, slope_y = _planes(surface, x, y)
    start, end, along, against = surface.edges.T
    y0, y1 = y[start], y[end]
    # Rows whose centre lies between the ends.
    first = np.clip(np.ceil(np.minimum(y0, y1) - 0.5), 0, rows)
    stop = np.clip(np.ceil(np.maximum(y0, y1) - 0.5), 0, rows)
    crossed = np.flatnonzero(stop > first)
    along, against, y0, y1 = along[crossed], against[crossed], y0[crossed], y1[crossed]
    x0, x1 = x[start[crossed]], x[end[crossed]]
    top = first[crossed].astype(np.int64)
    count = stop[crossed].astype(np.int64) - top
    which = np.repeat(np.arange(len(crossed)), count)
    row = np.arange(len(which)) + (top - (np.cumsum(count) - count))[which]
    height = row + 0.5
    tilt = (x1 - x0) / (y1 - y0)
    crossing = tilt[which]
    crossing *= height
    crossing += (x0 - tilt * y0)[which]
    column = np.clip(np.ceil(crossing - 0.5), 0, columns).astype(np.int64)
    sign = np.where(y1 > y0, -1.0, 1.0)
    a = (sign * (slope_y[along] - slope_y[against]))[which]
    a = a * height + (sign * (level[along] - level[against]))[which]
    b = (sign * (slope_x[along] - slope_x[against]))[which]
    place, size = row * (columns + 1) + column, rows * (columns + 1)
    levels = np.cumsum(np.bincount(place, a, size).reshape(rows, columns + 1), axis=1)[:, :columns]
    slopes = np.cumsum(np.bincount(place, b, size).reshape(rows, columns + 1), axis=1)[:, :columns]
    return np.asarray(levels + slopes * (np.arange(columns) + 0.5), np.float64)


def _planes(surface: Surface, x: NDArray[np.float64], y: NDArray[np.float64]) -> tuple[NDArray[np.float64], ...]:
    """Depth over each triangle as level + x * slope_x + y * slope_y; flat for one that is seen edge-on."""
    z = np.ascontiguousarray(surface.vertices[:, 2])
    z -= z.mean()
    a, b, c = np.ascontiguousarray(surface.triangles.T)
    xa, ya, za = x[a], y[a], z[a]
    ux, uy, du = x[b] - xa, y[b] - ya, z[b] - za
    vx, vy, dv = x[c] - xa, y[c] - ya, z[c] - za
    area = ux * vy - uy * vx
    seen = np.abs(area) > 1e-7
    safe = np.where(seen, area, 1.0)
    slope_x = np.where(seen, (du * vy - dv * uy) / safe, 0.0)
    slope_y = np.where(seen, (dv * ux - du * vx) / safe, 0.0)
    level = np.where(seen, za, za + (du + dv) / 3.0)
    return level - slope_x * xa - slope_y * ya, slope_x, slope_y
