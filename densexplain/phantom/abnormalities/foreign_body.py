"""A foreign body in the soft tissue."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import KDTree

from densexplain.phantom.abnormalities.altered import Altered, Setting, plain
from densexplain.phantom.abnormalities.course import Vector
from densexplain.phantom.abnormalities.forms import ball, circle, swept
from densexplain.phantom.abnormalities.screws import pin
from densexplain.phantom.physics.materials import Material
from densexplain.phantom.skeleton.limb import Body, Flesh
from densexplain.phantom.solids.surface import Surface

_KINDS = ("glass splinter", "needle", "pellet", "ring fragment", "metal chip")
_TRIES = 120


def foreign_body(setting: Setting) -> Altered:
    """Put a foreign body beside the bones."""
    kind = _KINDS[int(setting.rng.integers(len(_KINDS)))]
    place, room = _place(setting)
    axis = setting.rng.standard_normal(3) * np.array([1.0, 1.0, 0.35])
    axis /= np.linalg.norm(axis)
    size = float(np.clip(room * setting.chance(0.8, 1.3), 4.0, 9.0))
    surface, material = _form(setting, kind, place, axis, size)
    name = kind if material is Material.GLASS else f"hardware {kind}"
    body = Body(name, surface, material)
    record: dict[str, object] = {
        "bones": [],
        "type": kind,
        "material": material.value,
        "size_mm": plain(np.ptp(surface.vertices, axis=0)),
        "place": plain(place),
    }
    return Altered(replace(setting.limb, bodies=(*setting.limb.bodies, body)), (surface,), record)


def _place(setting: Setting) -> tuple[Vector, float]:
    """Find soft tissue off the bones in the image's plane, and how far it is to the nearest bone or skin."""
    bones = {bone.name: bone.whole.vertices[::6] for bone in setting.limb.bones}
    seen = np.concatenate([bones[name] for name in setting.names])
    parts = [part for part in setting.limb.flesh if _within(part, seen)] or list(setting.limb.flesh)
    tree, shadow = KDTree(np.concatenate(list(bones.values()))), KDTree(np.concatenate(list(bones.values()))[:, :2])
    number = setting.rng.integers(len(parts), size=_TRIES)
    share = setting.rng.uniform(0.05, 0.95, _TRIES)[:, None]
    start, end = (np.array([getattr(part, key) for part in parts])[number] for key in ("start", "end"))
    radius = np.array([(p.start_radius, p.end_radius, p.flatness) for p in parts])[number]
    wide = radius[:, 0] + share[:, 0] * (radius[:, 1] - radius[:, 0])
    off = np.sqrt(setting.rng.uniform(0.05, 1.0, _TRIES)) * 0.85 * wide
    along = end - start
    across = np.column_stack([-along[:, 1], along[:, 0], np.zeros(_TRIES)])
    across /= np.maximum(np.linalg.norm(across, axis=1, keepdims=True), 1e-6)
    turns = setting.rng.uniform(0.0, 2.0 * np.pi, _TRIES)
    places = start + share * along + (off * np.cos(turns))[:, None] * across
    places[:, 2] += off * np.sin(turns) * radius[:, 2] * 0.8
    clear, seen_clear = tree.query(places)[0], shadow.query(places[:, :2])[0]
    room = np.minimum(clear, wide - off + 1.0)
    near_focus = np.linalg.norm((places - setting.focus)[:, :2], axis=1)
    score = np.minimum(room, 3.5) + 0.5 * np.minimum(seen_clear, 3.0) - 0.05 * near_focus
    score += setting.rng.uniform(0.0, 8.0, _TRIES)
    best = int(np.argmax(np.where((clear > 2.0) & setting.seen(places), score, score - 100.0)))
    return places[best], float(max(room[best], 1.5))


def _within(part: Flesh, seen: NDArray[np.float64]) -> bool:
    """Whether soft tissue lies beside bones that are seen."""
    middle = (np.array(part.start) + np.array(part.end)) / 2
    reach = max(part.start_radius, part.end_radius)
    return bool((np.linalg.norm(seen - middle, axis=1) < reach).any())


def _form(setting: Setting, kind: str, place: Vector, axis: Vector, size: float) -> tuple[Surface, Material]:
    """Draw it; `size` is about half its length when it is plain."""
    if kind == "pellet":
        radius = setting.scaled(0.35, min(0.5 * size, 2.2))
        return ball(place, (radius, radius, radius)), Material.LEAD
    half = setting.scaled(1.5, max(size, 3.5))
    if kind == "needle":
        return pin(
            np.array([place - axis * half * 1.6, place + axis * half * 1.6]), setting.scaled(0.18, 0.45)
        ), Material.STEEL
    if kind == "ring fragment":
        angle = np.linspace(0.0, setting.chance(2.2, 4.0), 16)
        across = np.cross(axis, (0.0, 0.0, 1.0)) + 1e-3
        across /= np.linalg.norm(across)
        line = place + 0.7 * half * (np.cos(angle)[:, None] * axis + np.sin(angle)[:, None] * across)
        return swept(line, circle(setting.scaled(0.3, 0.9), 8)), Material.STEEL
    corners = np.sort(setting.rng.uniform(0.0, 2.0 * np.pi, 3) * 0.2 + np.arange(3) * 2.1)
    outline = np.column_stack([np.cos(corners), 0.7 * np.sin(corners)])
    long = 1.0 if kind == "glass splinter" else 0.6
    taper = np.array([0.5, 1.0, 0.8, 0.1])[:, None, None] * outline * half * 0.46
    line = place + np.array([-1.0, -0.4, 0.3, 1.0])[:, None] * axis * half * long
    return swept(line, taper), Material.GLASS if kind == "glass splinter" else Material.STEEL
