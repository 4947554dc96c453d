"""Which bones of a limb meet, where, and what lies beyond: from their surfaces alone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import KDTree

from densexplain.phantom.abnormalities.course import Vector
from densexplain.phantom.skeleton.bone import Bone
from densexplain.phantom.skeleton.limb import Limb
from densexplain.phantom.solids.surface import Vectors

_REACH_MM = 6.0
"""Bones whose surfaces come nearer than this meet."""

_EVERY = 7
"""Every how many triangles or vertices are looked at."""

_ALONG = 0.64
"""Cosine between the gap and a long bone from which on the gap lies at its end."""

_ROOTS = ("scapula", "humerus", "ulna", "radius")
"""Where a limb begins, the first that is there; else at its largest bone."""

_STIFF = frozenset(f"metacarpal {ray}" for ray in (2, 3, 4, 5))
"""Their bases hardly move."""

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
    return joint.long == 2 or (joint.long == 1 and joint.gap_mm < 1.6 and not _STIFF & {joint.near, joint.far})


def root_of(limb: Limb) -> Vector:
    """Place where a limb begins: the end of its first bone that is farthest from the other bones."""
    named = [bone for name in _ROOTS for bone in limb.bones if bone.name == name]
    first = named[0] if named else max(limb.bones, key=lambda bone: len(bone.whole.vertices))
    others = [bone.whole.vertices[::_EVERY].mean(axis=0) for bone in limb.bones if bone is not first]
    places = first.whole.vertices
    middle = np.mean(others, axis=0) if others else places.mean(axis=0) + np.array([0.0, -1.0, 0.0])
    return np.asarray(places[np.argmax(np.linalg.norm(places - middle, axis=1))], np.float64)


def find_joints(limb: Limb, root: Vector, reach_mm: float = _REACH_MM) -> tuple[Joint, ...]:
    """Find the bones that come near each other, the narrowest gap first."""
    faces = [_face(bone) for bone in limb.bones]
    faces.sort(key=lambda face: float(np.linalg.norm(face.places.mean(axis=0) - root)))
    found = []
    for number, near in enumerate(faces):
        for far in faces[number + 1 :]:
            low, high = np.maximum(near.low, far.low), np.minimum(near.high, far.high)
            if (low - high < reach_mm).all():
                joint = _joint(near, far, low - reach_mm - 1.0, high + reach_mm + 1.0)
                if joint is not None and joint.gap_mm < reach_mm:
                    found.append(joint)
    return tuple(sorted(found, key=lambda joint: joint.gap_mm))


def beyond(joints: Iterable[Joint], limb: Limb, bone: str, place: Vector, direction: Vector) -> frozenset[str]:
    """Bones that hang on the part of `bone` that lies beyond a place in a direction, `bone` left out."""
    lies = {b.name: bool((b.whole.vertices.mean(axis=0) - place) @ direction > 0) for b in limb.bones}
    links = [joint for joint in joints if joint.in_line]
    found: set[str] = set()
    for joint in links:
        name = joint.far if joint.near == bone else joint.near
        if (
            bone in (joint.near, joint.far)
            and lies[name]
            and (joint.place - place) @ direction > 0
            and name not in found
        ):
            group = _linked(links, name, {other for other, there in lies.items() if there and other != bone})
            # By the bone that stays and holds most of it, as the hand by the radius and not the ulna.
            if _holder(links, group) == bone:
                found |= group
    return frozenset(found)


def _linked(links: Iterable[Joint], name: str, among: set[str]) -> set[str]:
    """Bones of a set that hang together with one of them."""
    links = list(links)
    group, waiting = set(), [name]
    while waiting:
        here = waiting.pop()
        if here in among and here not in group:
            group.add(here)
            waiting += [
                joint.far if joint.near == here else joint.near for joint in links if here in (joint.near, joint.far)
            ]
    return group


def _holder(links: Iterable[Joint], group: set[str]) -> str:
    """Bone outside a group that meets most of it, of two the nearer; empty if there is none."""
    gaps: dict[str, list[float]] = {}
    for joint in links:
        for name, holder in ((joint.near, joint.far), (joint.far, joint.near)):
            if name in group and holder not in group:
                gaps.setdefault(holder, []).append(joint.gap_mm)
    return max(gaps, key=lambda holder: (len(gaps[holder]), -min(gaps[holder])), default="")


@dataclass(frozen=True)
class _Face:
    """Some triangles of a bone: their middles and normals, the box round them, and its direction if it is long."""

    name: str
    places: Vectors
    normals: Vectors
    low: Vector
    high: Vector
    axis: Vector | None


def _face(bone: Bone) -> _Face:
    a, b, c = (bone.whole.vertices[corner] for corner in bone.whole.triangles[::_EVERY].T)
    places = (a + b + c) / 3
    values, axes = np.linalg.eigh(np.cov(places.T))
    long = len(bone.cavity.triangles) > 0 and values[2] > _LONG**2 * values[1]
    axis = axes[:, 2] if long else None
    return _Face(bone.name, places, np.cross(b - a, c - a), places.min(axis=0), places.max(axis=0), axis)


def _joint(near: _Face, far: _Face, low: Vector, high: Vector) -> Joint | None:
    """Measure the gap between two bones within a box; None if one does not reach into it."""
    here, there = (_within(face.places, low, high) for face in (far, near))
    if not len(here) or not len(there):
        return None
    distance, nearest = KDTree(near.places[there], balanced_tree=False).query(far.places[here])
    close = np.flatnonzero(distance < distance.min() + 1.0)
    gap = float(distance[close].mean())
    here, there = here[close], there[nearest[close]]
    # The surfaces face each other there, even where the bones touch.
    axis = near.normals[there].sum(axis=0) - far.normals[here].sum(axis=0)
    axis = axis / max(float(np.linalg.norm(axis)), 1e-9)
    known = [face.axis for face in (near, far) if face.axis is not None]
    place = (far.places[here].mean(axis=0) + near.places[there].mean(axis=0)) / 2
    in_line = all(abs(float(axis @ direction)) > _ALONG for direction in known)
    return Joint(near.name, far.name, place, axis, gap, in_line, len(known))


def _within(places: Vectors, low: Vector, high: Vector) -> NDArray[np.intp]:
    inside = np.ones(len(places), bool)
    for axis in range(3):
        inside &= (places[:, axis] > low[axis]) & (places[:, axis] < high[axis])
    return np.flatnonzero(inside)
