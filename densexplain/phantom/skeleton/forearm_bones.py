"""Radius and ulna, supinated, in the axes of the wrist: origin on the joint line, y to the elbow, z to the palm.

The thumb lies towards smaller x. Lengths are rounded adult means; no radiograph
was traced.
"""

from __future__ import annotations

from functools import cache

from densexplain.phantom.bone import Bone, Cortex, grow_bone
from densexplain.phantom.solids import Station, ellipsoid, hollowed, rounded_cone, shaft, united

ELBOW_Y_MM = 243.0
"""From the joint line of the wrist to the axis of the elbow."""


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
            Station(212.0, 14.2, 14.0, x=-8.0),
            Station(224.0, 14.0, 14.0, x=-8.6),
            Station(231.0, 18.0, 18.0, x=-9.0),
            Station(234.5, 22.4, 22.0, x=-9.0),
            Station(239.5, 23.0, 22.4, x=-9.0),
        ],
        2.2,
    )
    styloid = rounded_cone((-13.5, 6.0, 0.0), (-17.8, -5.6, 0.5), 6.4, 2.5)
    lister = ellipsoid((-5.0, 9.0, -10.0), (2.4, 7.0, 2.2))
    tuberosity = ellipsoid((-2.6, 207.0, 4.0), (5.0, 11.0, 5.0))
    scaphoid_facet = ellipsoid((-7.4, -9.4, -0.4), (11.2, 11.0, 15.0))
    lunate_facet = ellipsoid((6.6, -7.0, -0.4), (9.6, 9.0, 13.0))
    dish = ellipsoid((-9.0, 247.0, 0.0), (10.5, 9.6, 10.5))
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
            (215, 2.0),
            (232, 0.8),
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
        "elbow": (-9.0, 239.0, 0.0),
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
            Station(218.0, 17.6, 21.0, x=9.8, z=-4.5),
            Station(232.0, 21.0, 26.0, x=9.4, z=-5.0),
            Station(250.0, 21.0, 26.0, x=9.4, z=-9.0),
            Station(262.0, 20.0, 20.0, x=9.4, z=-12.5),
            Station(267.0, 17.0, 14.0, x=9.4, z=-12.5),
        ],
        2.2,
    )
    head = ellipsoid((19.3, 9.6, 0.5), (9.2, 6.8, 8.6))
    styloid = rounded_cone((24.2, 9.0, -3.0), (25.6, -0.6, -3.0), 2.9, 1.6)
    coronoid = rounded_cone((9.0, 226.0, 4.0), (9.4, 231.0, 13.0), 7.0, 3.4)
    notch = ellipsoid((9.4, ELBOW_Y_MM, 5.5), (16.0, 11.4, 12.6))
    solid = hollowed(united(body, head, styloid, coronoid, radius=4), notch, radius=1.6)
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
        "elbow": (9.4, 243.0, 0.0),
    }
    return grow_bone("ulna", solid, ((2, -6, -28), (33, 272, 20)), cortex, marks, 1.1)
