"""A worn joint: narrowed, its bone ends dense and rimmed with spurs, with cysts beneath."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from densexplain.phantom.abnormalities.altered import Altered, Setting, plain, waves
from densexplain.phantom.abnormalities.course import Vector
from densexplain.phantom.abnormalities.forms import ball, flattened, turned
from densexplain.phantom.abnormalities.joints import Joint, beyond, well_formed
from densexplain.phantom.abnormalities.lesion import clipped
from densexplain.phantom.abnormalities.sawing import carried
from densexplain.phantom.physics.materials import Material
from densexplain.phantom.skeleton.bone import Bone
from densexplain.phantom.skeleton.limb import Body, Limb, shift
from densexplain.phantom.solids.surface import Motion, Surface, above, as_place, joined


@dataclass(frozen=True)
class JointEnd:
    """The end of a bone at a joint.

    Parameters
    ----------
    bone
        Which.
    place
        Where its surface meets the axis of the joint.
    out
        Along that axis, out of the bone.
    side, front
        Across the axis.
    half_width, half_depth
        Half the extent of the bone end across.
    """

    bone: Bone
    place: Vector
    out: Vector
    side: Vector
    front: Vector
    half_width: float
    half_depth: float


def ends_of(limb: Limb, joint: Joint) -> tuple[JointEnd, JointEnd]:
    """Measure the near and the far bone's end at a joint."""
    side = np.cross(joint.axis, (0.0, 0.0, 1.0))
    side = side / np.linalg.norm(side) if np.linalg.norm(side) > 0.2 else np.array([1.0, 0.0, 0.0])
    front = np.cross(side, joint.axis)
    found = []
    for name, out in ((joint.near, joint.axis), (joint.far, -joint.axis)):
        bone = limb.bone(name)
        from_it = bone.whole.vertices - joint.place
        deep = -(from_it @ out)
        close = from_it[(deep < 8.0) & (np.linalg.norm(from_it, axis=1) < 28.0)]
        extent = np.ptp(close @ np.column_stack([side, front]), axis=0) / 2
        place = joint.place - out * joint.gap_mm / 2
        found.append(JointEnd(bone, place, out, side, front, float(extent[0]), float(extent[1])))
    return found[0], found[1]


def far_moved(setting: Setting, joint: Joint, motion: Motion) -> tuple[Limb, list[str]]:
    """Move the far bone of a joint, and what hangs on it."""
    names = beyond(setting.joints, setting.limb, joint.near, joint.place, joint.axis) | {joint.far}
    hanging = beyond(setting.joints, setting.limb, joint.far, joint.place, joint.axis) | {joint.far}
    if joint.near in hanging:
        hanging = names
    moved = [bone for bone in setting.limb.bones if bone.name in hanging]
    kept = [bone for bone in setting.limb.bones if bone.name not in hanging]
    return carried(setting.limb, moved, kept, motion), sorted(hanging)


def degeneration(setting: Setting) -> Altered:
    """Wear a joint out."""
    joint = setting.choose_joint(well_formed)
    near, far = ends_of(setting.limb, joint)
    narrowing = setting.scaled(0.08, 0.8) * joint.gap_mm
    motion = shift(as_place(-joint.axis * narrowing))
    limb, moved = far_moved(setting, joint, motion)
    far = replace(far, bone=limb.bone(joint.far), place=motion(far.place[None])[0])
    bodies: list[Body] = []
    size = (near.half_width + far.half_width) / 2
    spur = 0.0
    for end in (near, far):
        bodies += _sclerosis(setting, end)
        for sign in (-1.0, 1.0):
            length = setting.scaled(0.05, setting.chance(0.2, 0.45)) * min(size, 10.0)
            spur = max(spur, length)
            bodies.append(Body("osteophyte", _osteophyte(setting, end, sign, length), Material.CORTICAL_BONE))
        cyst = _cyst(setting, end, size)
        bodies.append(Body("cyst", cyst, Material.SOFT_TISSUE, Material.SPONGY_BONE))
    radii = (size * 1.2 + spur, max(near.half_depth, far.half_depth) * 1.2 + spur, joint.gap_mm / 2 + 0.55 * size + 2.0)
    site = ball(joint.place, radii, np.array([near.side, near.front, joint.axis]))
    record: dict[str, object] = {
        "bones": [joint.near, joint.far],
        "gap_mm": round(joint.gap_mm - narrowing, 3),
        "narrowing_mm": round(narrowing, 3),
        "osteophyte_mm": round(spur, 3),
        "place": plain(joint.place),
        "moved": moved,
    }
    return Altered(replace(limb, bodies=(*limb.bodies, *bodies)), (site,), record)


def _sclerosis(setting: Setting, end: JointEnd) -> list[Body]:
    """Dense bone under the joint surface, fading with depth."""
    deep = setting.scaled(0.1, setting.chance(0.25, 0.45)) * end.half_width + 0.8
    inner, noise = end.bone.inner, waves(setting.rng, 0.6 * end.half_width)
    layers = []
    for part in (0.45, 0.75, 1.0):
        depth = (inner.vertices - end.place) @ end.out + deep * part + 0.22 * deep * noise(inner.vertices)
        layer = above(inner, depth)
        for direction in (end.side, -end.side):  # not at the next joint of the same bone
            if len(layer.triangles):
                layer = above(layer, end.half_width * 1.2 + 1.0 - (layer.vertices - end.place) @ direction)
        if len(layer.triangles):  # nor along the shaft, where the joint leans
            reach = 1.7 * max(end.half_width, end.half_depth) + 2.0
            layer = above(layer, reach - np.linalg.norm(layer.vertices - end.place, axis=1))
        layers.append(flattened(layer, end.place, end.front, setting.scaled(0.03, 0.11)))
    return [Body("subchondral sclerosis", joined(layers), Material.CORTICAL_BONE, Material.SPONGY_BONE)]


def _osteophyte(setting: Setting, end: JointEnd, sign: float, length: float) -> Surface:
    """Spur at the rim of a joint surface, drawn out sideways and towards the joint."""
    places = end.bone.whole.vertices
    from_it = places - end.place
    level = sign * end.side + setting.chance(-0.5, 0.5) * end.front
    level /= np.linalg.norm(level)
    rim = np.abs(from_it @ end.out + 0.28 * end.half_width) < max(0.3 * end.half_width, 1.5)
    rim &= np.linalg.norm(from_it, axis=1) < 2.0 * end.half_width + 4.0
    if not rim.any():
        rim = np.ones(len(places), bool)
    root = places[rim][np.argmax(from_it[rim] @ level)]
    direction = 0.75 * level + setting.chance(0.4, 0.75) * end.out
    direction /= np.linalg.norm(direction)
    thick = 0.55 * length + 0.35
    rows = [(-0.5, 0.8), (-0.1, 1.0), (0.35, 0.75), (0.8, 0.4), (1.0, 0.1)]
    profile = [(share * (thick if share < 0 else length), part * thick) for share, part in rows]
    return turned(root, direction, np.array(profile))


def _cyst(setting: Setting, end: JointEnd, size: float) -> Surface:
    """Small hole under the joint surface."""
    radius = setting.scaled(0.03, setting.chance(0.08, 0.22)) * size + 0.2
    aside = setting.chance(-0.5, 0.5) * end.half_width
    centre = end.place - end.out * (radius + 0.12 * size + 0.6) + aside * end.side
    return clipped(ball(centre, (radius, radius, radius)), centre, end.bone.inner)
