"""Every extremity can be seen in every projection, as one patient's and in its place."""

from itertools import product

import numpy as np
import pytest

from densexplain.phantom.patient import Patient
from densexplain.phantom.physics.radiography import cast_shadow
from densexplain.phantom.skeleton.arm import build_elbow
from densexplain.phantom.skeleton.limb import turn
from densexplain.phantom.solids.topology import Topology
from densexplain.phantom.views import VIEWS, pose_limb
from densexplain.vocabulary import ExtremityType, Projection

pytestmark = pytest.mark.slow

ALL = list(product(ExtremityType, Projection))


def _posed(extremity, projection, seed):
    rng = np.random.default_rng(seed)
    return pose_limb(extremity, projection, Patient.drawn(rng), rng)


def test_the_table_is_whole():
    assert set(VIEWS) == set(ALL)


@pytest.mark.parametrize(("extremity", "projection"), ALL)
def test_a_posed_limb_has_bone_in_the_middle_of_its_radiograph(extremity, projection):
    limb, framing = _posed(extremity, projection, 5)
    projector = framing.projector(64)
    shadow = cast_shadow(limb, framing.motion, projector, 45.0, 1)
    rows, columns = shadow.bone_mm.shape
    assert rows == 64
    middle = shadow.bone_mm[rows // 3 : -rows // 3, columns // 3 : -columns // 3]
    assert (middle > 1.0).mean() > 0.15
    assert (shadow.bone_mm > 0).mean() < 0.8
    assert (shadow.soft > 0.05)[shadow.bone_mm > 2.0].mean() > 0.97


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("extremity", [ExtremityType.HAND, ExtremityType.SHOULDER])
def test_every_surface_of_either_side_is_closed_and_right_side_out(extremity, seed):
    limb, framing = _posed(extremity, Projection.FRONTAL, seed)
    for bone in limb.bones:
        seen = bone.mapped(framing.motion)
        assert seen.whole.volume_mm3 > seen.inner.volume_mm3 > seen.cavity.volume_mm3 >= 0, bone.name
        known, found = bone.whole.edges, Topology(bone.whole.triangles).edges
        np.testing.assert_array_equal(known[np.lexsort(known.T)], found[np.lexsort(found.T)])


def test_a_seed_gives_the_same_limb_and_another_seed_another():
    (one, first), (again, second), (other, _) = (
        _posed(ExtremityType.ELBOW, Projection.FRONTAL, seed) for seed in (1, 1, 2)
    )
    vertices = [limb.bone("ulna").whole.vertices for limb in (one, again, other)]
    np.testing.assert_array_equal(vertices[0], vertices[1])
    assert not np.array_equal(vertices[0], vertices[2])
    assert (first.centre, first.field_mm) == (second.centre, second.field_mm)


def test_the_other_sides_limb_is_its_mirror_image():
    limb = build_elbow()
    still = np.zeros((1, 3))
    other = Patient(1.0, True, still, still, np.zeros(1)).own(limb)
    assert other.bone("radius").landmarks["elbow"][0] == -limb.bone("radius").landmarks["elbow"][0]
    assert other.bone("humerus").whole.volume_mm3 == pytest.approx(limb.bone("humerus").whole.volume_mm3)


def test_the_other_side_is_turned_the_other_way():
    places = np.array([[10.0, 20.0, 5.0]])
    rng = np.random.default_rng(3)
    patient = Patient.drawn(rng)
    motion = turn(30.0, (0, 1, 0))
    side = np.array([-1.0 if patient.mirrored else 1.0, 1.0, 1.0])
    np.testing.assert_allclose(patient.own_motion(motion)(places * side), motion(places) * side)


def test_both_sides_and_many_sizes_are_drawn():
    rng = np.random.default_rng(0)
    patients = [Patient.drawn(rng) for _ in range(300)]
    assert 0.4 < np.mean([patient.mirrored for patient in patients]) < 0.6
    sizes = [patient.size for patient in patients]
    assert np.mean(sizes) == pytest.approx(1.0, abs=0.02)
    assert np.std(sizes) == pytest.approx(0.07, abs=0.01)


def test_a_patients_bones_are_bent_by_at_most_a_millimetre_and_a_half():
    rng = np.random.default_rng(4)
    limb = build_elbow()
    for _ in range(5):
        patient = Patient.drawn(rng)
        own = patient.own(limb).bone("ulna").whole.vertices / patient.size
        side = np.array([-1.0 if patient.mirrored else 1.0, 1.0, 1.0])
        moved = np.linalg.norm(own * side - limb.bone("ulna").whole.vertices, axis=1)
        assert 0.1 < moved.max() <= 1.5


def test_a_lateral_elbow_is_bent_and_a_frontal_one_is_not():
    bends = {}
    for projection in (Projection.FRONTAL, Projection.LATERAL):
        limb, _ = _posed(ExtremityType.ELBOW, projection, 6)
        marks = limb.bone("ulna").landmarks, limb.bone("humerus").landmarks
        forearm = np.subtract(marks[0]["middle"], marks[0]["elbow"])
        arm = np.subtract(marks[1]["middle"], marks[1]["elbow"])
        cosine = forearm @ arm / np.linalg.norm(forearm) / np.linalg.norm(arm)
        bends[projection] = 180 - np.degrees(np.arccos(cosine))
    assert bends[Projection.FRONTAL] < 25
    assert 75 < bends[Projection.LATERAL] < 115


@pytest.mark.parametrize(
    ("extremity", "upper", "lower"),
    [
        (ExtremityType.HAND, ("distal phalanx 3", "far"), ("radius", "wrist")),
        (ExtremityType.FOREARM, ("humerus", "elbow"), ("radius", "wrist")),
        (ExtremityType.ELBOW, ("humerus", "distal"), ("ulna", "elbow")),
        (ExtremityType.HUMERUS, ("humerus", "shoulder"), ("humerus", "elbow")),
        (ExtremityType.SHOULDER, ("clavicle", "middle"), ("humerus", "middle")),
    ],
)
def test_the_radiograph_is_upright(extremity, upper, lower):
    for seed in range(3):
        limb, framing = _posed(extremity, Projection.FRONTAL, seed)
        places = np.array([limb.bone(bone).landmarks[mark] for bone, mark in (upper, lower)])
        high, low = framing.motion(places)[:, 1]
        assert high < low - 20
