"""Kirschner wires, with or without a tension band."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from densexplain.phantom.abnormalities.altered import Altered, Setting, plain
from densexplain.phantom.abnormalities.breaks import mended
from densexplain.phantom.abnormalities.course import Vector
from densexplain.phantom.abnormalities.degeneration import ends_of
from densexplain.phantom.abnormalities.joints import well_formed
from densexplain.phantom.abnormalities.sawing import exchanged
from densexplain.phantom.abnormalities.screws import pin
from densexplain.phantom.physics.materials import Material
from densexplain.phantom.skeleton.limb import Body, Limb
from densexplain.phantom.solids.surface import Surface, Vectors


@dataclass(frozen=True)
class Crossing:
    """What wires go through.

    Parameters
    ----------
    place
        Where they cross.
    axis, side, front
        Along the bone, and across it.
    half
        Half the width of the bone.
    depth
        Half its depth.
    """

    place: Vector
    axis: Vector
    side: Vector
    front: Vector
    half: float
    depth: float


def wires(setting: Setting) -> Altered:
    """Pin a joint or a broken bone."""
    limb, sites, crossing, names = _crossing(setting)
    full, steel = int(setting.rng.integers(2, 5)), setting.chance() < 0.7
    band = setting.chance() < 0.2
    count = max(1, round(setting.scaled(1.0, full)))
    radius = float(np.clip(0.085 * crossing.half, 0.4, 1.0)) * setting.scaled(0.75, 1.0)
    first = 1.0 if setting.chance() < 0.5 else -1.0
    metal = []
    for number in range(count):
        sign = first * (-1.0) ** number
        tilt = np.deg2rad(setting.chance(18.0, 34.0)) * sign
        level = crossing.side + setting.chance(-0.35, 0.35) * crossing.front
        level /= np.linalg.norm(level)
        direction = -np.cos(tilt) * crossing.axis + np.sin(tilt) * level
        shifted = (
            setting.chance(-0.45, 0.45) * crossing.axis + setting.chance(-0.3, 0.3) * crossing.front
        ) * crossing.half
        inward = crossing.half * setting.chance(1.5, 2.6) * setting.scaled(0.5, 1.0)
        outward = crossing.half / abs(np.sin(tilt)) * setting.chance(0.9, 1.1) + setting.scaled(
            1.0, setting.chance(4.0, 9.0)
        )
        line = _wire(crossing.place + shifted, direction, inward, outward, number == 0 and setting.severity > 0.35)
        metal.append(pin(line, radius))
    material = Material.STEEL if steel else Material.TITANIUM
    bodies = [Body("hardware wire", item, material) for item in metal]
    if band and setting.severity > 0.35:
        bodies.append(Body("hardware band", _band(crossing, max(radius * 0.55, 0.3)), Material.STEEL))
        metal.append(bodies[-1].surface)
    record: dict[str, object] = {
        "bones": names,
        "material": material.value,
        "wires": count,
        "band": len(metal) > count,
        "diameter_mm": round(2 * radius, 3),
        "place": plain(crossing.place),
    }
    return Altered(replace(limb, bodies=(*limb.bodies, *bodies)), (*metal, *sites), record)


def _crossing(setting: Setting) -> tuple[Limb, tuple[Surface, ...], Crossing, list[str]]:
    """Choose a joint or a bone, and break the bone."""
    if setting.chance() < 0.4:
        joint = setting.choose_joint(well_formed)
        near, far = ends_of(setting.limb, joint)
        half = (near.half_width + far.half_width) / 2
        crossing = Crossing(joint.place, joint.axis, near.side, near.front, half, near.half_depth)
        return setting.limb, (), crossing, [joint.near, joint.far]
    bone = setting.choose_bone(1.6)
    course = setting.courses[bone.name]
    at_mm = setting.place_along(course, 20.0, 0.22)
    crossing = Crossing(
        course.centre(at_mm), course.direction, course.side, course.front, course.width(at_mm), course.depth(at_mm)
    )
    broken, site = mended(setting, bone, course, at_mm)
    return exchanged(setting.limb, broken), (site,), crossing, [bone.name]


def _wire(place: Vector, direction: Vector, inward: float, outward: float, hooked: bool) -> Vectors:
    """Line of a wire from its point within the bone to its end outside, which may be bent."""
    points = [place + direction * inward, place + direction * (inward - 0.01), place, place - direction * outward]
    if hooked:
        across = np.cross(direction, (0.0, 0.0, 1.0))
        across = across / max(float(np.linalg.norm(across)), 1e-9)
        corner, radius = points[-1], 1.6
        for angle in np.linspace(0.25, 1.7, 6):
            points.append(corner + radius * (-np.sin(angle) * direction + (1.0 - np.cos(angle)) * across))
        last = points[-1] - points[-2]
        points.append(points[-1] + last / np.linalg.norm(last) * 4.0)
    return np.array(points)


def _band(crossing: Crossing, radius: float) -> Surface:
    """Thin wire in a figure of eight over the bone, its ends twisted together and standing off."""
    angle = np.linspace(0.12, 2.0 * np.pi - 0.12, 60)
    long, wide = 1.5 * crossing.half, 0.62 * crossing.half
    over = crossing.depth * np.sqrt(np.clip(1.0 - 0.3 * np.sin(2 * angle) ** 2, 0.0, 1.0)) + radius
    line = (
        crossing.place
        + (long * np.cos(angle))[:, None] * crossing.axis
        + (wide * np.sin(2 * angle))[:, None] * crossing.side
        - over[:, None] * crossing.front
    )
    twist = line[-1] + np.array([1.2, 2.4, 3.6])[:, None] * crossing.axis
    return pin(np.concatenate([line, twist]), radius)
