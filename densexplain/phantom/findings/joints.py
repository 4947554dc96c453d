"""Which bones of a limb meet, where, and what lies beyond: from their surfaces alone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from scipy.spatial import KDTree

from densexplain.phantom.bone import Bone
from densexplain.phantom.findings.course import Vector
from densexplain.phantom.limb import Limb
from densexplain.phantom.surface import Surface, Vectors

_REACH_MM = 6.0
"""Bones whose surfaces come nearer than this meet."""

_MARGIN_MM = 9.0
"""Round the box that two bones share, within which their surfaces are compared."""

_COARSE = 6
"""Every how many vertices are looked at first."""

_SOME = 5
"""Every how many triangles are looked at where bones come near each other."""

_ROOTS = ("scapula", "humerus", "ulna", "radius")
"""Where a limb begins, the first that is there; else at its largest bone."""

_LONG = 1.7
"""Spread along the axis over that across, from which on a bone with a medullary cavity is a long one."""


@dataclass(frozen=True)
class Joint:
    """Two bones that meet.

    Parameters
    ----------
    near, far
        Names, the bone towards the trunk first.
    place
        Middle of the gap.
    axis
        Across the gap from `near` to `far`, length 1.
    gap_mm
        Where the gap is narrowest.
    in_line
        Whether the gap lies at the end of the bones, not between their sides.
    long
        How many of the two are long bones.
    """

    near: str
    far: str
    place: Vector
    axis: Vector
    gap_mm: float
    in_line: bool
    long: int


def well_formed(joint: Joint) -> bool:
    """Whether a joint is one of long bones, or of a long bone that fits closely to a short one."""
    return joint.long == 2 or (joint.long == 1 and joint.gap_mm < 1.6)


def root_of(limb: Limb) -> Vector:
    """Place where a limb begins: the end of its first bone that is farthest from the other bones."""
    named = [bone for name in _ROOTS for bone in limb.bones if bone.name == name]
    first = named[0] if named else max(limb.bones, key=lambda bone: len(bone.whole.vertices))
    others = [bone.whole.vertices.mean(axis=0) for bone in limb.bones if bone is not first]
    places = first.whole.vertices
    middle = np.mean(others, axis=0) if others else places.mean(axis=0) + np.array([0.0, -1.0, 0.0])
    return np.asarray(places[np.argmax(np.linalg.norm(places - middle, axis=1))], np.float64)


def find_joints(limb: Limb, root: Vector, reach_mm: float = _REACH_MM) -> tuple[Joint, ...]:
    """Find the bones that come near each other, the narrowest gap first."""
    bones = sorted(limb.bones, key=lambda bone: float(np.linalg.norm(bone.whole.vertices.mean(axis=0) - root)))
    coarse = [bone.whole.vertices[::_COARSE] for bone in bones]
    boxes = [(places.min(axis=0), places.max(axis=0)) for places in coarse]
    trees = [KDTree(places) for places in coarse]
    axes = [_axis(bone) for bone in bones]
    found = []
    for i, near in enumerate(bones):
        for j in range(i + 1, len(bones)):
            apart = np.maximum(boxes[i][0] - boxes[j][1], boxes[j][0] - boxes[i][1])
            if (apart > reach_mm).any():
                continue
            distance, _ = trees[i].query(coarse[j], distance_upper_bound=reach_mm + 2.0)
            if distance.min() < reach_mm + 1.0:
                low = np.maximum(boxes[i][0], boxes[j][0]) - _MARGIN_MM
                high = np.minimum(boxes[i][1], boxes[j][1]) + _MARGIN_MM
                joint = _joint(near, bones[j], (axes[i], axes[j]), (low, high))
                if joint.gap_mm < reach_mm:
                    found.append(joint)
    return tuple(sorted(found, key=lambda joint: joint.gap_mm))


def beyond(joints: Iterable[Joint], limb: Limb, bone: str, place: Vector, direction: Vector) -> frozenset[str]:
    """Bones that hang on the part of `bone` that lies beyond a place in a direction, `bone` left out."""
    lies = {b.name: bool((b.whole.vertices.mean(axis=0) - place) @ direction > 0) for b in limb.bones}
    links = [joint for joint in joints if joint.in_line]
    held: dict[str, tuple[float, str]] = {}
    for joint in links:  # by the bone that stays and lies nearest, as the wrist by the radius and not the ulna
        for name, holder in ((joint.near, joint.far), (joint.far, joint.near)):
            if holder == bone or not lies[holder]:
                held[name] = min(held.get(name, (np.inf, "")), (joint.gap_mm, holder))
    found: set[str] = set()
    waiting = [
        joint.far if joint.near == bone else joint.near
        for joint in links
        if bone in (joint.near, joint.far) and (joint.place - place) @ direction > 0
    ]
    while waiting:
        name = waiting.pop()
        if name in found or name == bone or not lies[name] or held.get(name, (0.0, bone))[1] != bone:
            continue
        found.add(name)
        waiting += [
            joint.far if joint.near == name else joint.near for joint in links if name in (joint.near, joint.far)
        ]
    return frozenset(found)


def _joint(near: Bone, far: Bone, axes: tuple[Vector | None, Vector | None], box: tuple[Vector, Vector]) -> Joint:
    """Measure the gap between two bones on all their vertices."""
    here, there = _facing(near.whole, far.whole, *box)
    distance, nearest = KDTree(there[0]).query(here[0])
    close = np.flatnonzero(distance < distance.min() + 1.0)
    opposite = nearest[close]
    gap = float(distance[close].mean())
    # The surfaces face each other there, even where the bones touch.
    axis = there[1][opposite].sum(axis=0) - here[1][close].sum(axis=0)
    axis = axis / max(float(np.linalg.norm(axis)), 1e-9)
    line = [abs(float(axis @ known)) for known in axes if known is not None]
    place = (here[0][close].mean(axis=0) + there[0][opposite].mean(axis=0)) / 2
    in_line = all(cosine > 0.64 for cosine in line)
    return Joint(near.name, far.name, place, axis, gap, in_line, sum(known is not None for known in axes))


def _facing(near: Surface, far: Surface, low: Vector, high: Vector) -> tuple[tuple[Vectors, Vectors], ...]:
    """Some triangles of the far and of the near surface within a box: middles and normals; of all if none lie there."""
    found = []
    for surface in (far, near):
        triangles = surface.triangles[::_SOME]
        first = surface.vertices[triangles[:, 0]]
        inside = ((first > low) & (first < high)).all(axis=1)
        a, b, c = (surface.vertices[corner] for corner in (triangles[inside] if inside.any() else triangles).T)
        found.append(((a + b + c) / 3, np.cross(b - a, c - a)))
    return tuple(found)


def _axis(bone: Bone) -> Vector | None:
    """Direction of a long bone; None for a short one."""
    values, axes = np.linalg.eigh(np.cov(bone.whole.vertices[::_COARSE].T))
    long = len(bone.cavity.triangles) > 0 and values[2] > _LONG**2 * values[1]
    return np.asarray(axes[:, 2], np.float64) if long else None
