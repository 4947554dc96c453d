"""Closed forms of few triangles: swept sections, balls and lumps."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from densexplain.phantom.abnormalities.course import Vector
from densexplain.phantom.solids.surface import Surface, Vectors
from densexplain.phantom.solids.topology import Topology

Section = NDArray[np.float64]
"""Outline in its own plane, shape (points, 2), float64, millimetres, counter-clockwise."""


def circle(radius: float, sides: int = 12) -> Section:
    """Outline of a round section."""
    angle = np.arange(sides) * 2.0 * np.pi / sides
    return radius * np.column_stack([np.cos(angle), np.sin(angle)])


def swept(centres: Vectors, sections: NDArray[np.float64], across: Vector | None = None) -> Surface:
    """Draw sections along a line and close the ends.

    Parameters
    ----------
    centres
        Places along the line, shape (n, 3), n >= 2.
    sections
        One outline for all, shape (points, 2), or one for each, shape (n, points, 2); float64, millimetres.
    across
        Direction of the outlines' first coordinate at the start of the line; any if
        None. From there on the outlines turn with the line and not about it.
    """
    tangents = np.gradient(centres, axis=0)
    tangents /= np.linalg.norm(tangents, axis=1, keepdims=True)
    if across is None:
        across = np.eye(3)[int(np.argmin(np.abs(tangents[0])))]
    first = np.empty_like(centres)
    for row, tangent in enumerate(tangents):
        level = across - (across @ tangent) * tangent
        across = level / np.linalg.norm(level)
        first[row] = across
    second = np.cross(tangents, first)
    outlines = np.broadcast_to(sections, (len(centres), *sections.shape[-2:]))
    rings = centres[:, None] + outlines[..., :1] * first[:, None] + outlines[..., 1:] * second[:, None]
    vertices = np.concatenate([rings.reshape(-1, 3), centres[:1], centres[-1:]])
    return Surface(vertices, _tube(len(centres), outlines.shape[1]))


def rod(start: Vector, end: Vector, radius: float, sides: int = 12) -> Surface:
    """Straight cylinder."""
    return swept(np.array([start, end]), circle(radius, sides))


def turned(start: Vector, direction: Vector, profile: NDArray[np.float64], sides: int = 12) -> Surface:
    """Solid of revolution.

    Parameters
    ----------
    start
        Where it begins.
    direction
        Direction of its axis.
    profile
        Rows of the distance along the axis and the radius there, shape (n, 2), float64, millimetres.
    sides
        Corners of each ring.
    """
    unit = direction / np.linalg.norm(direction)
    steps = np.maximum.accumulate(profile[:, 0] + np.arange(len(profile)) * 1e-6)  # no two rings in one plane
    return swept(start + steps[:, None] * unit, profile[:, 1, None, None] * circle(1.0, sides))


def ball(centre: Vector, radii: tuple[float, float, float], axes: Vectors | None = None) -> Surface:
    """Ellipsoid with its radii along three directions, the rows of `axes`; x, y and z if None."""
    return lump(centre, np.ones(len(directions())), radii, axes)


def lump(
    centre: Vector, reach: NDArray[np.float64], radii: tuple[float, float, float], axes: Vectors | None = None
) -> Surface:
    """Ellipsoid whose surface is pushed out or in.

    Parameters
    ----------
    centre
        Middle of the ellipsoid.
    reach
        Factor for each of `directions`, shape (directions,), float64, > 0; 1 leaves the ellipsoid as it is.
    radii
        Half axes, millimetres.
    axes
        Directions of the half axes, shape (3, 3); those of space if None.
    """
    frame = np.eye(3) if axes is None else np.asarray(axes)
    frame = frame * np.sign(np.linalg.det(frame))  # a mirrored frame would turn it inside out
    unit, topology = _sphere()
    return Surface(centre + (unit * reach[:, None] * np.array(radii)) @ frame, topology)


def flattened(surface: Surface, place: Vector, direction: Vector, share: float) -> Surface:
    """Press a solid to a share of its extent in a direction: what it adds to a ray is reduced accordingly."""
    return surface.mapped(lambda places: places - ((places - place) @ direction * (1.0 - share))[:, None] * direction)


def directions() -> Vectors:
    """Directions in which a lump has its vertices, shape (n, 3), length 1."""
    return _sphere()[0]


@cache
def _sphere(rings: int = 15, sides: int = 24) -> tuple[Vectors, Topology]:
    angle = np.linspace(0.0, np.pi, rings + 2)
    sections = np.sin(angle[1:-1])[:, None, None] * circle(1.0, sides)
    heights = -np.cos(angle[1:-1])[:, None] * np.array([0.0, 0.0, 1.0])
    surface = swept(heights, sections, np.array([1.0, 0.0, 0.0]))
    vertices = surface.vertices.copy()
    vertices[-2:] = [[0.0, 0.0, -1.0], [0.0, 0.0, 1.0]]
    return vertices, surface.topology


@cache
def _tube(rings: int, sides: int) -> Topology:
    """Triangles of rings of vertices, closed by fans from the last two vertices."""
    step = np.arange(sides)
    following = (step + 1) % sides
    parts = []
    for ring in range(rings - 1):
        a, b = ring * sides + step, ring * sides + following
        parts += [np.column_stack([a, b, b + sides]), np.column_stack([a, b + sides, a + sides])]
    last = (rings - 1) * sides
    parts.append(np.column_stack([following, step, np.full(sides, rings * sides)]))
    parts.append(np.column_stack([last + step, last + following, np.full(sides, rings * sides + 1)]))
    return Topology(np.concatenate(parts).astype(np.int64))
