"""The hand has its bones in their places, and a radiograph of it looks like one."""

import numpy as np
import pytest

from densexplain.errors import ShapeError
from densexplain.phantom.physics.materials import Material
from densexplain.phantom.physics.projection import Projector
from densexplain.phantom.physics.radiography import Beam, cast_shadow, develop, display_of
from densexplain.phantom.skeleton.hand import HandPose, build_hand
from densexplain.phantom.skeleton.limb import Body, turn
from densexplain.phantom.solids.solids import Grid, Station, rounded_box, shaft

pytestmark = pytest.mark.slow

DETECTOR = Projector(160, 120, 1.0, (90.0, 60.0))
FRONTAL = turn(0.0, (0, 1, 0))


def test_a_hand_has_twenty_seven_bones_beside_the_forearm():
    names = [bone.name for bone in build_hand().bones]
    assert len(names) == len(set(names)) == 27 + 2
    assert {"radius", "ulna", "scaphoid", "metacarpal 3", "distal phalanx 1"} <= set(names)
    assert "middle phalanx 1" not in names


def test_every_bone_is_closed_and_its_cortex_lies_inside():
    for bone in build_hand().bones:
        assert bone.whole.volume_mm3 > bone.inner.volume_mm3 > bone.cavity.volume_mm3 >= 0, bone.name
        assert len(bone.whole.edges) * 2 == len(bone.whole.triangles) * 3


def test_a_bent_finger_is_shorter_in_a_frontal_radiograph():
    straight = build_hand().bone("distal phalanx 3").landmarks["far"]
    bent = build_hand(HandPose(flexion=((40.0, 60.0, 30.0),) * 5)).bone("distal phalanx 3").landmarks["far"]
    assert bent[1] > straight[1] + 20
    assert bent[2] > straight[2] + 20  # towards the palm


def test_bone_is_brighter_than_soft_tissue_and_soft_tissue_than_air():
    shadow = cast_shadow(build_hand(), FRONTAL, DETECTOR, 40.0, seed=1)
    pixels = develop(shadow, Beam(), seed=1)
    assert pixels.shape == (160, 120)
    assert pixels.min() >= 0.0
    assert pixels.max() <= 1.0
    air, bone = shadow.soft == 0, shadow.bone_mm > 8
    flesh = (shadow.soft > 0.2) & (shadow.bone_mm == 0)
    assert pixels[air].mean() + 0.03 < pixels[flesh].mean() < pixels[bone].mean() - 0.1


def test_a_seed_gives_the_same_radiograph_and_another_seed_another():
    one, again, other = (
        develop(cast_shadow(build_hand(), FRONTAL, DETECTOR, 40.0, seed), Beam(), seed) for seed in (3, 3, 4)
    )
    np.testing.assert_array_equal(one, again)
    assert not np.array_equal(one, other)


def test_a_foreign_body_changes_the_radiograph_only_where_it_lies():
    limb = build_hand()
    pin = Grid.of(rounded_box((0, 30, 0), (1.5, 12, 1.5), 0.5), (-4, 15, -4), (4, 45, 4), 0.5).surface()
    body = Body("pin", pin, Material.STEEL)
    without = cast_shadow(limb, FRONTAL, DETECTOR, 40.0, seed=2)
    within = cast_shadow(type(limb)(limb.bones, limb.flesh, (body,)), FRONTAL, DETECTOR, 40.0, seed=2)
    display = display_of(without, Beam())
    changed = develop(without, Beam(), 2, display) != develop(within, Beam(), 2, display)
    rows, columns = np.nonzero(within.bodies_mm["pin"])
    reach = 9  # of the kernels of blur and sharpening
    assert changed.any()
    assert not changed[: rows.min() - reach].any()
    assert not changed[rows.max() + reach + 1 :].any()
    assert not changed[:, : columns.min() - reach].any()
    assert not changed[:, columns.max() + reach + 1 :].any()


def test_a_bone_that_is_not_there_is_not_found():
    with pytest.raises(KeyError):
        build_hand().bone("femur")


def test_stations_must_rise():
    with pytest.raises(ShapeError, match="by rising y"):
        shaft([Station(1.0, 5.0, 5.0), Station(1.0, 4.0, 4.0)])
