"""A plaster cast: a shell round the soft tissue."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import KDTree

from densexplain.phantom.abnormalities.altered import Altered, Setting, plain, waves
from densexplain.phantom.abnormalities.course import Vector
from densexplain.phantom.physics.materials import Material
from densexplain.phantom.skeleton.limb import Body, Flesh, flesh_grid
from densexplain.phantom.solids.surface import Surface, Vectors, above, joined

_VOXEL_MM = 3.5
_FINGER_MM = 14.0
"""Radius under which soft tissue is a finger: a cast of the hand leaves it free."""


def plaster(setting: Setting) -> Altered:
    """Put a limb in plaster, all round or as a slab on one side."""
    parts, low, high, axis = _covered(setting)
    slab, front = setting.chance() < 0.25, 1.0 if setting.chance() < 0.5 else -1.0
    thick = setting.scaled(1.2, setting.chance(3.0, 5.5))
    gap = setting.chance(2.0, 5.0)
    if not any(_thick(part) for part in parts):
        gap, thick = 0.35 * gap, 0.7 * thick  # of a finger
    grid = flesh_grid(parts, gap + thick + 4.0, _VOXEL_MM)
    uneven = waves(setting.rng, 28.0)
    inner = grid.surface(-gap)
    outer = grid.surface(-gap - thick)
    middle = outer.vertices.mean(axis=0)
    outer = outer.mapped(
        lambda places: places + 0.14 * thick * uneven(places)[:, None] * _outward(places, middle, axis)
    )
    shell = joined(
        [_between(outer, axis, low, high, slab, front), _between(inner, axis, low, high, slab, front).turned()]
    )
    body = Body("plaster", shell, Material.PLASTER, None)
    record: dict[str, object] = {
        "bones": list(setting.names),
        "type": "slab" if slab else "cast",
        "thickness_mm": round(thick, 3),
        "gap_mm": round(gap, 3),
        "length_mm": round(high - low, 3),
        "place": plain(middle),
    }
    return Altered(replace(setting.limb, bodies=(*setting.limb.bodies, body)), (shell,), record)


def _covered(setting: Setting) -> tuple[list[Flesh], float, float, Vector]:
    """Choose the soft tissue that is covered, and from where to where along the limb.

    It is all but the fingers, if anything else is seen.
    """
    seen = [setting.limb.bone(name).whole.vertices[::8] for name in setting.names]
    other = [bone.whole.vertices[::8] for bone in setting.limb.bones if bone.name not in setting.names]
    mine, foreign = KDTree(np.concatenate(seen)), KDTree(np.concatenate(other)) if other else None
    parts = []
    for part in setting.limb.flesh:
        middle = (np.array(part.start) + np.array(part.end)) / 2
        if not setting.seen(middle[None])[0]:
            continue
        if foreign is None or mine.query(middle)[0] <= foreign.query(middle)[0]:
            parts.append(part)
    parts = parts or list(setting.limb.flesh)
    if any(_thick(part) for part in parts):
        mine_ends = _ends([part for part in parts if _thick(part)])
        parts = [part for part in setting.limb.flesh if _thick(part)]
    else:
        mine_ends = _ends(parts)
    ends = _ends(parts)
    axis = ends.mean(axis=0) - setting.root
    axis /= np.linalg.norm(axis)
    span, middle = ends @ axis, float((mine_ends @ axis).mean())
    first, last = float(span.min()), float(span.max())
    half = setting.chance(45.0, 75.0) if last - first > 110.0 else (last - first) * setting.chance(0.4, 0.55)
    low, high = max(middle - half, first - 4.0), min(middle + half, last + 2.0)
    return parts, low, high, axis


def _thick(part: Flesh) -> bool:
    return max(part.start_radius, part.end_radius) > _FINGER_MM


def _ends(parts: list[Flesh]) -> Vectors:
    return np.array([place for part in parts for place in (part.start, part.end)])


def _between(surface: Surface, axis: Vector, low: float, high: float, slab: bool, front: float) -> Surface:
    """Cut a solid to a length, and for a slab to one side."""
    kept = above(surface, surface.vertices @ axis - low)
    kept = above(kept, high - kept.vertices @ axis)
    if slab:
        kept = above(kept, front * (kept.vertices[:, 2] - surface.vertices[:, 2].mean()))
    return kept


def _outward(places: NDArray[np.float64], middle: Vector, axis: Vector) -> NDArray[np.float64]:
    from_it = places - middle
    level = from_it - (from_it @ axis)[:, None] * axis
    return np.asarray(level / np.maximum(np.linalg.norm(level, axis=1, keepdims=True), 1e-6), np.float64)
