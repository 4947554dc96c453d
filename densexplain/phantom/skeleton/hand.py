"""The hand with the wrist and the near half of the forearm, fingers up, palm to the detector, thumb on the left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from densexplain.phantom.skeleton.bone import Bone
from densexplain.phantom.skeleton.forearm_bones import radius, ulna
from densexplain.phantom.skeleton.hand_bones import (
    DISTAL_MM,
    GIRTH,
    METACARPAL_MM,
    MIDDLE_MM,
    PROXIMAL_MM,
    carpals,
    metacarpal,
    phalanx,
)
from densexplain.phantom.skeleton.limb import Flesh, Limb, chained, shift, turn
from densexplain.phantom.solids.surface import Motion, Place, as_place

_BASES: tuple[Place, ...] = (
    (-25.5, -33.0, 10.5), (-8.4, -32.6, 0.0), (3.4, -33.8, -0.5), (12.6, -32.4, 0.0), (19.4, -30.4, 1.0),
)  # fmt: skip
"""Where the bases of the metacarpals lie."""

_SPREAD = (-38.0, -7.0, 0.0, 6.0, 13.0)
"""Directions of the metacarpals from straight up, degrees, towards the little finger."""

_JOINT_GAP_MM = (1.7, 1.5, 1.3)
"""Cartilage at the knuckle and the two joints of a finger, both sides together."""

_WRIST_GAP_MM = 3.2
"""How far the hand sits into the radius from where its bones are written down."""

_HEAD_RADIUS = (5.6, 3.4, 3.2)
"""From the middle of a head to its joint surface: metacarpal, proximal and middle phalanx, before the ray's girth."""

_FINGER_RADIUS = (11.0, 9.6, 9.8, 9.0, 8.0)


@dataclass(frozen=True)
class HandPose:
    """How the hand is held.

    Parameters
    ----------
    flexion
        For each ray, bend of knuckle, middle and end joint towards the palm, degrees.
    spread
        For each ray, turn away from rest towards the little finger, degrees.
    thumb_roll
        Turn of the thumb about its own length; at 60 it is seen from its side in a frontal hand.
    deviation
        Deviation of the hand towards the little finger at the wrist, degrees.
    """

    flexion: Sequence[tuple[float, float, float]] = field(default=((4.0, 6.0, 4.0),) * 5)
    spread: Sequence[float] = (0.0,) * 5
    thumb_roll: float = 50.0
    deviation: float = 0.0


def build_hand(pose: HandPose | None = None) -> Limb:
    """Put the hand, the wrist and the forearm together."""
    pose = pose or HandPose()
    bones: list[Bone] = []
    flesh: list[Flesh] = []
    for ray in range(1, 6):
        ray_bones, ray_flesh = _ray(ray, pose)
        bones += ray_bones
        flesh += ray_flesh
    flesh += _palm()
    hand = Limb((*bones, *carpals()), tuple(flesh)).mapped(shift((0.0, _WRIST_GAP_MM, 0.0)))
    hand = hand.mapped(turn(pose.deviation, (0, 0, 1), (4.0, -14.0, 0.0)))
    return Limb((*hand.bones, radius(), ulna()), (*hand.flesh, *forearm_flesh()))


def forearm_flesh() -> tuple[Flesh, ...]:
    """Soft tissue from the wrist to the elbow."""
    return (
        Flesh((3.0, -4.0, 0.0), (4.5, 40.0, 0.0), 26.0, 25.0, 0.66),
        Flesh((4.5, 40.0, 0.0), (2.5, 120.0, 0.0), 25.0, 35.0, 0.76),
        Flesh((2.5, 120.0, 0.0), (1.0, 195.0, 0.0), 35.0, 43.0, 0.82),
        Flesh((1.0, 195.0, 0.0), (1.0, 290.0, -2.0), 43.0, 42.0, 0.88),
    )


def _palm() -> tuple[Flesh, ...]:
    return (
        Flesh((-14.0, -22.0, 5.0), (17.0, -22.0, 3.0), 15.5, 15.5, 0.9),
        Flesh((-16.0, -36.0, 6.0), (19.0, -36.0, 3.0), 15.0, 14.0, 0.9),
        Flesh((-13.0, -60.0, 4.0), (22.0, -58.0, 3.0), 14.0, 14.0, 0.85),
        Flesh((-14.0, -88.0, 2.0), (26.0, -78.0, 2.0), 12.5, 11.5, 0.85),
        Flesh((-17.0, -26.0, 8.0), (-38.0, -58.0, 14.0), 16.0, 13.0, 0.9),
        Flesh((-12.0, -48.0, 6.0), (-30.0, -66.0, 9.0), 10.0, 9.0, 0.8),
    )


def _ray(ray: int, pose: HandPose) -> tuple[list[Bone], list[Flesh]]:
    """Bones of one ray and the soft tissue of its finger."""
    girth, thick = GIRTH[ray - 1], _FINGER_RADIUS[ray - 1]
    settle = _settled(ray, pose)
    bones = [metacarpal(ray).mapped(settle)]
    flesh: list[Flesh] = []
    # From each head outwards: the next bone is set before the head, bent about it, and carried along.
    motion, reach = settle, _HEAD_RADIUS[0] * girth
    start = _at(motion, 6.0)
    for order in (1, 3) if ray == 1 else (1, 2, 3):
        length = (PROXIMAL_MM, MIDDLE_MM, DISTAL_MM)[order - 1][ray - 1]
        bend = pose.flexion[ray - 1][order - 1]
        before = motion
        motion = chained(
            shift((0.0, -(length + reach + _JOINT_GAP_MM[order - 1]), 0.0)), turn(-bend, (1, 0, 0)), before
        )
        bones.append(phalanx(ray, order).mapped(motion))
        end = _at(motion, 1.5 if order == 3 else 0.0)
        near, far = (thick * (1.12, 1.0, 0.88, 0.76)[place] for place in (order - 1, order))
        flesh.append(Flesh(start, end, near, far, 0.94, 1.8))
        start, reach = end, _HEAD_RADIUS[min(order, 2)] * girth
    return bones, flesh


def _settled(ray: int, pose: HandPose) -> Motion:
    """Carry a metacarpal from its own axes to its place in the hand."""
    motions = [shift((0.0, -METACARPAL_MM[ray - 1], 0.0))]
    if ray == 1:
        motions += [turn(-pose.thumb_roll, (0, 1, 0)), turn(18.0, (1, 0, 0))]
    motions += [turn(_SPREAD[ray - 1] + pose.spread[ray - 1], (0, 0, 1)), shift(_BASES[ray - 1])]
    return chained(*motions)


def _at(motion: Motion, y: float) -> Place:
    return as_place(motion(np.array([[0.0, y, 0.0]]))[0])
