"""A limb: bones, the soft tissue round them, and what else lies in the rays."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from densexplain.phantom.bone import Bone
from densexplain.phantom.materials import Material
from densexplain.phantom.solids import Field, Grid, Place, Solid, united
from densexplain.phantom.surface import Surface, Vectors

Motion = Callable[[Vectors], Vectors]
"""From places to places."""


@dataclass(frozen=True)
class Flesh:
    """Soft tissue about a straight line: an ellipse of one size at its start and another at its end.

    Parameters
    ----------
    start, end
        Places, millimetres.
    start_radius, end_radius
        Half the width.
    flatness
        Half the depth over half the width.
    fat_mm
        Thickness of skin and subcutaneous fat.
    """

    start: Place
    end: Place
    start_radius: float
    end_radius: float
    flatness: float = 1.0
    fat_mm: float = 3.0


@dataclass(frozen=True)
class Body:
    """A foreign thing of one material.

    Parameters
    ----------
    name
        What a record calls it.
    surface
        Its boundary.
    material
        What it is made of.
    replaces
        What it takes the place of; None adds to what is there.
    """

    name: str
    surface: Surface
    material: Material
    replaces: Material | None = Material.SOFT_TISSUE


@dataclass(frozen=True)
class Limb:
    """All that the rays cross, in millimetres; y runs down the image when it is not turned.

    Parameters
    ----------
    bones
        By no order.
    flesh
        Their union is the soft tissue.
    bodies
        Hardware, foreign bodies, plaster, lesions.
    """

    bones: tuple[Bone, ...]
    flesh: tuple[Flesh, ...]
    bodies: tuple[Body, ...] = field(default=())

    def bone(self, name: str) -> Bone:
        """Find a bone.

        Raises
        ------
        KeyError
            If there is none of that name.
        """
        for bone in self.bones:
            if bone.name == name:
                return bone
        raise KeyError(name)

    def with_bone(self, changed: Bone) -> Limb:
        """Replace the bone of the same name."""
        return replace(self, bones=tuple(changed if bone.name == changed.name else bone for bone in self.bones))

    def mapped(self, change: Motion) -> Limb:
        """Move all of it; the radii of the soft tissue stay."""
        flesh = []
        for part in self.flesh:
            start, end = change(np.array([part.start, part.end]))
            flesh.append(replace(part, start=_place(start), end=_place(end)))
        return Limb(
            tuple(bone.mapped(change) for bone in self.bones),
            tuple(flesh),
            tuple(replace(body, surface=body.surface.mapped(change)) for body in self.bodies),
        )


def turn(degrees: float, axis: Place, about: Place = (0.0, 0.0, 0.0)) -> Motion:
    """Rotation about an axis through a place, right-handed.

    References
    ----------
    Rodrigues' rotation formula.
    """
    k = np.asarray(axis, np.float64)
    k = k / np.linalg.norm(k)
    cross = np.array([[0, -k[2], k[1]], [k[2], 0, -k[0]], [-k[1], k[0], 0]])
    angle = np.deg2rad(degrees)
    matrix = np.eye(3) + np.sin(angle) * cross + (1 - np.cos(angle)) * (cross @ cross)
    middle = np.asarray(about, np.float64)
    return lambda places: (places - middle) @ matrix.T + middle


def shift(by: Place) -> Motion:
    """Translation."""
    return lambda places: places + np.asarray(by, np.float64)


def chained(*motions: Motion) -> Motion:
    """One motion after another, the first first."""

    def change(places: Vectors) -> Vectors:
        for motion in motions:
            places = motion(places)
        return places

    return change


def flesh_solid(flesh: Sequence[Flesh], radius: float = 7.0) -> Solid:
    """Signed distance to the skin of the parts joined."""
    return united(*(_part(part) for part in flesh), radius=radius)


def flesh_grid(flesh: Sequence[Flesh], margin_mm: float, voxel_mm: float) -> Grid:
    """Measure soft tissue on a grid with a margin round it."""
    ends = np.array([place for part in flesh for place in (part.start, part.end)])
    radii = np.array([r for part in flesh for r in (part.start_radius, part.end_radius)])[:, None]
    low, high = (ends - radii).min(axis=0) - margin_mm, (ends + radii).max(axis=0) + margin_mm
    return Grid.of(flesh_solid(flesh), _place(low), _place(high), voxel_mm)


def _part(part: Flesh) -> Solid:
    """Rounded cone, flattened across z; a limb is turned towards the rays only when its surfaces are drawn."""
    a, b = np.array(part.start), np.array(part.end)
    axis = b - a
    length2 = max(float(axis @ axis), 1e-9)

    def distance(x: Field, y: Field, z: Field) -> Field:
        u, v, w = x - a[0], y - a[1], z - a[2]
        share = np.clip((u * axis[0] + v * axis[1] + w * axis[2]) / length2, 0.0, 1.0)
        off2 = (u - share * axis[0]) ** 2 + (v - share * axis[1]) ** 2 + ((w - share * axis[2]) / part.flatness) ** 2
        steep = max(part.flatness, 0.5)
        radius = part.start_radius + share * (part.end_radius - part.start_radius)
        return np.asarray((np.sqrt(off2) - radius) * steep, np.float64)

    return distance


def _place(vector: NDArray[np.float64]) -> Place:
    return float(vector[0]), float(vector[1]), float(vector[2])
