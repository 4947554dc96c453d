"""Screws and pins."""

from __future__ import annotations

import numpy as np

from densexplain.phantom.abnormalities.course import Vector
from densexplain.phantom.abnormalities.forms import circle, swept, turned
from densexplain.phantom.solids.surface import Surface, Vectors

_PITCH = 0.42
"""Twice the pitch of a thread over the radius of the screw: a bone screw of 3.5 mm has about 1.25 mm."""


def screw(head: Vector, direction: Vector, length_mm: float, radius: float) -> Surface:
    """Bone screw with a round head and a thread to its tip.

    Parameters
    ----------
    head
        Under side of the head.
    direction
        To the tip.
    length_mm
        Below the head.
    radius
        Over the thread.
    """
    step = max(2.0 * radius * _PITCH, length_mm / 40.0) / 2
    along = np.arange(0.0, length_mm - radius, step)
    thread = np.where(np.arange(len(along)) % 2 == 0, 0.76, 1.0) * radius
    top = [(-0.95, 0.9), (-0.9, 1.55), (-0.4, 1.85), (0.0, 1.6), (0.02, 0.76)]
    rows = [
        *((y * radius, r * radius) for y, r in top),
        *zip(along + 0.1 * radius, thread, strict=True),
        (length_mm, 0.12 * radius),
    ]
    return turned(head, direction, np.array(rows), 10)


def headless_screw(start: Vector, end: Vector, radius: float) -> Surface:
    """Compression screw with a thread at either end and a thinner shaft between."""
    axis = end - start
    length = float(np.linalg.norm(axis))
    along = np.linspace(0.0, length, max(int(length / (0.45 * radius)), 12))
    share = along / length
    threaded = (share < 0.26) | (share > 0.6)
    rows = np.where(threaded, np.where(np.arange(len(along)) % 2 == 0, 0.78, 1.0), 0.62) * radius
    rows = np.where(share < 0.26, rows * 1.18, rows)
    rows[-1] = 0.4 * radius
    return turned(start, axis, np.column_stack([along, rows]), 10)


def pin(line: Vectors, radius: float) -> Surface:
    """Wire along a line, its bends rounded by short steps."""
    return swept(line, circle(radius, 10))
