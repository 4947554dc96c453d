"""Breaks: where and how a bone breaks, and the uneven surface along which it does."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum, unique

import numpy as np
from numpy.typing import NDArray

from densexplain.phantom.abnormalities.altered import Setting, plain, waves
from densexplain.phantom.abnormalities.course import Course, Vector
from densexplain.phantom.abnormalities.forms import ball
from densexplain.phantom.abnormalities.sawing import Side, merged, sawn
from densexplain.phantom.skeleton.bone import Bone
from densexplain.phantom.solids.surface import Surface

SHORT = 2.0
"""Length over width below which a bone is a short one."""

HAIRLINE_MM = 0.35
"""Width of the narrowest gap."""


@unique
class FractureKind(StrEnum):
    """How a bone breaks."""

    TRANSVERSE = "transverse"
    OBLIQUE = "oblique"
    SPIRAL = "spiral"
    COMMINUTED = "comminuted"
    BUCKLE = "buckle"
    AVULSION = "avulsion"


@dataclass(frozen=True)
class Break:
    """Where a bone breaks.

    Parameters
    ----------
    bone
        Which.
    course
        Its course.
    at_mm
        From the near end.
    kind
        How.
    """

    bone: Bone
    course: Course
    at_mm: float
    kind: FractureKind

    @property
    def place(self) -> Vector:
        """Middle of the break."""
        return self.course.centre(self.at_mm)

    @property
    def short(self) -> bool:
        """Whether it is a short bone: its parts stay among its neighbours."""
        return self.course.slenderness < SHORT

    @property
    def width(self) -> float:
        """Mean extent of the bone there."""
        return self.course.width(self.at_mm) + self.course.depth(self.at_mm)


def uneven_cut(setting: Setting, broken: Break) -> tuple[Side, float]:
    """Draw the surface of a break, and how far it reaches along the bone to either side."""
    course, half = broken.course, broken.width / 2
    tilt = setting.chance(35.0, 60.0) if broken.kind is FractureKind.OBLIQUE else setting.chance(-12.0, 12.0)
    round_it = setting.chance(-60.0, 60.0)
    level = np.cos(np.deg2rad(round_it)) * course.side + np.sin(np.deg2rad(round_it)) * course.front
    normal = np.cos(np.deg2rad(tilt)) * course.direction + np.sin(np.deg2rad(tilt)) * level
    noise, rough = waves(setting.rng, 0.55 * broken.width), min(0.09 * broken.width, 1.2)
    turns = 0.9 * broken.width / np.pi * (1.0 if setting.chance() < 0.5 else -1.0)
    spiral = broken.kind is FractureKind.SPIRAL
    place = broken.place

    def side(places: NDArray[np.float64]) -> NDArray[np.float64]:
        from_it = places - place
        away = from_it @ normal + rough * noise(places)
        if spiral:
            away = away + turns * np.arctan2(from_it @ course.front, from_it @ level)
        return np.asarray(away, np.float64)

    reach = half * abs(np.tan(np.deg2rad(tilt))) + rough + (0.9 * broken.width if spiral else 0.0)
    return side, float(reach)


def mended(setting: Setting, bone: Bone, course: Course, at_mm: float) -> tuple[Bone, Surface]:
    """Break a bone without moving its parts, as seen under hardware; returns it and the place of the break."""
    kind = FractureKind.OBLIQUE if setting.chance() < 0.5 else FractureKind.TRANSVERSE
    broken = Break(bone, course, at_mm, kind)
    side, reach = uneven_cut(setting, broken)
    gap = setting.scaled(HAIRLINE_MM, 1.0)
    return merged(bone.name, sawn(bone, side, gap)), site_of(course, at_mm, reach + gap + 1.0)


def site_of(course: Course, at_mm: float, half_mm: float) -> Surface:
    """Solid about a place of a bone."""
    wide = max(course.width(at_mm + step * half_mm) for step in (-1, 0, 1)) * 1.15 + 2.0
    deep = max(course.depth(at_mm + step * half_mm) for step in (-1, 0, 1)) * 1.15 + 2.0
    axes = np.array([course.side, course.front, course.direction])
    return ball(course.centre(at_mm), (wide * 1.2, deep * 1.2, half_mm * 1.3), axes)


def record_of(broken: Break) -> dict[str, object]:
    """What a record says of every break."""
    return {"bones": [broken.bone.name], "type": broken.kind.value, "place": plain(broken.place)}
