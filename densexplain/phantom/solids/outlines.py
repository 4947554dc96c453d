"""Outlines of the bones of a frontal right knee, in millimetres.

x runs from lateral (negative) to medial, y from the hip to the foot; 0, 0 lies
between the tibial spines on the joint line. The figures are rounded proportions
of an adult knee, drawn by hand for this project; no radiograph was traced.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]
"""Corner points (x, y) of a closed outline, shape (points, 2), float64, millimetres."""

_FEMUR = [
    (-18.5, -130), (-18.0, -100), (-18.5, -82), (-20.5, -66), (-25.0, -53), (-31.5, -43), (-38.0, -36), (-41.5, -29.5),
    (-40.9, -23), (-40.2, -17), (-39.8, -11.5), (-37.4, -6.6), (-32.5, -3.8), (-26.0, -3.0), (-19.5, -3.6),
    (-13.6, -6.2), (-9.4, -10.4), (-5.6, -14.8), (0.2, -16.6), (5.8, -14.6), (9.6, -9.8), (13.6, -5.4), (19.5, -2.8),
    (26.5, -2.3), (33.5, -3.4), (39.2, -7.2), (42.4, -13.5), (42.8, -20), (42.4, -25.5), (43.6, -31), (41.8, -37),
    (34.5, -45), (26.5, -55), (21.0, -68), (18.8, -84), (18.0, -100), (18.5, -130),
]  # fmt: skip
_TROCHLEA = [
    (-13, -54), (-25, -45), (-33, -34), (-35, -23), (-31, -14.5), (-22, -11), (-13, -12.5), (-6, -16.5), (0, -19.5),
    (6, -17.5), (13, -12.5), (22, -9.5), (31, -12.5), (35, -22), (34, -33), (26, -45), (14, -54), (0, -57),
]  # fmt: skip
_TIBIA = [
    (-37.0, 2.9), (-31.0, 3.3), (-23.0, 4.4), (-16.5, 4.0), (-12.6, 1.8), (-9.2, -2.4), (-6.6, -5.4), (-4.4, -5.2),
    (-2.0, -2.9), (0.8, -2.5), (3.2, -4.8), (5.4, -6.6), (7.4, -5.6), (10.2, -1.4), (14.0, 2.6), (20.0, 4.8),
    (28.0, 4.9), (35.0, 3.7), (39.6, 3.2), (42.2, 5.4), (42.0, 11), (38.6, 19.5), (32.0, 31), (25.5, 45), (21.0, 61),
    (19.0, 81), (18.5, 130), (-13.0, 130), (-13.5, 81), (-16.0, 61), (-21.0, 45), (-28.0, 31.5), (-35.6, 21.5),
    (-40.2, 12.5), (-40.6, 6.0),
]  # fmt: skip
_TIBIAL_RIM = [
    (-37.5, 5.2), (-30, 6.6), (-22, 7.4), (-14, 6.8), (-8, 4.6), (-2, 3.2), (4, 3.4), (10, 5.4), (17, 7.8), (26, 8.6),
    (34, 7.0), (39.5, 6.0), (41, 11), (37.5, 19), (28, 24), (0, 27), (-26, 24), (-35, 20), (-39, 12),
]  # fmt: skip
_FIBULA = [
    (-44.5, 13.0), (-41.0, 10.8), (-37.0, 12.5), (-33.0, 17.5), (-31.0, 24), (-32.0, 31), (-33.5, 40), (-33.0, 60),
    (-31.0, 90), (-29.5, 130), (-40.5, 130), (-41.5, 90), (-42.5, 60), (-43.0, 42), (-46.5, 31), (-49.0, 24),
    (-48.5, 17.5),
]  # fmt: skip
_PATELLA = [
    (-5, -63.5), (6, -62.5), (14.5, -57), (18, -47.5), (16.5, -37), (10.5, -28), (1.5, -21.5), (-4.5, -21),
    (-13, -25.5), (-20.5, -34), (-23.5, -45), (-21.5, -55.5), (-14.5, -62),
]  # fmt: skip
_LIMB = [
    (-61, -130), (-60, -95), (-58, -60), (-56.5, -30), (-55.5, -8), (-55, 14), (-56.5, 40), (-58.5, 70), (-59, 130),
    (57, 130), (58.5, 85), (57, 50), (55, 22), (56.5, -5), (60, -32), (63, -60), (66.5, -95), (69, -130),
]  # fmt: skip
_OSTEOPHYTES = [  # root on the outline, tip, width at the root; lengths at severity 1
    ((40.2, 6.6), (46.6, 3.4), 8.0),
    ((-38.8, 7.4), (-43.8, 5.2), 7.0),
    ((40.8, -13.0), (45.8, -7.6), 10.0),
    ((-38.8, -11.5), (-42.6, -8.0), 8.5),
]


@dataclass(frozen=True)
class KneeOutlines:
    """Closed outlines in millimetres; see the module for the axes.

    Parameters
    ----------
    femur, trochlea, tibia, tibial_rim, fibula, patella, limb
        Shape (points, 2) each. The trochlea is the anterior part of the femur,
        which covers the intercondylar notch in the projection; the tibial rim is
        the lower edge of the plateau, seen behind the upper one.
    osteophytes
        One outline for each bony spur; empty in a normal knee.
    """

    femur: Points
    trochlea: Points
    tibia: Points
    tibial_rim: Points
    fibula: Points
    patella: Points
    limb: Points
    osteophytes: tuple[Points, ...] = field(default=())


def knee_outlines(narrowing: float = 0.0, osteophytes: float = 0.0) -> KneeOutlines:
    """Draw the outlines of one knee.

    Parameters
    ----------
    narrowing
        Share of the medial joint space that is lost, 0 to 1.
    osteophytes
        Size of the marginal spurs, 0 (none) to 1.
    """
    femur, tibia, rim = _smooth(_FEMUR), _smooth(_TIBIA), _smooth(_TIBIAL_RIM)
    for outline, towards in ((femur, 1.0), (tibia, -1.0), (rim, -1.0)):
        medial = 1.0 / (1.0 + np.exp(-(outline[:, 0] - 6.0) / 4.0))
        near = np.exp(-((outline[:, 1] / 26.0) ** 2))
        outline[:, 1] += towards * narrowing * 3.2 * medial * near
    spurs = tuple(_spur(root, tip, width, osteophytes) for root, tip, width in _OSTEOPHYTES if osteophytes > 0)
    trochlea, fibula, patella, limb = (_smooth(points) for points in (_TROCHLEA, _FIBULA, _PATELLA, _LIMB))
    return KneeOutlines(femur, trochlea, tibia, rim, fibula, patella, limb, spurs)


def _smooth(points: Sequence[tuple[float, float]], steps: int = 12) -> Points:
    """Run a closed uniform Catmull-Rom spline through the points."""
    p = np.asarray(points, np.float64)
    before, start, end, after = np.roll(p, 1, 0), p, np.roll(p, -1, 0), np.roll(p, -2, 0)
    pieces = []
    for t in np.arange(steps) / steps:
        pieces.append(
            0.5
            * (
                2 * start
                + (end - before) * t
                + (2 * before - 5 * start + 4 * end - after) * t**2
                + (3 * start - before - 3 * end + after) * t**3
            )
        )
    return np.stack(pieces, axis=1).reshape(-1, 2)


def _spur(root: tuple[float, float], tip: tuple[float, float], width: float, size: float) -> Points:
    """Draw a curved triangle from inside the bone to the tip."""
    base, end = np.array(root), np.array(root) + size * (np.array(tip) - np.array(root))
    along = (end - base) / max(1e-9, float(np.hypot(*(end - base))))
    across = np.array([-along[1], along[0]]) * width / 2
    inside = base - along * width * 0.9
    corners = [inside - across, base - 0.75 * across, end - 0.3 * across, end + 0.3 * across, base + 0.75 * across]
    return _smooth([*(tuple(c) for c in corners), tuple(inside + across)])
