"""Lesions of bone: destroyed or dense."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import KDTree

from densexplain.phantom.abnormalities.altered import Altered, Setting, plain, waves
from densexplain.phantom.abnormalities.course import Course, Vector
from densexplain.phantom.abnormalities.forms import ball, directions, lump
from densexplain.phantom.physics.materials import Material
from densexplain.phantom.skeleton.bone import Bone
from densexplain.phantom.skeleton.limb import Body
from densexplain.phantom.solids.surface import Surface, Vectors, joined

_NEAR_MM = 45.0
"""A bone's surface is looked for so far from a lesion."""


def lytic_lesion(setting: Setting) -> Altered:
    """Put soft tissue in the place of spongy bone, off the middle, with the cortex thinned or broken there."""
    bone, course, centre, at_mm = _where(setting)
    half = course.width(at_mm)
    radius = setting.scaled(0.9, setting.chance(0.85, 1.25) * min(half, 11.0))
    through = min(setting.severity * setting.chance(0.55, 1.25), 1.0)
    whole = _lobed(setting, course, centre, radius, 0.3)
    rim_mm = setting.chance(0.25, 0.8) * min(radius, 1.0)
    inner = _reach(whole, centre, bone.inner)
    outer = inner + through * np.maximum(_reach(whole, centre, bone.whole) - inner, 0.0)
    within, beyond = _drawn_in(whole, centre, inner), _drawn_in(whole, centre, outer)
    wider = whole.mapped(lambda places: centre + (places - centre) * (1.0 + rim_mm / radius))
    rim = joined([clipped(wider, centre, bone.inner), within.turned()])
    bodies = [
        Body("lytic lesion", within, Material.SOFT_TISSUE, Material.SPONGY_BONE),
        Body("thinned cortex", joined([beyond, within.turned()]), Material.SOFT_TISSUE, Material.CORTICAL_BONE),
        Body("sclerotic rim", rim, Material.CORTICAL_BONE, Material.SPONGY_BONE),
    ]
    return _altered(setting, bone, bodies, beyond, centre, rim_mm + 1.0, {"cortex_lost": round(through, 3)})


def sclerotic_lesion(setting: Setting) -> Altered:
    """Put compact bone in the place of spongy bone and marrow."""
    bone, course, centre, at_mm = _where(setting)
    radius = setting.scaled(0.9, setting.chance(0.7, 1.1) * min(course.width(at_mm), 10.0))
    dense = clipped(_lobed(setting, course, centre, radius, 0.35), centre, bone.inner)
    bodies = [Body("sclerotic lesion", dense, Material.CORTICAL_BONE, Material.SPONGY_BONE)]
    return _altered(setting, bone, bodies, dense, centre, 1.0, {})


def clipped(surface: Surface, centre: Vector, boundary: Surface) -> Surface:
    """Draw the vertices of a surface in towards a centre until they lie within another."""
    return _drawn_in(surface, centre, _reach(surface, centre, boundary))


def _where(setting: Setting) -> tuple[Bone, Course, Vector, float]:
    """Choose a bone and a place in its spongy bone, nearer to one end and to one side."""
    bone = setting.choose_bone(1.2)
    course = setting.courses[bone.name]
    at_mm = setting.place_along(course, 20.0, 0.15)
    if course.length_mm < 75.0 and course.slenderness > 2.0:  # there is marrow alone in the middle
        at_mm = course.length_mm * (setting.chance(0.13, 0.32) + (0.55 if at_mm > course.length_mm / 2 else 0.0))
    angle = setting.chance(0.0, 2.0 * np.pi)
    level = np.cos(angle) * course.side + 0.4 * np.sin(angle) * course.front
    centre = course.centre(at_mm) + level * setting.chance(0.15, 0.5) * course.inner(at_mm)
    return bone, course, centre, at_mm


def _lobed(setting: Setting, course: Course, centre: Vector, radius: float, depth: float) -> Surface:
    noise = waves(setting.rng, 1.1)
    reach = 1.0 + depth * noise(directions())
    along = setting.chance(1.0, 1.5)
    axes = np.array([course.side, course.front, course.direction])
    return lump(centre, np.maximum(reach, 0.4), (radius, radius * 0.9, radius * along), axes)


def _reach(surface: Surface, centre: Vector, boundary: Surface) -> NDArray[np.float64]:
    """How far the boundary lies from the centre in the direction of each vertex of a surface; 0 where there is none."""
    if len(boundary.vertices) == 0:
        return np.zeros(len(surface.vertices))
    from_it = boundary.vertices - centre
    away = np.linalg.norm(from_it, axis=1)
    close = away < max(_NEAR_MM, float(away.min()) * 2.0)
    distances: NDArray[np.float64] = away[close]
    _, which = KDTree(_unit(from_it[close])).query(_unit(surface.vertices - centre), k=3)
    return np.asarray(distances[np.minimum(which, len(distances) - 1)].min(axis=1), np.float64)


def _drawn_in(surface: Surface, centre: Vector, reach: NDArray[np.float64]) -> Surface:
    def draw(places: Vectors) -> Vectors:
        away = np.maximum(np.linalg.norm(places - centre, axis=1), 1e-9)
        return np.asarray(centre + (places - centre) * np.minimum(1.0, reach / away)[:, None], np.float64)

    return surface.mapped(draw)


def _unit(vectors: Vectors) -> Vectors:
    return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9), np.float64)


def _altered(
    setting: Setting,
    bone: Bone,
    bodies: list[Body],
    seen: Surface,
    centre: Vector,
    margin_mm: float,
    more: dict[str, object],
) -> Altered:
    size = np.ptp(seen.vertices, axis=0)
    middle = (seen.vertices.max(axis=0) + seen.vertices.min(axis=0)) / 2
    half = size / 2 + margin_mm
    site = ball(middle, (float(half[0]), float(half[1]), float(half[2])))
    grown = seen.mapped(lambda places: centre + (places - centre) * (1.0 + margin_mm / max(float(size.max()) / 2, 0.5)))
    limb = replace(setting.limb, bodies=(*setting.limb.bodies, *bodies))
    record: dict[str, object] = {"bones": [bone.name], "place": plain(centre), "size_mm": plain(size)}
    return Altered(limb, (grown, site) if size.max() < 4 else (grown,), record | more)
