"""Scapula and clavicle about the middle of the head of the humerus: y upwards, z forwards, lateral at smaller x.

The size of the glenoid is a rounded mean of Iannotti et al., The normal
glenohumeral relationships, J Bone Joint Surg Am 74 (1992); other sizes are
rounded proportions. No radiograph was traced.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import pairwise

import numpy as np

from densexplain.phantom.skeleton.bone import Bone, Cortex, grow_bone
from densexplain.phantom.skeleton.limb import turn
from densexplain.phantom.solids.solids import (
    Field,
    Solid,
    ellipsoid,
    hollowed,
    rounded_cone,
    smooth_maximum,
    united,
)
from densexplain.phantom.solids.surface import Motion

GLENOID_MM = 39.0
"""Height of the glenoid."""

CLAVICLE_MM = 148.0
"""Length of the clavicle."""

SCAPULA_MM = 156.0
"""Height of the scapula."""

_GLENOID_X = 27.5
"""Joint surface of the scapula, a cartilage's width beside the head of the humerus."""

ON_THE_CHEST: Motion = turn(33.0, (0, 1, 0))
"""The blade lies on the chest: its medial border goes back."""

_BLADE = (
    (40, 22), (64, 34), (88, 44), (104, 49), (113, 47), (121, 35), (126, 14), (127, -6), (123, -30), (115, -64),
    (106, -96), (102, -103), (96, -104), (88, -95), (36, -22),
)  # fmt: skip
"""x and y of the blade's outline."""

_Corners = Sequence[tuple[float, float]]
_Course = Sequence[tuple[float, float, float, float]]


@cache
def scapula() -> Bone:
    """Make the scapula."""
    blade = _plate(_BLADE, 2.0)
    borders = _chain(
        [(38, -20, 0, 5.6), (58, -50, -1, 4.6), (84, -88, -2, 4.4), (95, -101, -2, 4.4)],
        [(95, -101, -2, 4.0), (103, -101, -2, 3.0), (120, -34, -1, 2.0), (124, 12, 0, 2.2), (111, 45, 0, 2.4)],
        [(111, 45, 0, 2.2), (90, 43, 0, 1.8), (62, 31, 0, 1.6)],
    )
    neck = united(
        rounded_cone((31.0, 4.0, 0.0), (46.0, 3.0, 0.0), 12.5, 8.0, 0.85),
        rounded_cone((31.0, -9.0, 0.0), (44.0, -12.0, 0.0), 11.0, 6.0, 0.85),
        ellipsoid((31.5, 0.0, 0.0), (6.0, GLENOID_MM / 2, 13.5)),
        ellipsoid((31.5, -5.0, 0.0), (6.0, 14.5, 15.0)),
        radius=4.0,
    )
    solid = united(blade, borders, neck, _spine(), _coracoid(), radius=4.0)
    socket = ellipsoid((_GLENOID_X - 33.0, -1.0, 0.0), (33.0, 33.0, 33.0))
    solid = hollowed(solid, socket, radius=1.0)
    marks = {
        "glenoid": (_GLENOID_X, -1.0, 0.0),
        "neck": (44.0, -2.0, 0.0),
        "spine": (80.0, 24.0, -16.0),
        "acromion": (-8.0, 35.0, -8.0),
        "coracoid": (15.0, 16.0, 28.0),
        "middle": (90.0, -20.0, 0.0),
    }
    cortex = Cortex([(-110.0, 0.8), (-30.0, 0.9), (0.0, 0.8), (60.0, 0.9)])
    bone = grow_bone("scapula", solid, ((-22, -112, -44), (132, 58, 42)), cortex, marks, 1.3)
    return bone.mapped(ON_THE_CHEST)


@cache
def clavicle() -> Bone:
    """Make the clavicle, bent forwards at its medial and backwards at its lateral end."""
    course = [
        (17, 38, 0, 6.2), (30, 41, -6, 6.0), (50, 44, -7, 5.4), (74, 45, 2, 5.4), (101, 43, 12, 6.0),
        (129, 39, 14, 7.6), (148, 34, 9, 10.0),
    ]  # fmt: skip
    cortex = Cortex([(-10.0, 1.5), (100.0, 1.5)])
    marks = {
        "acromion": (11.0, 38.0, 0.0),
        "lateral": (32.0, 41.0, -6.0),
        "middle": (74.0, 45.0, 2.0),
        "sternum": (157.0, 34.0, 9.0),
    }
    solid = _chain(_smooth(course), radius=1.0)
    return grow_bone("clavicle", solid, ((6, 18, -18), (164, 56, 28)), cortex, marks, 1.2)


def _spine() -> Solid:
    """Spine of the scapula, from the medial border to the acromion over the head of the humerus."""
    shelf = _upended(_plate([(116, 2), (44, 2), (34, -26), (60, -25), (100, -12)], 1.8, 22.0))
    crest = _chain([(120, 21, -3, 2.6), (98, 23, -13, 4.0), (62, 25, -25, 4.2), (34, 29, -31, 5.0)])
    acromion = united(
        *(
            _upended(rounded_cone((a[0], a[2], a[1]), (b[0], b[2], b[1]), ra, rb, 0.42))
            for a, b, ra, rb in (
                ((32, 29, -31), (8, 34, -31), 9.0, 11.0),
                ((8, 34, -31), (-9, 36, -16), 11.0, 11.5),
                ((-9, 36, -16), (-3, 37, 4), 11.5, 9.0),
            )
        ),
        radius=3.0,
    )
    return united(shelf, crest, acromion, radius=3.0)


def _coracoid() -> Solid:
    """Beak from the top of the neck forwards and outwards."""
    return _chain([(42, 18, 0, 9.0), (38, 27, 11, 7.5), (30, 25, 22, 6.4), (14, 15, 29, 5.6)], radius=3.0)


def _plate(corners: _Corners, half_mm: float, level: float = 0.0) -> Solid:
    """Plate across z over a convex polygon of x and y, its corners clockwise with y upwards."""
    points = np.array(corners, np.float64)
    along = np.roll(points, -1, axis=0) - points
    out = np.column_stack([-along[:, 1], along[:, 0]]) / np.linalg.norm(along, axis=1, keepdims=True)
    if (out * (points - points.mean(axis=0))).sum() < 0:
        out = -out

    def distance(x: Field, y: Field, z: Field) -> Field:
        side = np.maximum.reduce([n[0] * (x - p[0]) + n[1] * (y - p[1]) for n, p in zip(out, points, strict=True)])
        return smooth_maximum(side, np.abs(z - level) - half_mm, 2.0)

    return distance


def _upended(solid: Solid) -> Solid:
    """Swap y and z."""

    def distance(x: Field, y: Field, z: Field) -> Field:
        return solid(x, z, y)

    return distance


def _chain(*courses: _Course, radius: float = 2.0) -> Solid:
    """Rods along lines of x, y, z and radius."""
    rods = [rounded_cone(a[:3], b[:3], a[3], b[3]) for course in courses for a, b in pairwise(course)]
    return united(*rods, radius=radius)


def _smooth(course: _Course) -> _Course:
    """Round the corners of a line (Chaikin), its ends kept."""
    points = np.array(course, np.float64)
    a, b = points[:-1], points[1:]
    cut = np.stack([0.75 * a + 0.25 * b, 0.25 * a + 0.75 * b], axis=1).reshape(-1, 4)
    rows = np.concatenate([points[:1], cut[1:-1], points[-1:]]).tolist()
    return [(x, y, z, radius) for x, y, z, radius in rows]
