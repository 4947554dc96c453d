"""A joint out of place: the far bone and what hangs on it shifted and turned."""

from __future__ import annotations

import numpy as np

from densexplain.phantom.abnormalities.altered import Altered, Setting, plain
from densexplain.phantom.abnormalities.degeneration import ends_of, far_moved
from densexplain.phantom.abnormalities.forms import ball
from densexplain.phantom.abnormalities.joints import well_formed
from densexplain.phantom.skeleton.limb import chained, shift, turn
from densexplain.phantom.solids.surface import as_place


def subluxation(setting: Setting) -> Altered:
    """Put a joint out of place."""
    joint = setting.choose_joint(well_formed)
    near, far = ends_of(setting.limb, joint)
    sign = 1.0 if setting.chance() < 0.5 else -1.0
    level = sign * near.side + setting.chance(-0.45, 0.45) * near.front
    level /= np.linalg.norm(level)
    width = 2.0 * min(near.half_width, far.half_width)
    aside = setting.scaled(0.1, setting.chance(0.6, 1.0)) * width
    # Once the joint surfaces have parted, the muscles draw the far bone up beside the near one.
    shorter = max(aside / width - 0.55, 0.0) * setting.chance(0.2, 0.9) * width
    angle = sign * setting.scaled(3.0, setting.chance(5.0, 30.0))
    motion = chained(
        turn(angle, as_place(near.front), as_place(joint.place)),
        shift(as_place(aside * level - shorter * joint.axis)),
    )
    limb, moved = far_moved(setting, joint, motion)
    deep = max(near.half_depth, far.half_depth) + 2.0
    long = 0.55 * width + joint.gap_mm
    axes = np.array([near.side, near.front, joint.axis])
    stays = ball(near.place, (near.half_width * 1.15 + 1.5, deep, long), axes)
    goes = ball(far.place, (far.half_width * 1.15 + 1.5, deep, long), axes).mapped(motion)
    record: dict[str, object] = {
        "bones": [joint.near, joint.far],
        "shift_mm": round(aside, 3),
        "shortening_mm": round(shorter, 3),
        "angle_degrees": round(angle, 3),
        "place": plain(joint.place),
        "moved": moved,
    }
    return Altered(limb, (stays, goes), record)
