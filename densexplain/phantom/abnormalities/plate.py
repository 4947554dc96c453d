"""A bone plate with its screws."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d

from densexplain.phantom.abnormalities.altered import Altered, Setting, plain
from densexplain.phantom.abnormalities.breaks import mended
from densexplain.phantom.abnormalities.course import Course, Vector
from densexplain.phantom.abnormalities.forms import rod, swept
from densexplain.phantom.abnormalities.sawing import exchanged
from densexplain.phantom.abnormalities.screws import screw
from densexplain.phantom.physics.materials import Material
from densexplain.phantom.skeleton.bone import Bone
from densexplain.phantom.skeleton.limb import Body
from densexplain.phantom.solids.surface import Surface, Vectors, joined

_STEP_MM = 1.0
_OUTLINE = np.array([(1.0, 0.35), (0.8, 1.0), (-0.8, 1.0), (-1.0, 0.35), (-1.0, -1.0), (1.0, -1.0)])
"""Outline of the section, in half widths and half thicknesses; the flat side lies on the bone."""


@dataclass(frozen=True)
class Bed:
    """Where a plate lies on a bone.

    Parameters
    ----------
    along
        Places along the bone, shape (n,), float64, millimetres from its near end.
    surface
        Outer side of the bone at each, shape (n, 3).
    out, across
        Away from the bone, and across the plate.
    through_mm
        Thickness of the bone there, shape (n,), float64, millimetres.
    """

    along: NDArray[np.float64]
    surface: Vectors
    out: Vector
    across: Vector
    through_mm: NDArray[np.float64]


def plate(setting: Setting) -> Altered:
    """Fix a plate to a bone."""
    bone = setting.choose_bone(2.2)
    course = setting.courses[bone.name]
    at_mm = setting.place_along(course, 25.0, 0.18)
    turns = float(setting.rng.choice([0.0, 90.0, 180.0, 270.0]) + setting.chance(-25.0, 25.0))
    out = np.cos(np.deg2rad(turns)) * course.front + np.sin(np.deg2rad(turns)) * course.side
    broken, titanium, full = setting.chance() < 0.6, setting.chance() < 0.6, setting.chance(6.0, 10.0)
    girth = course.width(at_mm) + course.depth(at_mm)
    width = float(np.clip(0.62 * girth, 2.6, 10.5)) * setting.scaled(0.6, 1.0)
    thick = float(np.clip(0.22 * width, 0.7, 2.6)) * setting.scaled(0.6, 1.0)
    spacing = 1.35 * width
    holes = int(np.clip(round(setting.scaled(3.0, full)), 2, max(0.84 * course.length_mm / spacing, 2)))
    long = min(holes * spacing, 0.88 * course.length_mm)
    first = float(np.clip(at_mm - long / 2, 0.05 * course.length_mm, 0.95 * course.length_mm - long))
    bed = _bed(bone, course, (first, first + long), out, width)
    where = first + (np.arange(holes) + 0.5) * long / holes
    metal, screws = _plate(bed, where, width, thick), _screws(setting, bed, where, (width, thick), at_mm)
    material = Material.TITANIUM if titanium or setting.severity < 0.3 else Material.STEEL
    bodies = [Body("hardware plate", metal, material)] + [Body("hardware screw", item, material) for item in screws]
    limb, sites = setting.limb, [metal, *screws]
    if broken:
        mended_bone, site = mended(setting, bone, course, at_mm)
        limb, sites = exchanged(limb, mended_bone), [*sites, site]
    record: dict[str, object] = {
        "bones": [bone.name],
        "material": material.value,
        "holes": holes,
        "screws": len(screws),
        "length_mm": round(long, 3),
        "width_mm": round(width, 3),
        "fracture": broken,
        "place": plain(course.centre(at_mm)),
    }
    return Altered(replace(limb, bodies=(*limb.bodies, *bodies)), tuple(sites), record)


def _bed(bone: Bone, course: Course, reach: tuple[float, float], out: Vector, width: float) -> Bed:
    """Find the outer side of a bone along a plate."""
    along = np.arange(reach[0], reach[1] + _STEP_MM / 2, _STEP_MM)
    across = np.cross(out, course.direction)
    line = course.line(along)
    middle = gaussian_filter1d(line @ across, 6.0, mode="nearest")
    places = bone.whole.vertices
    at, aside, height = course.along(places), places @ across, places @ out
    order = np.argsort(at)
    at, aside, height = at[order], aside[order], height[order]
    tops, through = np.empty(len(along)), np.empty(len(along))
    for row, millimetres in enumerate(along):
        low, high = np.searchsorted(at, (millimetres - 1.3, millimetres + 1.3))
        under = height[low:high][np.abs(aside[low:high] - middle[row]) < 0.42 * width]
        found = under if len(under) else np.array([line[row] @ out])
        tops[row], through[row] = found.max(), np.ptp(found)
    smooth = gaussian_filter1d(tops, 3.0, mode="nearest")
    smooth = gaussian_filter1d(np.maximum(tops, smooth), 2.0, mode="nearest")
    base = (course.start @ course.direction + along)[:, None] * course.direction
    return Bed(along, base + middle[:, None] * across + smooth[:, None] * out, out, across, through)


def _plate(bed: Bed, where: Vectors, width: float, thick: float) -> Surface:
    """Draw a plate, waisted between its holes."""
    from_hole = np.abs(bed.along[:, None] - where).min(axis=1)
    half = np.diff(where).min() / 2 if len(where) > 1 else from_hole.max() + 1.0
    waist = width / 2 * (1.0 - 0.16 * np.clip(from_hole / half, 0.0, 1.0) ** 2)
    from_end = np.minimum(bed.along - bed.along[0], bed.along[-1] - bed.along)
    waist *= np.sqrt(np.clip(0.25 + 1.3 * from_end / width, 0.0, 1.0))  # rounded ends
    sections = np.stack(
        [waist[:, None] * _OUTLINE[:, 0], np.broadcast_to(_OUTLINE[:, 1] * thick / 2, (len(waist), 6))], 2
    )
    whole = swept(bed.surface + (thick / 2 + 0.15) * bed.out, sections, bed.across)
    holes = []
    for millimetres in where:
        foot = _foot(bed, millimetres) + 0.15 * bed.out
        holes.append(rod(foot, foot + thick * bed.out, 0.27 * width, 16).turned())
    return joined([whole, *holes])


def _screws(setting: Setting, bed: Bed, where: Vectors, size: tuple[float, float], at_mm: float) -> list[Surface]:
    """Drive screws through most of the holes, none into the break."""
    width, thick = size
    order = np.argsort(-np.abs(where - at_mm))
    used = order[: max(2, min(len(where) - (len(where) > 4), 8))]
    screws = []
    for number in used:
        tilt = bed.across * setting.chance(-0.12, 0.12) - bed.out
        through = float(np.interp(where[number], bed.along, bed.through_mm))
        head = _foot(bed, float(where[number])) + (thick * 0.8 + 0.15) * bed.out
        screws.append(screw(head, tilt, through + thick + setting.chance(0.5, 2.0), 0.17 * width))
    return screws


def _foot(bed: Bed, millimetres: float) -> Vector:
    return np.array([np.interp(millimetres, bed.along, bed.surface[:, axis]) for axis in range(3)])
