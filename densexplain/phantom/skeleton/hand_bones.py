"""Bones of the hand, each in its own axes: y from the far end to the near end, z towards the palm, thumb at smaller x.

Lengths are rounded adult means after Alexander and Viktor, Proportions of hand
segments, Int J Morphol 28 (2010); widths are rounded proportions. No radiograph
was traced.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from densexplain.phantom.skeleton.bone import Bone, Cortex, grow_bone
from densexplain.phantom.solids.solids import Solid, Station, ellipsoid, hollowed, rounded_cone, shaft, united
from densexplain.phantom.solids.surface import Place, as_place

METACARPAL_MM = (46.0, 68.0, 65.0, 58.0, 53.0)
"""Length, thumb to little finger."""

PROXIMAL_MM = (32.0, 40.0, 44.5, 41.0, 33.0)
MIDDLE_MM = (0.0, 22.5, 26.5, 25.5, 18.0)
DISTAL_MM = (22.0, 16.0, 17.5, 17.5, 15.5)
"""Length of the phalanges; the thumb has no middle one."""

GIRTH = (1.12, 1.04, 1.0, 0.88, 0.84)
"""Width of the bones of a ray beside those of the middle finger."""


@cache
def metacarpal(ray: int) -> Bone:
    """Make a metacarpal; `ray` is 1 for the thumb. The head's middle is the origin, the base at y = length."""
    length, girth = METACARPAL_MM[ray - 1], GIRTH[ray - 1]
    base = {1: (15.5, 15.0), 2: (15.5, 15.5), 3: (13.5, 15.5), 4: (11.0, 12.5), 5: (13.0, 11.5)}[ray]
    body = shaft(
        [
            Station(-1.0, 11.5 * girth, 11.0 * girth),
            Station(7.0, 12.5 * girth, 10.5 * girth, z=-0.4),
            Station(0.27 * length, 9.4 * girth, 8.8 * girth, z=-1.5),
            Station(0.5 * length, 8.2 * girth, 8.6 * girth, z=-2.0),
            Station(0.75 * length, 9.4 * girth, 9.2 * girth, z=-1.4),
            Station(length - 6.0, base[0] * 0.9, base[1] * 0.9),
            Station(length - 1.5, *base),
            Station(length + 0.6, base[0] * 0.94, base[1] * 0.94),
        ],
        2.3,
    )
    head = ellipsoid((0, 1.0, 0.3), (6.9 * girth, 6.6 * girth, 6.9 * girth))
    sides = [ellipsoid((side * 5.2 * girth, 5.0, 1.6), (2.2, 3.0, 2.6)) for side in (-1, 1)]
    solid = united(body, head, *sides, radius=2.5)
    if ray == 2:
        solid = hollowed(solid, ellipsoid((0.8, length + 3.4, 0), (3.4, 4.4, 9)), radius=2)
    if ray == 1:
        solid = united(solid, ellipsoid((0, length - 1.0, 3.2), (5.5, 3.2, 4.0)), radius=3)
    cortex = Cortex(
        [(-6, 0.45), (6, 0.6), (0.3 * length, 1.7), (0.5 * length, 2.3), (0.72 * length, 1.6), (length - 5, 0.5)],
        (0.32 * length, 0.68 * length),
    )
    marks = {"far": (0.0, -5.6 * girth, 0.0), "near": (0.0, length, 0.0), "middle": (0.0, length / 2, -2.0)}
    return grow_bone(f"metacarpal {ray}", solid, ((-13, -9, -12), (13, length + 5, 12)), cortex, marks, 0.9)


@cache
def phalanx(ray: int, order: int) -> Bone:
    """Make a phalanx, `order` 1 proximal, 2 middle, 3 distal; its near joint surface is at y = length."""
    girth = GIRTH[ray - 1] * (1.0, 0.88, 0.78)[order - 1]
    length = (PROXIMAL_MM, MIDDLE_MM, DISTAL_MM)[order - 1][ray - 1]
    if order == 3:
        body = shaft(
            [
                Station(0.4, 6.6 * girth, 3.2 * girth, z=0.2),
                Station(2.6, 10.4 * girth, 4.6 * girth, z=0.2),
                Station(5.0, 8.6 * girth, 5.0 * girth),
                Station(0.5 * length, 5.8 * girth, 5.2 * girth, z=-0.4),
                Station(0.75 * length, 9.0 * girth, 7.0 * girth),
                Station(length - 2.6, 13.6 * girth, 9.6 * girth),
                Station(length, 12.6 * girth, 8.6 * girth),
            ]
        )
        solid: Solid = hollowed(body, ellipsoid((0, length + 4.6, -0.4), (5.5, 5.4, 8)), radius=1.0)
        cortex = Cortex([(0, 0.35), (0.5 * length, 1.3), (length - 3, 0.45)], (0.45 * length, 0.6 * length), 0.4)
        corners: tuple[Place, Place] = ((-9, -2, -8), (9, length + 3, 8))
    else:
        body = shaft(
            [
                Station(-1.0, 9.0 * girth, 7.5 * girth, z=0.6),
                Station(5.0, 9.8 * girth, 7.8 * girth, z=0.2),
                Station(0.35 * length, 8.3 * girth, 6.8 * girth, z=-0.8),
                Station(0.62 * length, 9.2 * girth, 7.2 * girth, z=-0.9),
                Station(length - 4.6, 13.4 * girth, 10.6 * girth),
                Station(length - 1.6, 14.2 * girth, 11.4 * girth, z=0.3),
                Station(length + 0.3, 12.8 * girth, 10.4 * girth, z=0.3),
            ],
            2.4,
        )
        condyles = [
            ellipsoid((side * 2.9 * girth, 0.0, 0.5), (3.0 * girth, 4.0 * girth, 4.2 * girth)) for side in (-1, 1)
        ]
        solid = united(body, *condyles, radius=1.2)
        hollow = ellipsoid((0, length + 7.2 * girth, 0), (7.4 * girth, 7.8 * girth, 9 * girth))
        solid = hollowed(solid, hollow, radius=1.0)
        cortex = Cortex(
            [(-4, 0.4), (0.15 * length, 0.7), (0.45 * length, 1.9), (0.7 * length, 1.2), (length - 3, 0.45)],
            (0.28 * length, 0.62 * length),
            0.3,
        )
        corners = ((-10, -7, -9), (10, length + 3, 9))
    name = f"{('proximal', 'middle', 'distal')[order - 1]} phalanx {ray}"
    far = 0.0 if order == 3 else -3.6 * girth
    marks = {"far": (0.0, far, 0.0), "near": (0.0, length - 1.0, 0.0), "middle": (0.0, length / 2, 0.0)}
    return grow_bone(name, solid, corners, cortex, marks, 0.7)


_CARPALS: dict[str, tuple[Solid, tuple[Place, Place]]] = {
    "scaphoid": (
        united(
            ellipsoid((-5.2, -6.6, -0.5), (6.3, 5.8, 6.2)),
            rounded_cone((-7.0, -8.5, 0.0), (-15.0, -15.5, 4.0), 4.8, 4.6),
            ellipsoid((-16.2, -16.6, 4.6), (5.4, 4.8, 4.8)),
            radius=4,
        ),
        ((-25, -25, -10), (5, 3, 13)),
    ),
    "lunate": (
        hollowed(
            ellipsoid((6.8, -5.3, 0.0), (7.6, 6.6, 8.2)), ellipsoid((6.0, -15.6, 0.0), (6.6, 7.0, 6.6)), radius=1.6
        ),
        ((-3, -14, -11), (17, 4, 11)),
    ),
    "triquetrum": (
        united(
            ellipsoid((17.4, -10.6, -1.5), (5.4, 6.2, 6.2)), ellipsoid((20.0, -8.4, -1.0), (4.2, 4.4, 5.2)), radius=4
        ),
        ((9, -19, -10), (27, -1, 8)),
    ),
    "pisiform": (ellipsoid((19.4, -9.8, 9.4), (4.6, 5.6, 4.2)), ((13, -18, 3), (26, -2, 16))),
    "trapezium": (
        hollowed(
            united(
                ellipsoid((-19.8, -26.0, 5.5), (7.4, 6.4, 6.4)),
                ellipsoid((-15.6, -25.0, 5.0), (4.8, 6.0, 5.6)),
                radius=4,
            ),
            ellipsoid((-23.6, -35.0, 7.0), (8.4, 5.2, 6.6)),
            radius=1.6,
        ),
        ((-30, -35, -4), (-8, -17, 15)),
    ),
    "trapezoid": (
        united(
            ellipsoid((-7.2, -26.2, 0.0), (5.2, 5.8, 6.6)), ellipsoid((-7.6, -28.4, -2.0), (5.4, 4.0, 5.0)), radius=4
        ),
        ((-15, -35, -10), (1, -18, 9)),
    ),
    "capitate": (
        united(
            ellipsoid((5.0, -15.6, 0.0), (5.8, 5.6, 6.6)),
            rounded_cone((4.6, -18.0, 0.0), (3.6, -28.0, 0.0), 5.6, 6.2),
            ellipsoid((3.2, -28.6, -0.5), (7.2, 4.6, 8.0)),
            radius=4,
        ),
        ((-7, -36, -11), (14, -7, 11)),
    ),
    "hamate": (
        united(
            ellipsoid((15.0, -27.0, 0.0), (7.6, 5.0, 7.0)),
            ellipsoid((12.6, -22.0, -0.5), (4.4, 6.6, 6.0)),
            rounded_cone((16.2, -26.0, 4.0), (15.2, -24.4, 12.4), 3.4, 2.3),
            radius=4,
        ),
        ((4, -35, -10), (26, -12, 18)),
    ),
}
"""Carpal bones in the axes of the wrist: origin on the joint line under the lunate, thumb towards smaller x."""


@cache
def carpals() -> tuple[Bone, ...]:
    """Make the eight carpal bones where they lie in a straight wrist."""
    bones = []
    for name, (solid, corners) in _CARPALS.items():
        marks = {"middle": as_place(np.mean(corners, axis=0))}
        bones.append(grow_bone(name, solid, corners, Cortex([(-50.0, 0.75), (50.0, 0.75)]), marks, 0.8))
    return tuple(bones)
