"""Bones sawn apart, their parts moved with all that hangs on them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import KDTree

from densexplain.phantom.skeleton.bone import Bone
from densexplain.phantom.skeleton.limb import Flesh, Limb
from densexplain.phantom.solids.surface import Motion, Surface, Vectors, above, as_place, joined

_EVERY = 8
"""Every how many vertices are enough to say what lies near."""

Side = Callable[[Vectors], NDArray[np.float64]]
"""Approximate signed distance of places from a cut: shape (count, 3) to (count,), float64, millimetres."""


def sawn(bone: Bone, side: Side, kerf_mm: float = 0.0) -> tuple[Bone, Bone]:
    """Saw a bone in two, through cortex, spongy bone and cavity.

    Parameters
    ----------
    bone
        What is cut.
    side
        Where the cut runs.
    kerf_mm
        Bone lost between the parts.

    Returns
    -------
    tuple
        The part with `side` below zero and the part above, with its landmarks each.
    """
    return _kept(bone, lambda places: -side(places) - kerf_mm / 2), _kept(
        bone, lambda places: side(places) - kerf_mm / 2
    )


def merged(name: str, parts: Iterable[Bone]) -> Bone:
    """Put parts of a bone into one."""
    pieces = list(parts)
    whole, inner, cavity = (joined(getattr(piece, layer) for piece in pieces) for layer in ("whole", "inner", "cavity"))
    return Bone(name, whole, inner, cavity, {key: place for piece in pieces for key, place in piece.landmarks.items()})


def carried(limb: Limb, moved: Sequence[Bone], kept: Sequence[Bone], motion: Motion) -> Limb:
    """Move some bones, and the ends of the soft tissue that lie nearest to them.

    Parts of one name become one bone. What else lies in the rays stays.
    """
    near, far = _tree(kept), _tree(moved)

    def end(place: tuple[float, float, float]) -> tuple[float, float, float]:
        if far is None or (near is not None and near.query(place)[0] <= far.query(place)[0]):
            return place
        return as_place(motion(np.array([place]))[0])

    flesh: tuple[Flesh, ...] = tuple(replace(part, start=end(part.start), end=end(part.end)) for part in limb.flesh)
    parts: dict[str, list[Bone]] = {}
    for bone in (*kept, *(bone.mapped(motion) for bone in moved)):
        parts.setdefault(bone.name, []).append(bone)
    moved_bones = tuple(pieces[0] if len(pieces) == 1 else merged(name, pieces) for name, pieces in parts.items())
    return Limb(moved_bones, (*flesh, *_covering(moved_bones, flesh)), limb.bodies)


def exchanged(limb: Limb, *bones: Bone) -> Limb:
    """Put bones in the place of those of the same names."""
    new = {bone.name: bone for bone in bones}
    return replace(limb, bones=tuple(new.get(bone.name, bone) for bone in limb.bones))


def plane(place: NDArray[np.float64], normal: NDArray[np.float64]) -> Side:
    """Cut straight through a place.

    Parameters
    ----------
    place, normal
        Place on the cut in millimetres, and direction of length 1 across it; shape (3,), float64.
    """
    return lambda places: np.asarray((places - place) @ normal, np.float64)


def uneven_plane(place: NDArray[np.float64], normal: NDArray[np.float64], noise: Side, rough_mm: float) -> Side:
    """Cut through a place, uneven by a noise about a plane.

    Parameters
    ----------
    place, normal
        As in `plane`: shape (3,), float64, millimetres and length 1.
    noise
        Noise of about -1 to 1.
    rough_mm
        Factor of the noise.
    """
    return lambda places: np.asarray((places - place) @ normal + rough_mm * noise(places), np.float64)


def _covering(bones: Iterable[Bone], flesh: Sequence[Flesh]) -> list[Flesh]:
    """Soft tissue over the parts of bones that have come to lie outside it."""
    start, end = (np.array([getattr(part, key) for part in flesh]) for key in ("start", "end"))
    radii = np.array([(part.start_radius, part.end_radius) for part in flesh])
    axis = end - start
    length = np.maximum((axis**2).sum(axis=1), 1e-9)
    added = []
    for bone in bones:
        places = bone.whole.vertices[:: 4 * _EVERY]
        from_it = places[:, None] - start
        share = np.clip((from_it * axis).sum(axis=2) / length, 0.0, 1.0)
        away = np.linalg.norm((from_it - share[..., None] * axis)[..., :2], axis=2)
        bare = (away - radii[:, 0] - share * (radii[:, 1] - radii[:, 0])).min(axis=1) > -1.5
        if bare.sum() < 2:
            continue
        direction = np.linalg.eigh(np.cov(places.T))[1][:, 2]
        middle = places[bare].mean(axis=0)
        along = (places[bare] - middle) @ direction
        reach = (places - middle) @ direction
        near = places[(reach > along.min() - 2.0) & (reach < along.max() + 2.0)]
        middle = near.mean(axis=0)
        along = (near - middle) @ direction
        across = np.linalg.norm(near - middle - along[:, None] * direction, axis=1).max()
        low, high = middle + along.min() * direction, middle + along.max() * direction
        added.append(Flesh(as_place(low), as_place(high), across + 3.5, across + 3.5, 0.9, 2.0))
    return added


def _kept(bone: Bone, side: Side) -> Bone:
    def part(surface: Surface) -> Surface:
        return above(surface, side(surface.vertices)) if len(surface.triangles) else surface

    names = list(bone.landmarks)
    stays = side(np.array([bone.landmarks[name] for name in names]).reshape(-1, 3)) > 0
    marks = {name: bone.landmarks[name] for name, here in zip(names, stays, strict=True) if here}
    return Bone(bone.name, part(bone.whole), part(bone.inner), part(bone.cavity), marks)


def _tree(bones: Sequence[Bone]) -> KDTree | None:
    places = [bone.whole.vertices[::_EVERY] for bone in bones if len(bone.whole.vertices)]
    return KDTree(np.concatenate(places)) if places else None
