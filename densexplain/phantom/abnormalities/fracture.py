"""Fractures: a bone parted by an uneven cut, its far part moved with what hangs on it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from densexplain.phantom.abnormalities.altered import Altered, Setting, plain, waves
from densexplain.phantom.abnormalities.breaks import (
    HAIRLINE_MM,
    SHORT,
    Break,
    FractureKind,
    record_of,
    site_of,
    uneven_cut,
)
from densexplain.phantom.abnormalities.forms import ball, flattened
from densexplain.phantom.abnormalities.joints import beyond
from densexplain.phantom.abnormalities.sawing import carried, exchanged, merged, sawn, uneven_plane
from densexplain.phantom.physics.materials import Material
from densexplain.phantom.skeleton.bone import Bone
from densexplain.phantom.skeleton.limb import Body, Limb, chained, shift, turn
from densexplain.phantom.solids.surface import Motion, Surface, above, as_place

_SLENDER = 1.35
"""Length over width below which a bone is not chosen, as most carpal bones."""

_OF_SHAFTS = tuple(FractureKind)
_OF_SHORT_BONES = (FractureKind.TRANSVERSE, FractureKind.OBLIQUE, FractureKind.AVULSION)


def fracture(setting: Setting) -> Altered:
    """Break a bone."""
    bone = setting.choose_bone(_SLENDER)
    course = setting.courses[bone.name]
    kinds = _OF_SHAFTS if course.slenderness >= SHORT else _OF_SHORT_BONES
    kind = kinds[int(setting.rng.integers(len(kinds)))]
    broken = Break(bone, course, setting.place_along(course, 25.0, 0.14), kind)
    if kind is FractureKind.BUCKLE:
        return _buckled(setting, broken)
    if kind is FractureKind.AVULSION:
        return _avulsed(setting, broken)
    return _parted(setting, broken)


def _parted(setting: Setting, broken: Break) -> Altered:
    """Part a bone right across."""
    course, place = broken.course, broken.place
    side, reach = uneven_cut(setting, broken)
    shares = setting.rng.uniform(0.35, 1.0, 4)
    signs = setting.rng.choice([-1.0, 1.0], 2)
    forward = setting.chance(-0.6, 0.6)
    gap = HAIRLINE_MM + setting.severity * shares[0] * min(0.12 * broken.width, 1.6)
    loose = 0.3 if broken.short else 0.6 if _splinted(setting, broken.bone) else 1.0
    aside = setting.severity * shares[1] * 0.6 * broken.width * loose
    angle = signs[0] * setting.severity * shares[2] * 35.0 * loose
    # Fragments that lie side by side have slid past each other.
    shorter = max(aside / broken.width - 0.25, 0.0) * shares[3] * 0.9 * broken.width
    across = signs[1] * course.side + forward * course.front
    by = aside * across / np.linalg.norm(across) - shorter * course.direction
    hinge = as_place(course.front + forward * course.side)
    motion = chained(turn(float(angle), hinge, as_place(place)), shift(as_place(by)))
    near, far = sawn(broken.bone, side, float(gap))
    pieces, extra = [near], reach
    if broken.kind is FractureKind.COMMINUTED:
        near, middle, extra = _splintered(setting, broken, near)
        pieces = [near, *middle]
        extra += reach
    limb, moved = _moved(setting, broken, pieces, far, motion)
    site = site_of(course, broken.at_mm, extra + gap + 1.5)
    record = record_of(broken) | {
        "gap_mm": round(float(gap), 3),
        "shift_mm": round(float(aside), 3),
        "shortening_mm": round(float(shorter), 3),
        "angle_degrees": round(float(angle), 3),
        "moved": sorted(moved),
    }
    return Altered(limb, (site, site.mapped(motion)), record)


def _splinted(setting: Setting, bone: Bone) -> bool:
    """Whether a long bone beside it holds the fragments."""
    beside = (joint for joint in setting.joints if joint.long == 2 and not joint.in_line)
    return any(bone.name in (joint.near, joint.far) for joint in beside)


def _moved(setting: Setting, broken: Break, near: list[Bone], far: Bone, motion: Motion) -> tuple[Limb, frozenset[str]]:
    """Carry the far part of a broken bone, and the bones that hang on it."""
    names: frozenset[str] = frozenset()
    if not broken.short:
        names = beyond(setting.joints, setting.limb, broken.bone.name, broken.place, broken.course.direction)
    others = [bone for bone in setting.limb.bones if bone.name != broken.bone.name]
    kept = [bone for bone in others if bone.name not in names]
    moved = [bone for bone in others if bone.name in names]
    return carried(setting.limb, [far, *moved], [*near, *kept], motion), names


def _splintered(setting: Setting, broken: Break, near: Bone) -> tuple[Bone, list[Bone], float]:
    """Break wedges off the end of the near part; returns it, the wedges and how long they are."""
    course = broken.course
    long = setting.chance(0.5, 0.9) * broken.width
    wedges = []
    for sign in (-1.0, 1.0):
        share = setting.chance(0.3, 1.0)
        level = sign * course.side + setting.chance(-0.8, 0.8) * course.front
        normal = course.direction * 0.5 + level / np.linalg.norm(level) * 0.85
        place = broken.place - course.direction * long * share * 0.8
        noise = waves(setting.rng, 0.5 * broken.width)
        near, wedge = sawn(near, uneven_plane(place, normal, noise, 0.6), HAIRLINE_MM)
        loose = setting.scaled(0.0, 0.28 * share * broken.width)
        out = as_place(loose * level / np.linalg.norm(level))
        spin = turn(setting.scaled(0.0, 25.0 * sign * share), as_place(course.front), as_place(place))
        if len(wedge.whole.triangles):
            wedges.append(wedge.mapped(chained(spin, shift(out))))
    return near, wedges, long


def _buckled(setting: Setting, broken: Break) -> Altered:
    """Press a bone together, so that its cortex bulges and its trabeculae crowd."""
    course, half = broken.course, broken.width / 2
    wide = 0.3 * broken.width
    one_sided, sign = setting.chance(0.3, 1.0), 1.0 if setting.chance() < 0.5 else -1.0
    swell, shorter = setting.scaled(0.05, 0.27), setting.scaled(0.02, 0.14) * broken.width
    angle = sign * setting.scaled(0.5, 14.0)
    bend = turn(angle, as_place(course.front), as_place(broken.place))

    def press(places: NDArray[np.float64]) -> NDArray[np.float64]:
        along = course.along(places) - broken.at_mm
        out = places - course.line(course.along(places))
        bump = np.exp(-((along / wide) ** 2))
        lateral = np.clip(out @ course.side * sign / half, -1.0, 1.0)
        factor = swell * bump * (1.0 - one_sided * (0.5 - 0.5 * lateral))
        beyond_it = 0.5 + 0.5 * np.tanh(along / wide * 1.4)
        pressed = places + out * factor[:, None] - shorter * beyond_it[:, None] * course.direction
        return np.asarray(pressed + beyond_it[:, None] * (bend(pressed) - pressed))

    bone = broken.bone.mapped(press)
    motion = chained(shift(as_place(-shorter * course.direction)), bend)
    names = beyond(setting.joints, setting.limb, bone.name, broken.place, course.direction)
    others = [b for b in setting.limb.bones if b.name != bone.name]
    limb = carried(
        setting.limb,
        [b for b in others if b.name in names],
        [b for b in others if b.name not in names] + [bone],
        motion,
    )
    band = _band(broken, setting.scaled(0.05, 0.16) * broken.width, setting.scaled(0.12, 0.5)).mapped(press)
    bodies = (Body("impacted bone", band, Material.CORTICAL_BONE, Material.SPONGY_BONE),)
    record = record_of(broken) | {
        "swelling": round(swell, 3),
        "shortening_mm": round(shorter, 3),
        "angle_degrees": round(angle, 3),
        "moved": sorted(names),
    }
    site = site_of(course, broken.at_mm, 1.6 * wide)
    return Altered(Limb(limb.bones, limb.flesh, (*limb.bodies, *bodies)), (site, site.mapped(motion)), record)


def _band(broken: Break, half_mm: float, share: float) -> Surface:
    """Slice of the spongy bone at a break, of a share of its depth."""
    course, inner = broken.course, broken.bone.inner
    for sign in (-1.0, 1.0):
        if len(inner.triangles):
            inner = above(inner, half_mm + sign * (course.along(inner.vertices) - broken.at_mm))
    return flattened(inner, broken.place, course.front, share)


def _avulsed(setting: Setting, broken: Break) -> Altered:
    """Tear a corner off an end of a bone."""
    course = broken.course
    end = 1.0 if broken.at_mm > course.length_mm / 2 else -1.0
    level = (1.0 if setting.chance() < 0.5 else -1.0) * course.side + setting.chance(-0.6, 0.6) * course.front
    normal = 0.75 * level / np.linalg.norm(level) + 0.66 * end * course.direction
    normal /= np.linalg.norm(normal)
    reach = broken.bone.whole.vertices @ normal
    deep = setting.chance(0.22, 0.34) * (2.0 * course.width(course.length_mm * (0.5 + 0.42 * end)))
    noise = waves(setting.rng, 4.0)
    edge = float(reach.max()) - deep
    body, corner = sawn(broken.bone, lambda places: places @ normal - edge + 0.25 * noise(places), HAIRLINE_MM)
    apart, spin = setting.scaled(0.0, setting.chance(2.0, 4.0)), setting.scaled(0.0, setting.chance(-40.0, 40.0))
    middle = corner.whole.vertices.mean(axis=0)
    motion = chained(turn(spin, as_place(course.front), as_place(middle)), shift(as_place(apart * normal)))
    limb = exchanged(setting.limb, merged(broken.bone.name, [body, corner.mapped(motion)]))
    size = np.ptp((corner.whole.vertices - middle) @ np.array([course.side, course.front, course.direction]).T, axis=0)
    radii = (float(size[0]) * 0.7 + 1.0, float(size[1]) * 0.7 + 1.0, float(size[2]) * 0.7 + 1.0)
    site = ball(middle, radii, np.array([course.side, course.front, course.direction]))
    record = record_of(broken) | {"apart_mm": round(apart, 3), "fragment_mm": plain(size), "moved": []}
    return Altered(limb, (site, site.mapped(motion)), record)
