"""Upper ribs of one side in the axes of the shoulder: y upwards, z forwards, lateral at smaller x.

Approximate: arcs of ellipses that fall from the spine to the sternum, with the
rounded proportions of an adult chest. No radiograph was traced.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from densexplain.phantom.skeleton.bone import Bone
from densexplain.phantom.solids.surface import EMPTY, Surface, as_place
from densexplain.phantom.solids.topology import Topology

MIDLINE_X_MM = 168.0
"""From the middle of the head of the humerus to the middle of the body."""

_RIBS = (
    (50.0, 34.0, 50.0, 26.0, 8.0), (74.0, 50.0, 30.0, 40.0, 10.0), (92.0, 62.0, 8.0, 50.0, 11.0),
    (104.0, 70.0, -15.0, 56.0, 11.5), (112.0, 76.0, -39.0, 60.0, 12.0),
)  # fmt: skip
"""Half width and half depth of the arc, y at the spine, fall to the sternum, height of the rib."""

_THICKNESS_MM = 6.5
_CORTEX_MM = 1.0
_STEPS = 44
_AROUND = 12


@cache
def ribs() -> tuple[Bone, ...]:
    """Make ribs 1 to 5."""
    return tuple(_rib(number) for number in range(1, len(_RIBS) + 1))


def _rib(number: int) -> Bone:
    half_width, half_depth, top, fall, height = _RIBS[number - 1]
    angle = np.deg2rad(np.linspace(-78.0, 62.0, _STEPS))  # from the spine round the side to the front
    share = np.linspace(0.0, 1.0, _STEPS)
    course = np.column_stack(
        [
            MIDLINE_X_MM - half_width * np.cos(angle) ** 0.8,
            top - fall * (0.35 * share + 0.65 * share**2),
            -18.0 + half_depth * np.sin(angle),
        ]
    )
    marks = {"middle": as_place(course[_STEPS // 2])}
    whole, inner = (_swept(course, height / 2 - less, _THICKNESS_MM / 2 - less) for less in (0.0, _CORTEX_MM))
    return Bone(f"rib {number}", whole, inner, EMPTY, marks)


def _swept(course: NDArray[np.float64], half_height: float, half_thickness: float) -> Surface:
    """Sweep an ellipse, high along y, along a line; its ends are closed by fans and rounded."""
    forwards = np.gradient(course, axis=0)
    forwards /= np.linalg.norm(forwards, axis=1, keepdims=True)
    across = np.cross(forwards, (0.0, 1.0, 0.0))
    across /= np.linalg.norm(across, axis=1, keepdims=True)
    up = np.cross(across, forwards)
    steps = np.arange(len(course))
    thin = np.sqrt(np.clip((np.minimum(steps, steps[::-1]) + 0.6) / 2.0, 0.0, 1.0))[:, None, None]
    turn = np.arange(_AROUND) * 2 * np.pi / _AROUND
    rings = (
        course[:, None] + thin * half_height * np.cos(turn)[None, :, None] * up[:, None]
        + thin * half_thickness * np.sin(turn)[None, :, None] * across[:, None]
    )  # fmt: skip
    vertices = np.concatenate([rings.reshape(-1, 3), course[:1], course[-1:]])
    here = np.arange((len(course) - 1) * _AROUND)
    beside = here - here % _AROUND + (here + 1) % _AROUND
    first, last = np.arange(_AROUND), (len(course) - 1) * _AROUND + np.arange(_AROUND)
    start, end = len(vertices) - 2, len(vertices) - 1
    triangles = np.concatenate(
        [
            np.column_stack([here, beside, here + _AROUND]),
            np.column_stack([beside, beside + _AROUND, here + _AROUND]),
            np.column_stack([np.roll(first, -1), first, np.full(_AROUND, start)]),
            np.column_stack([last, np.roll(last, -1), np.full(_AROUND, end)]),
        ]
    ).astype(np.int64)
    surface = Surface(vertices, Topology(triangles))
    return surface if surface.volume_mm3 > 0 else surface.turned()
