"""Humerus in the axes of the elbow: origin in the trochlea's axis, y to the shoulder, z forwards, lateral at smaller x.

The axis of the elbow runs along x, so that the shaft leans 6 degrees to the
lateral side: the carrying angle. Head radius, offsets and the angle of the neck
are rounded means of Boileau and Walch, The three-dimensional geometry of the
proximal humerus, J Bone Joint Surg Br 79 (1997); the length is a rounded mean
of both sexes after Trotter and Gleser, Am J Phys Anthropol 10 (1952). No
radiograph was traced.
"""

from __future__ import annotations

from functools import cache

from densexplain.phantom.skeleton.bone import Bone, Cortex, grow_bone
from densexplain.phantom.solids.solids import Field, Solid, Station, ellipsoid, hollowed, rounded_cone, shaft, united

HUMERUS_MM = 315.0
"""From the trochlea to the top of the head."""

HEAD_CENTRE = (-19.5, 279.0, -11.5)
"""Middle of the head."""

HEAD_RADIUS_MM = 23.0

LEAN = 0.105
"""The shaft's drift to the lateral side for each millimetre upwards."""

_SPOOL = (
    (-19.0, 4.0), (-17.0, 6.6), (-14.0, 8.9), (-9.0, 10.2), (-4.0, 9.3), (-0.5, 8.0), (2.5, 9.8), (6.0, 9.2),
    (9.4, 8.8), (14.0, 10.2), (18.0, 12.0), (20.5, 12.4), (22.5, 11.0), (24.0, 8.6),
)  # fmt: skip
"""x and radius about the elbow's axis: capitulum, groove, trochlea."""

_SECTIONS = (
    (3.0, 44.0, 13.0, -2.5), (10.0, 50.0, 15.0, -4.0), (17.0, 51.0, 16.0, -5.6), (26.0, 44.0, 16.5, -7.4),
    (38.0, 33.0, 17.0, -8.6), (55.0, 25.5, 18.0, -9.0), (80.0, 21.5, 19.5, -9.0), (120.0, 21.0, 21.0, -9.0),
    (165.0, 22.0, 22.0, -9.0), (205.0, 22.5, 22.5, -9.0), (235.0, 25.0, 24.5, -9.0), (252.0, 30.0, 29.0, -9.0),
    (266.0, 39.0, 37.0, -9.0), (280.0, 43.0, 39.0, -9.5), (288.0, 38.0, 34.0, -9.5),
)  # fmt: skip
"""y, width, depth and z of the shaft."""


def spool(y: float = 0.0, z: float = 0.0, grown_mm: float = 0.0) -> Solid:
    """Capitulum and trochlea about an axis along x, or what is cut out of the forearm for them."""
    turned = shaft([Station(x, 2 * (r + grown_mm), 2 * (r + grown_mm), y, z) for x, r in _SPOOL])

    def distance(x: Field, y: Field, z: Field) -> Field:
        return turned(y, x, z)

    return distance


@cache
def humerus() -> Bone:
    """Make the humerus."""
    cortex = Cortex(
        [(-12, 0.7), (20, 0.9), (35, 1.6), (55, 3.2), (90, 3.9), (150, 4.2), (200, 3.8), (235, 2.4), (260, 1.1),
         (285, 0.7), (310, 0.6)],
        (60.0, 225.0),
        0.12,
    )  # fmt: skip
    marks = {
        "elbow": (1.0, 0.0, 0.0),
        "distal": (4.0 - LEAN * 30.0, 30.0, -8.0),
        "middle": (4.0 - LEAN * 150.0, 150.0, -9.0),
        "neck": (4.0 - LEAN * 256.0, 256.0, -9.0),
        "shoulder": HEAD_CENTRE,
    }
    solid = united(_distal_end(), _proximal_end(), radius=1.0)
    return grow_bone("humerus", solid, ((-58, -16, -42), (42, 306, 20)), cortex, marks, 1.3)


def _distal_end() -> Solid:
    """Shaft with its epicondyles, joint surfaces and fossae."""
    body = shaft([Station(y, width, depth, 4.0 - LEAN * y, z) for y, width, depth, z in _SECTIONS], 2.2)
    medial = rounded_cone((20.0, 15.0, -6.0), (32.0, 9.0, -9.0), 8.0, 5.0)
    lateral = rounded_cone((-15.0, 14.0, -5.0), (-22.0, 5.0, -6.0), 7.0, 4.6)
    olecranon_fossa = ellipsoid((9.0, 17.0, -15.5), (12.5, 11.0, 11.0))
    coronoid_fossa = ellipsoid((9.0, 16.0, 6.4), (10.0, 8.0, 9.0))
    radial_fossa = ellipsoid((-9.0, 14.5, 6.0), (7.5, 6.0, 5.0))
    hollow = hollowed(united(body, medial, lateral, radius=6.0), olecranon_fossa, coronoid_fossa, radial_fossa)
    return united(hollow, spool(), radius=2.0)


def _proximal_end() -> Solid:
    """Head and tubercles with the groove between them."""
    x, y, z = HEAD_CENTRE
    head = ellipsoid(HEAD_CENTRE, (HEAD_RADIUS_MM,) * 3)
    greater = united(
        ellipsoid((x - 21.0, y + 1.0, z + 1.0), (10.0, 15.5, 15.0)),
        ellipsoid((x - 15.0, y - 15.0, z + 3.0), (11.5, 24.0, 14.0)),
        radius=6.0,
    )
    lesser = ellipsoid((x - 5.0, y - 3.0, z + 19.0), (9.0, 12.0, 7.0))
    groove = rounded_cone((x - 17.0, y + 18.0, z + 22.0), (x - 13.0, y - 26.0, z + 19.0), 4.6, 3.4)
    return hollowed(united(head, greater, lesser, radius=3.5), groove, radius=2.5)
