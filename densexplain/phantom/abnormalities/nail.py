"""Metal within a bone: a nail with locking screws, a flexible wire or a headless screw."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from densexplain.phantom.abnormalities.altered import Altered, Setting, plain
from densexplain.phantom.abnormalities.breaks import mended
from densexplain.phantom.abnormalities.course import Course
from densexplain.phantom.abnormalities.forms import circle, swept
from densexplain.phantom.abnormalities.sawing import exchanged
from densexplain.phantom.abnormalities.screws import headless_screw, pin, screw
from densexplain.phantom.physics.materials import Material
from densexplain.phantom.skeleton.limb import Body
from densexplain.phantom.solids.surface import Surface, Vectors

_LOCKED_MM = 120.0
"""Length of a bone from which on its nail is locked by screws."""


def nail(setting: Setting) -> Altered:
    """Drive metal along the inside of a bone."""
    bone = setting.choose_bone(1.5)
    course = setting.courses[bone.name]
    at_mm = setting.place_along(course, 30.0, 0.25)
    broken, headless = setting.chance() < 0.6, setting.chance() < 0.5
    titanium = setting.chance() < 0.7
    if course.length_mm >= _LOCKED_MM:
        kind, parts = "locked nail", _locked(setting, course, at_mm)
    elif headless or course.slenderness < 2.2:
        kind, parts = "headless screw", _headless(setting, course, at_mm)
    else:
        kind, parts = "intramedullary wire", _flexible(setting, course)
    material = Material.TITANIUM if titanium or setting.severity < 0.3 else Material.STEEL
    bodies = [Body(f"hardware {name}", surface, material) for name, surface in parts]
    limb, sites = setting.limb, [surface for _, surface in parts]
    if broken:
        mended_bone, site = mended(setting, bone, course, at_mm)
        limb, sites = exchanged(limb, mended_bone), [*sites, site]
    record: dict[str, object] = {
        "bones": [bone.name],
        "type": kind,
        "material": material.value,
        "parts": len(parts),
        "fracture": broken,
        "place": plain(course.centre(at_mm)),
    }
    return Altered(replace(limb, bodies=(*limb.bodies, *bodies)), tuple(sites), record)


def _locked(setting: Setting, course: Course, at_mm: float) -> list[tuple[str, Surface]]:
    """Rod in the cavity, with screws across the bone near its ends."""
    share = setting.chance(0.62, 0.8)
    reach = setting.scaled(0.35, share) * course.length_mm
    first = float(np.clip(at_mm - reach / 2, 0.06 * course.length_mm, 0.94 * course.length_mm - reach))
    along = np.linspace(first, first + reach, 40)
    held = float(np.percentile([course.inner(float(a)) for a in along], 10))
    radius = max(setting.scaled(0.55, 0.92) * held, 1.0)
    radii = np.full(len(along), radius)
    radii[[0, -1]] *= 0.5
    parts = [("nail", swept(_inside(course, along), radii[:, None, None] * circle(1.0, 14)))]
    turns = np.deg2rad(setting.chance(-35.0, 35.0))
    across = np.cos(turns) * course.side + np.sin(turns) * course.front
    thick = float(np.clip(0.5 * radius, 0.9, 2.3))
    for place in (along[2], along[6], along[-7], along[-3]):
        half = max(course.width(float(place)), course.depth(float(place)))
        head = course.centre(float(place)) - across * (half + 0.4)
        parts.append(("screw", screw(head, across, 2.0 * half + 2.0, thick)))
    return parts


def _headless(setting: Setting, course: Course, at_mm: float) -> list[tuple[str, Surface]]:
    """Compression screw buried in the bone."""
    reach = setting.scaled(0.45, 0.8) * min(course.length_mm, 6.5 * course.width(at_mm))
    first = float(np.clip(at_mm - reach / 2, 0.08 * course.length_mm, 0.92 * course.length_mm - reach))
    tilt = setting.chance(-0.12, 0.12) * reach * course.side
    start, end = course.centre(first + reach) + tilt / 2, course.centre(first) - tilt / 2
    radius = float(np.clip(0.42 * max(course.inner(at_mm), 0.4 * course.width(at_mm)), 0.7, 2.0))
    return [("headless screw", headless_screw(start, end, radius * setting.scaled(0.7, 1.0)))]


def _flexible(setting: Setting, course: Course) -> list[tuple[str, Surface]]:
    """One or two bent wires that rest against the walls of the cavity."""
    count = 2 if setting.chance() < 0.5 and setting.severity > 0.3 else 1
    along = np.linspace(0.05, setting.scaled(0.6, 0.92), 24) * course.length_mm
    held = float(np.percentile([course.inner(float(a)) for a in along], 15))
    radius = float(np.clip(setting.scaled(0.3, 0.42) * held, 0.4, 1.4)) / count**0.5
    parts = []
    for sign in (-1.0, 1.0)[:count]:
        bow = sign * (held - radius) * np.sin(np.linspace(0.0, np.pi, len(along)))
        line = _inside(course, along) + bow[:, None] * course.side
        tail = line[0] + (line[0] - line[1]) / np.linalg.norm(line[0] - line[1]) * setting.scaled(0.0, 4.0)
        outward = tail + sign * course.side * setting.scaled(0.2, 3.0)
        parts.append(("wire", pin(np.concatenate([[outward], line]), radius)))
    return parts


def _inside(course: Course, along: Vectors) -> Vectors:
    """Line along a bone that a stiff rod can take."""
    line = course.line(along)
    return np.column_stack([np.polyval(np.polyfit(along, line[:, axis], 2), along) for axis in range(3)])
