"""Radius and ulna, supinated, in the axes of the wrist: origin on the joint line, y to the elbow, z to the palm.

The thumb lies towards smaller x. Lengths are rounded adult means; no radiograph
was traced.
"""

from __future__ import annotations

from functools import cache

from densexplain.phantom.skeleton.bone import Bone, Cortex, grow_bone
from densexplain.phantom.skeleton.upper_arm_bones import spool
from densexplain.phantom.solids.solids import Station, ellipsoid, hollowed, rounded_cone, shaft, united

ELBOW_Y_MM = 243.0
"""From the joint line of the wrist to the axis of the elbow."""

ELBOW_Z_MM = 5.0
"""How far before the axes of the wrist the axis of the elbow lies."""

_CARTILAGE_MM = 2.2
"""Width of the joint space of the elbow, both sides together."""


@cache
def radius() -> Bone:
    """Make the radius, 242 mm long from the styloid process to the head."""
    body = shaft(
        [
            Station(2.5, 29.0, 19.0, x=-4.5, z=-0.5),
            Station(7.0, 31.5, 21.0, x=-4.2, z=-0.5),
            Station(13.0, 29.5, 20.5, x=-4.2),
            Station(22.0, 23.0, 17.5, x=-4.8, z=0.6),
            Station(34.0, 17.6, 14.8, x=-5.8, z=0.8),
            Station(55.0, 14.6, 12.6, x=-7.4),
            Station(85.0, 13.6, 12.0, x=-9.6, z=-1.0),
            Station(120.0, 15.2, 12.2, x=-11.6, z=-2.0),
            Station(155.0, 15.0, 12.4, x=-11.4, z=-2.0),
            Station(190.0, 14.4, 13.0, x=-9.2),
            Station(206.0, 14.2, 14.0, x=-8.0, z=2.0),
            Station(218.0, 14.0, 14.0, x=-8.6, z=4.0),
            Station(225.0, 18.0, 18.0, x=-9.0, z=4.8),
            Station(228.5, 22.4, 22.0, x=-9.0, z=ELBOW_Z_MM),
            Station(234.0, 23.0, 22.4, x=-9.0, z=ELBOW_Z_MM),
        ],
        2.2,
    )
    styloid = rounded_cone((-13.5, 6.0, 0.0), (-17.8, -5.6, 0.5), 6.4, 2.5)
    lister = ellipsoid((-5.0, 9.0, -10.0), (2.4, 7.0, 2.2))
    tuberosity = ellipsoid((-2.6, 203.0, 5.0), (5.0, 11.0, 5.0))
    scaphoid_facet = ellipsoid((-7.4, -9.4, -0.4), (11.2, 11.0, 15.0))
    lunate_facet = ellipsoid((6.6, -7.0, -0.4), (9.6, 9.0, 13.0))
    dish = spool(ELBOW_Y_MM, ELBOW_Z_MM, _CARTILAGE_MM)
    solid = hollowed(
        united(body, styloid, lister, tuberosity, radius=4), scaphoid_facet, lunate_facet, dish, radius=1.4
    )
    cortex = Cortex(
        [
            (-8, 0.7),
            (6, 0.7),
            (22, 0.9),
            (40, 2.0),
            (70, 3.0),
            (120, 3.4),
            (180, 3.0),
            (210, 2.0),
            (226, 0.8),
            (242, 0.8),
        ],
        (55.0, 195.0),
        0.1,
    )
    marks = {
        "wrist": (-4.0, 1.0, 0.0),
        "distal": (-4.2, 20.0, 0.0),
        "styloid": (-17.8, -5.6, 0.5),
        "middle": (-11.0, 130.0, -2.0),
        "elbow": (-9.0, 233.0, ELBOW_Z_MM),
    }
    return grow_bone("radius", solid, ((-26, -12, -16), (16, 246, 16)), cortex, marks, 1.1)


@cache
def ulna() -> Bone:
    """Make the ulna, 262 mm long from the styloid process to the olecranon."""
    body = shaft(
        [
            Station(6.0, 15.0, 14.5, x=19.5),
            Station(11.0, 16.5, 15.5, x=19.4),
            Station(18.0, 13.5, 13.0, x=19.0, z=-0.5),
            Station(32.0, 10.8, 10.8, x=18.4, z=-1.0),
            Station(65.0, 11.2, 11.6, x=16.8, z=-1.5),
            Station(110.0, 12.8, 13.4, x=14.6, z=-2.0),
            Station(155.0, 13.8, 15.0, x=12.4, z=-3.0),
            Station(195.0, 14.6, 17.5, x=10.6, z=-4.0),
            Station(214.0, 17.6, 20.5, x=10.2, z=-4.5),
            Station(225.0, 22.5, 25.0, x=10.6, z=-5.0),
            Station(231.0, 25.5, 26.0, x=10.8, z=-5.0),
            Station(238.0, 22.0, 25.0, x=10.0, z=-7.5),
            Station(246.0, 20.5, 24.0, x=9.4, z=-9.5),
            Station(252.0, 20.0, 22.0, x=9.4, z=-10.5),
        ],
        2.2,
    )
    head = ellipsoid((19.3, 9.6, 0.5), (9.2, 6.8, 8.6))
    styloid = rounded_cone((24.2, 9.0, -3.0), (25.6, -0.6, -3.0), 2.9, 1.6)
    olecranon = rounded_cone((9.4, 246.0, -11.0), (9.4, 253.0, -11.0), 9.5, 9.0)
    coronoid = rounded_cone((9.6, 223.0, 3.0), (9.8, 230.0, 12.5), 8.0, 3.6)
    supinator_crest = rounded_cone((3.0, 224.0, -4.0), (8.0, 200.0, -4.0), 4.0, 3.0)
    notch = spool(ELBOW_Y_MM, ELBOW_Z_MM, _CARTILAGE_MM)
    radial_notch = ellipsoid((-9.0, 231.0, ELBOW_Z_MM), (13.2, 9.0, 13.2))
    solid = hollowed(
        united(body, head, styloid, olecranon, coronoid, supinator_crest, radius=4), notch, radial_notch, radius=1.6
    )
    cortex = Cortex(
        [
            (-4, 0.6),
            (10, 0.7),
            (22, 1.2),
            (40, 2.4),
            (70, 3.0),
            (130, 3.3),
            (190, 2.8),
            (220, 1.6),
            (240, 1.0),
            (270, 1.0),
        ],
        (45.0, 190.0),
        0.1,
    )
    marks = {
        "wrist": (19.3, 4.0, 0.0),
        "distal": (19.0, 20.0, 0.0),
        "middle": (13.6, 130.0, -2.0),
        "elbow": (9.4, ELBOW_Y_MM, ELBOW_Z_MM),
    }
    return grow_bone("ulna", solid, ((2, -6, -28), (33, 272, 20)), cortex, marks, 1.1)
