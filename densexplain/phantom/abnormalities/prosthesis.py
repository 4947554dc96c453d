"""A joint replaced by metal: a head and a tray on stems, the plastic between them unseen."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from densexplain.phantom.abnormalities.altered import Altered, Setting, plain
from densexplain.phantom.abnormalities.course import follow
from densexplain.phantom.abnormalities.degeneration import JointEnd, ends_of
from densexplain.phantom.abnormalities.forms import ball, circle, swept, turned
from densexplain.phantom.abnormalities.joints import well_formed
from densexplain.phantom.abnormalities.sawing import exchanged, plane, sawn
from densexplain.phantom.physics.materials import Material
from densexplain.phantom.skeleton.limb import Body
from densexplain.phantom.solids.surface import Surface


def prosthesis(setting: Setting) -> Altered:
    """Replace a joint."""
    joint = setting.choose_joint(well_formed)
    near, far = ends_of(setting.limb, joint)
    size = min(near.half_width, far.half_width)
    part, hinged = setting.chance(0.16, 0.26), setting.chance() < 0.4
    lost = part * 2.0 * size * setting.scaled(0.7, 1.0)
    near, far = _aligned(setting, near, far)
    cut_near = sawn(near.bone, plane(near.place - near.out * lost, near.out))[0]
    cut_far = sawn(far.bone, plane(far.place - far.out * lost * 0.7, far.out))[0]
    limb = exchanged(setting.limb, cut_near, cut_far)
    head = size * setting.scaled(0.5, 0.85)
    material = Material.STEEL if setting.severity > 0.4 else Material.TITANIUM
    bodies = [
        Body("hardware stem", _stem(setting, near, lost), Material.TITANIUM),
        Body("hardware stem", _stem(setting, far, lost * 0.7), Material.TITANIUM),
        Body("hardware head", _head(near, lost, head), material),
        Body("hardware tray", _tray(far, lost * 0.7, head, hinged), material),
    ]
    gone = ball(
        joint.place,
        (size * 1.25, size * 1.25, lost + joint.gap_mm / 2 + 0.5),
        np.array([near.side, near.front, joint.axis]),
    )
    record: dict[str, object] = {
        "bones": [joint.near, joint.far],
        "material": material.value,
        "type": "hinge" if hinged else "head and tray",
        "resected_mm": round(lost, 3),
        "head_mm": round(2 * head, 3),
        "place": plain(joint.place),
    }
    sites = (*(body.surface for body in bodies), gone)
    return Altered(replace(limb, bodies=(*limb.bodies, *bodies)), sites, record)


def _centred(setting: Setting, end: JointEnd) -> JointEnd:
    """Move the end of a long bone from where it meets the other bone to its own middle."""
    course = follow(end.bone, setting.root)
    if course.slenderness < 2.0:
        return end
    aside = course.centre(float(course.along(end.place[None])[0])) - end.place
    return replace(end, place=end.place + aside - (aside @ end.out) * end.out)


def _aligned(setting: Setting, near: JointEnd, far: JointEnd) -> tuple[JointEnd, JointEnd]:
    """Put both parts in line with the long bone, where the other one is short."""
    new_near, new_far = _centred(setting, near), _centred(setting, far)
    if new_far is far:
        new_far = replace(far, place=far.place + new_near.place - near.place)
    elif new_near is near:
        new_near = replace(near, place=near.place + new_far.place - far.place)
    return new_near, new_far


def _stem(setting: Setting, end: JointEnd, lost: float) -> Surface:
    """Taper into a bone from where it is cut."""
    course = follow(end.bone, setting.root)
    start = end.place - end.out * lost
    base = 0.4 * end.half_width
    if course.slenderness < 1.7:  # a peg, where there is no shaft
        rows = [(0.0, base * 0.7), (end.half_width * 0.8, base * 0.45), (end.half_width, base * 0.2)]
        return turned(start, -end.out, np.array(rows))
    at = float(course.along(start[None])[0])
    inward = 1.0 if at < course.length_mm / 2 else -1.0
    long = setting.scaled(0.3, 0.55) * min(course.length_mm, 9.0 * end.half_width)
    steps = np.linspace(0.0, long, 12)
    line = course.line(at + inward * steps)
    line = line + (start - line[0]) * np.exp(-steps / end.half_width)[:, None]
    held = np.array([max(course.inner(float(at + inward * step)), 0.8) for step in steps])
    radii = np.minimum(base * (1.0 - 0.62 * steps / long), 0.8 * np.minimum.accumulate(held))
    radii[-1] *= 0.6
    return swept(line, radii[:, None, None] * circle(1.0, 14))


def _head(end: JointEnd, lost: float, radius: float) -> Surface:
    """Dome on the near bone, flat towards the cut."""
    angle = np.linspace(0.0, np.pi / 2, 7)
    high = lost * 0.9 + 0.3 * radius
    rows = [(0.0, radius * 0.92), (0.12 * radius, radius)]
    rows += [(0.12 * radius + (high - 0.12 * radius) * np.sin(a), radius * max(np.cos(a), 0.03)) for a in angle[1:]]
    return turned(end.place - end.out * lost, end.out, np.array(rows), 20)


def _tray(end: JointEnd, lost: float, radius: float, hinged: bool) -> Surface:
    """Flat plate on the far bone; of a hinge also the pin."""
    thick = 0.22 * radius
    rows = np.array([(0.0, radius * 0.9), (0.03, radius), (thick, radius), (thick * 1.1, radius * 0.9)])
    if hinged:
        rows = np.array([*rows, (thick * 1.15, 0.3 * radius), (lost + thick, 0.24 * radius)])
    return turned(end.place - end.out * lost, end.out, rows, 20)
