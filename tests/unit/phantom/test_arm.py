"""The arm and the shoulder have adult sizes, joints that do not touch, and bend where they should."""

import numpy as np
import pytest

from densexplain.phantom.skeleton.arm import ArmPose, build_elbow, build_forearm, build_humerus, build_shoulder
from densexplain.phantom.skeleton.rib_bones import ribs
from densexplain.phantom.skeleton.shoulder_bones import CLAVICLE_MM, SCAPULA_MM, clavicle, scapula
from densexplain.phantom.skeleton.upper_arm_bones import HUMERUS_MM, humerus

pytestmark = pytest.mark.slow

BUILDS = (build_elbow, build_forearm, build_humerus, build_shoulder)


def _extent(bone, axis):
    return np.ptp(bone.whole.vertices[:, axis])


def _near(bone, **places):
    """Vertices within 1.5 mm of the given coordinates."""
    kept = bone.whole.vertices
    for axis, place in places.items():
        kept = kept[np.abs(kept[:, "xyz".index(axis)] - place) < 1.5]
    return kept


@pytest.mark.parametrize("build", BUILDS)
def test_every_bone_is_closed_and_its_cortex_lies_inside(build):
    for bone in build().bones:
        assert bone.whole.volume_mm3 > bone.inner.volume_mm3 > bone.cavity.volume_mm3 >= 0, bone.name
        assert len(bone.whole.edges) * 2 == len(bone.whole.triangles) * 3


@pytest.mark.parametrize("build", BUILDS)
def test_no_bone_is_there_twice(build):
    names = [bone.name for bone in build().bones]
    assert len(names) == len(set(names))


def test_bones_are_as_long_as_an_adults():
    assert _extent(humerus(), 1) == pytest.approx(HUMERUS_MM, rel=0.02)
    assert pytest.approx(312, rel=0.05) == HUMERUS_MM
    assert _extent(scapula(), 1) == pytest.approx(SCAPULA_MM, rel=0.02)
    assert _extent(clavicle(), 0) == pytest.approx(CLAVICLE_MM, rel=0.02)
    assert _extent(build_elbow().bone("radius"), 1) == pytest.approx(242, rel=0.02)
    assert _extent(build_elbow().bone("ulna"), 1) == pytest.approx(264, rel=0.02)


def test_the_long_bones_have_a_medullary_cavity_and_the_flat_ones_none():
    assert humerus().cavity.volume_mm3 > 5000
    assert scapula().cavity.volume_mm3 == 0


def test_the_joint_spaces_of_the_elbow_are_one_to_five_millimetres_wide():
    limb = build_elbow()
    for name, x in (("radius", -9.0), ("ulna", 9.4)):
        joint = _near(limb.bone("humerus"), x=x, z=5.0)[:, 1].min() - _near(limb.bone(name), x=x, z=5.0)[:, 1].max()
        assert 1.0 <= joint <= 5.0, name


def test_the_joint_space_of_the_shoulder_is_one_to_five_millimetres_wide():
    limb = build_shoulder()
    head, socket = _near(limb.bone("humerus"), y=-1.0), _near(limb.bone("scapula"), y=-1.0)
    along = np.array([np.cos(np.deg2rad(33)), 0.0, -np.sin(np.deg2rad(33))])  # of the blade
    beside = np.array([along[2], 0.0, -along[0]])
    edge = (head @ along)[np.abs(head @ beside) < 1.5].max()
    assert 1.0 <= (socket @ along)[np.abs(socket @ beside) < 1.5].min() - edge <= 5.0


def test_there_is_room_under_the_acromion():
    limb = build_shoulder()
    roof = limb.bone("scapula").whole.vertices
    over = roof[(np.hypot(roof[:, 0], roof[:, 2]) < 15) & (roof[:, 1] > 0)]
    assert 5.0 <= over[:, 1].min() - 23.0 <= 15.0


def test_the_elbow_bends_the_forearm_forwards_and_leaves_the_humerus():
    straight, bent = build_elbow(), build_elbow(ArmPose(flexion=90.0))
    assert bent.bone("humerus").landmarks == straight.bone("humerus").landmarks
    wrist = bent.bone("radius").landmarks["wrist"]
    assert wrist[2] > straight.bone("radius").landmarks["wrist"][2] + 200
    assert wrist[1] == pytest.approx(243.0, abs=15)


def test_a_bent_forearm_stays_and_the_humerus_goes():
    straight, bent = build_forearm(), build_forearm(ArmPose(flexion=90.0))
    assert bent.bone("ulna").landmarks == straight.bone("ulna").landmarks
    assert bent.bone("humerus").landmarks["shoulder"][2] > 200


def test_pronation_carries_the_radius_about_the_ulna():
    rest, pronated = build_elbow(), build_elbow(ArmPose(pronation=80.0))
    assert pronated.bone("ulna").landmarks == rest.bone("ulna").landmarks
    assert pronated.bone("radius").landmarks["wrist"][2] > rest.bone("radius").landmarks["wrist"][2] + 15
    np.testing.assert_allclose(pronated.bone("radius").landmarks["elbow"], (-9.0, 233.0, 5.0), atol=0.1)


def test_the_arm_is_lifted_to_the_side_and_the_bent_one_points_outwards_when_turned_out():
    rest, lifted = build_shoulder(ArmPose(flexion=90.0)), build_shoulder(ArmPose(flexion=90.0, abduction=45.0))
    turned = build_shoulder(ArmPose(flexion=90.0, rotation=30.0))
    assert lifted.bone("humerus").landmarks["elbow"][0] < rest.bone("humerus").landmarks["elbow"][0] - 150
    assert lifted.bone("scapula").landmarks == rest.bone("scapula").landmarks
    np.testing.assert_allclose(turned.bone("humerus").landmarks["shoulder"], (0, 0, 0), atol=1e-9)
    assert turned.bone("radius").landmarks["wrist"][0] < rest.bone("radius").landmarks["wrist"][0] - 100


def test_the_ribs_lie_below_one_another():
    heights = [bone.landmarks["middle"][1] for bone in ribs()]
    assert len(heights) == 5
    assert heights == sorted(heights, reverse=True)
