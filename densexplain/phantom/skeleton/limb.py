"""A limb: bones, the soft tissue round them, and what else lies in the rays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from densexplain.phantom.physics.materials import Material
from densexplain.phantom.skeleton.bone import Bone
from densexplain.phantom.solids.solids import Grid, rounded_cone, smooth_maximum
from densexplain.phantom.solids.surface import Motion, Place, Surface, Vectors, as_place

_GROOVE_MM = 7.0
"""Width of the grooves between parts of the soft tissue that are filled, as between fingers."""


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

    def mapped(self, change: Motion) -> Limb:
        """Move all of it; the radii of the soft tissue stay."""
        flesh = []
        for part in self.flesh:
            start, end = change(np.array([part.start, part.end]))
            flesh.append(replace(part, start=as_place(start), end=as_place(end)))
        return Limb(
            tuple(bone.mapped(change) for bone in self.bones),
            tuple(flesh),
            tuple(replace(body, surface=body.surface.mapped(change)) for body in self.bodies),
        )


@dataclass(frozen=True, eq=False)
class RigidMotion:
    """Rotation, then translation.

    Parameters
    ----------
    matrix
        Shape (3, 3).
    offset
        Shape (3,), millimetres.
    """

    matrix: Vectors
    offset: Vectors

    def __call__(self, places: Vectors) -> Vectors:
        """Move places, shape (n, 3)."""
        moved = places @ self.matrix.T
        moved += self.offset
        return np.asarray(moved, np.float64)

    def before(self, later: RigidMotion) -> RigidMotion:
        """Put another motion after this one."""
        return RigidMotion(later.matrix @ self.matrix, later.matrix @ self.offset + later.offset)


def turn(degrees: float, axis: Place, about: Place = (0.0, 0.0, 0.0)) -> RigidMotion:
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
    return RigidMotion(matrix, middle - matrix @ middle)


def shift(by: Place) -> RigidMotion:
    """Translation."""
    return RigidMotion(np.eye(3), np.asarray(by, np.float64))


def chained(*motions: Motion) -> Motion:
    """One motion after another, the first first; neighbours that are rigid become one."""
    folded: list[Motion] = []
    for motion in motions:
        last = folded[-1] if folded else None
        if isinstance(last, RigidMotion) and isinstance(motion, RigidMotion):
            folded[-1] = last.before(motion)
        else:
            folded.append(motion)
    if len(folded) == 1:
        return folded[0]

    def change(places: Vectors) -> Vectors:
        for motion in folded:
            places = motion(places)
        return places

    return change


def flesh_grid(flesh: Sequence[Flesh], margin_mm: float, voxel_mm: float) -> Grid:
    """Measure soft tissue on a grid with a margin round it.

    The parts are flat across z: a limb is turned towards the rays only when its
    surfaces are drawn. Each part is measured near itself alone; further off the
    distance is only known to be more than the margin.
    """
    ends = np.array([place for part in flesh for place in (part.start, part.end)])
    radii = np.array([r for part in flesh for r in (part.start_radius, part.end_radius)])[:, None]
    low, high = (ends - radii).min(axis=0) - margin_mm, (ends + radii).max(axis=0) + margin_mm
    axes = [np.arange(a, b + voxel_mm, voxel_mm) for a, b in zip(low, high, strict=True)]
    distance = np.full([len(axis) for axis in axes], margin_mm + _GROOVE_MM)
    for part in flesh:
        places = np.array([part.start, part.end])
        reach = max(part.start_radius, part.end_radius) * max(1.0, part.flatness) + margin_mm
        box = tuple(
            slice(*np.searchsorted(axis, (places[:, n].min() - reach, places[:, n].max() + reach)))
            for n, axis in enumerate(axes)
        )
        near = np.meshgrid(
            *(axis[part_of] for axis, part_of in zip(axes, box, strict=True)), indexing="ij", sparse=True
        )
        solid = rounded_cone(part.start, part.end, part.start_radius, part.end_radius, part.flatness)
        distance[box] = -smooth_maximum(-distance[box], -solid(*near), _GROOVE_MM)
    x, y, z = np.meshgrid(*axes, indexing="ij", sparse=True)
    return Grid(x, y, z, distance, voxel_mm)
