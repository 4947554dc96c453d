"""A bone: its surface, the inner side of its cortex, and the medullary cavity."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from densexplain.phantom.solids.solids import Grid, Solid
from densexplain.phantom.solids.surface import EMPTY, Motion, Place, Surface, as_place


@dataclass(frozen=True)
class Bone:
    """Compact bone round spongy bone round marrow, each bounded by a closed surface.

    Parameters
    ----------
    name
        As in the Terminologia Anatomica, in English.
    whole
        Outer surface.
    inner
        Boundary between cortex and spongy bone.
    cavity
        Boundary of the medullary cavity; empty in a short bone.
    landmarks
        Named places that abnormalities and joints hold on to, millimetres.
    """

    name: str
    whole: Surface
    inner: Surface
    cavity: Surface
    landmarks: Mapping[str, Place] = field(default_factory=dict)

    def mapped(self, change: Motion) -> Bone:
        """Move all of it."""
        names = list(self.landmarks)
        places = change(np.array([self.landmarks[name] for name in names]).reshape(-1, 3))
        moved = {name: as_place(place) for name, place in zip(names, places, strict=True)}
        return replace(
            self,
            whole=self.whole.mapped(change),
            inner=self.inner.mapped(change),
            cavity=self.cavity.mapped(change),
            landmarks=moved,
        )


@dataclass(frozen=True)
class Cortex:
    """Thickness of the compact bone along y, and where there is a medullary cavity.

    Parameters
    ----------
    thickness
        Pairs of y and millimetres, by rising y; between them straight lines.
    cavity
        y from and to which the marrow has no spongy bone round it; beyond, the
        cavity tapers off. None for a short bone.
    taper
        Narrowing of the cavity beyond its ends, millimetres a millimetre.
    """

    thickness: Sequence[tuple[float, float]]
    cavity: tuple[float, float] | None = None
    taper: float = 0.22


def grow_bone(
    name: str,
    solid: Solid,
    corners: tuple[Place, Place],
    cortex: Cortex,
    landmarks: Mapping[str, Place] | None = None,
    voxel_mm: float = 1.0,
) -> Bone:
    """Make a bone from its shape and the course of its cortex.

    Parameters
    ----------
    name
        Name of the bone.
    solid
        Its shape.
    corners
        Two corners of a box that holds it.
    cortex
        Its compact bone.
    landmarks
        Places to remember.
    voxel_mm
        Spacing of the grid that its surfaces are drawn from.
    """
    grid = Grid.of(solid, *corners, voxel_mm)
    ys, millimetres = zip(*cortex.thickness, strict=True)
    thickness = np.interp(grid.y, ys, millimetres)
    cavity = EMPTY
    if cortex.cavity is not None:
        low, high = cortex.cavity
        beyond = np.maximum(np.maximum(low - grid.y, grid.y - high), 0.0)
        cavity = grid.surface(thickness + 0.4 + cortex.taper * beyond)
    return Bone(name, grid.surface(), grid.surface(thickness), cavity, landmarks or {})
