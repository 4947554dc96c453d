"""Each abnormality changes a hand where it says it does, more so when it is plainer, and leaves every solid closed."""

import json
from functools import cache

import cv2
import numpy as np
import pytest

from densexplain.errors import OptionError
from densexplain.phantom.abnormalities.altered import Altered
from densexplain.phantom.abnormalities.apply import apply_abnormality
from densexplain.phantom.abnormalities.course import follow
from densexplain.phantom.abnormalities.forms import ball, rod, swept
from densexplain.phantom.abnormalities.joints import beyond, find_joints, root_of
from densexplain.phantom.abnormalities.screws import headless_screw, screw
from densexplain.phantom.physics.projection import Projector
from densexplain.phantom.physics.radiography import Beam, Caster, Shadow, cast_shadow, develop
from densexplain.phantom.skeleton.hand import build_hand
from densexplain.phantom.skeleton.limb import Limb, turn
from densexplain.phantom.solids.surface import above, cut, joined
from densexplain.vocabulary import Abnormality

pytestmark = pytest.mark.slow

DETECTOR = Projector(96, 80, 3.2, (64.0, 40.0))
VIEW = turn(0.0, (0, 1, 0))
FIELD = ((-120.0, -200.0), (120.0, 90.0))
MOVING = {Abnormality.FRACTURE, Abnormality.SUBLUXATION, Abnormality.DEGENERATION}
"""What moves bones also changes pixels where they go."""


@cache
def hand() -> Limb:
    return build_hand()


@cache
def altered(abnormality: Abnormality, severity: float, seed: int) -> Altered:
    return apply_abnormality(part_of_hand(), abnormality, severity, np.random.default_rng(seed), None, FIELD)


@cache
def part_of_hand() -> Limb:
    """One ray, the bones it hangs on and all of the soft tissue: enough, and quicker to draw."""
    names = {"radius", "scaphoid", "lunate", "capitate"}
    bones = tuple(bone for bone in hand().bones if bone.name in names or bone.name.endswith(" 3"))
    return Limb(bones, hand().flesh)


@cache
def caster() -> Caster:
    """One for all tests: what a finding leaves as it is, soft tissue and most bones, is followed once."""
    return Caster(VIEW, DETECTOR, 40.0, seed=1)


def shadow_of(limb: Limb) -> Shadow:
    return caster().pair(part_of_hand(), limb)[1]


@cache
def healthy() -> Shadow:
    return caster().shadow(part_of_hand())


def surfaces(found: Altered):
    yield from found.sites
    yield from (body.surface for body in found.limb.bodies)
    for bone in found.limb.bones:
        yield from (bone.whole, bone.inner, bone.cavity)


def change(found: Altered):
    return np.abs(shadow_of(found.limb).attenuation - healthy().attenuation)


def test_what_the_tests_share_is_what_each_would_have_cast_alone():
    limb = altered(Abnormality.FRACTURE, 0.7, 3).limb
    alone = cast_shadow(limb, VIEW, DETECTOR, 40.0, seed=1)
    np.testing.assert_allclose(shadow_of(limb).attenuation, alone.attenuation, atol=1e-9)


@pytest.mark.parametrize("severity", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("abnormality", list(Abnormality))
def test_a_finding_is_seen_and_every_solid_is_closed(abnormality, severity):
    found = altered(abnormality, severity, 5)
    for surface in surfaces(found):
        assert len(surface.edges) * 2 == len(surface.triangles) * 3
        assert np.isfinite(surface.vertices).all()
    assert found.sites
    assert all(site.volume_mm3 > 0 for site in found.sites)
    shadow = shadow_of(found.limb)
    assert np.isfinite(develop(shadow, Beam(), 2)).all()
    assert np.abs(shadow.attenuation - healthy().attenuation).max() > 1e-4
    assert sorted(bone.name for bone in found.limb.bones) == sorted(bone.name for bone in part_of_hand().bones)


@pytest.mark.parametrize("seed", [3, 5, 8])
@pytest.mark.parametrize(
    ("abnormality", "severity"),
    [(Abnormality.FRACTURE, 0.0), *((kind, 0.7) for kind in Abnormality if kind not in MOVING)],
)
def test_the_strongest_change_lies_in_the_shadow_of_the_sites(abnormality, severity, seed):
    found = altered(abnormality, severity, seed)
    sites = np.zeros((96, 80), np.uint8)
    for site in found.sites:
        sites |= (DETECTOR.path_length(site.mapped(VIEW)) > 0).astype(np.uint8)
    changed = change(found)
    assert cv2.dilate(sites, np.ones((5, 5), np.uint8))[np.unravel_index(changed.argmax(), changed.shape)]


@pytest.mark.parametrize("seed", [3, 5, 8])
@pytest.mark.parametrize("abnormality", sorted(MOVING))
def test_what_moves_bones_changes_its_site_too(abnormality, seed):
    found = altered(abnormality, 0.7, seed)
    sites = np.zeros((96, 80), bool)
    for site in found.sites:
        sites |= DETECTOR.path_length(site.mapped(VIEW)) > 0
    changed = change(found)
    assert changed[sites].max() > 0.3 * changed.max()  # of what a whole hand that lies elsewhere changes


@pytest.mark.parametrize("abnormality", list(Abnormality))
def test_a_plainer_finding_changes_more(abnormality):
    slight, plain = (
        sum(change(altered(abnormality, severity, seed)).sum() for seed in range(3)) for severity in (0, 1)
    )
    assert plain > slight


@pytest.mark.parametrize("abnormality", list(Abnormality))
def test_a_seed_gives_the_same_finding_and_its_record_can_be_kept(abnormality):
    one, again = (
        apply_abnormality(hand(), abnormality, 0.6, np.random.default_rng(11), ("radius", "lunate", "scaphoid"))
        for _ in range(2)
    )
    for first, second in zip(surfaces(one), surfaces(again), strict=True):
        np.testing.assert_array_equal(first.vertices, second.vertices)
    assert json.loads(json.dumps(one.record)) == again.record
    assert one.record["kind"] == abnormality
    assert one.record["severity"] == 0.6


@pytest.mark.parametrize("abnormality", list(Abnormality))
def test_a_finding_works_where_one_bone_is_seen(abnormality):
    for name in ("pisiform", "distal phalanx 5"):
        found = apply_abnormality(hand(), abnormality, 1.0, np.random.default_rng(2), (name,))
        assert all(len(surface.edges) * 2 == len(surface.triangles) * 3 for surface in surfaces(found))


def test_metal_can_be_told_apart_by_its_name():
    for kind in (Abnormality.PLATE, Abnormality.NAIL, Abnormality.WIRES, Abnormality.PROSTHESIS):
        bodies = altered(kind, 1.0, 5).limb.bodies
        assert bodies
        assert all(body.name.startswith("hardware") for body in bodies)
    for kind in (Abnormality.PLASTER, Abnormality.LYTIC_LESION, Abnormality.DEGENERATION):
        assert not any(body.name.startswith("hardware") for body in altered(kind, 1.0, 5).limb.bodies)


@pytest.mark.parametrize("severity", [-0.1, 1.01])
def test_a_severity_outside_its_range_is_refused(severity):
    with pytest.raises(OptionError, match="`severity` must be 0 to 1"):
        apply_abnormality(hand(), Abnormality.FRACTURE, severity, np.random.default_rng(1))


def test_bones_that_are_not_there_are_refused():
    with pytest.raises(OptionError, match="`bones` must name bones"):
        apply_abnormality(hand(), Abnormality.FRACTURE, 0.5, np.random.default_rng(1), ("femur",))


def test_bones_meet_at_their_joints():
    limb = hand()
    pairs = {frozenset((joint.near, joint.far)): joint for joint in find_joints(limb, root_of(limb))}
    knuckle = pairs[frozenset(("metacarpal 3", "proximal phalanx 3"))]
    assert (knuckle.near, knuckle.far) == ("metacarpal 3", "proximal phalanx 3")
    assert knuckle.in_line
    assert knuckle.axis[1] < -0.9  # up the finger
    assert not pairs[frozenset(("ulna", "radius"))].in_line
    assert frozenset(("metacarpal 3", "distal phalanx 3")) not in pairs


def test_a_finger_hangs_on_its_metacarpal_and_the_hand_on_the_radius():
    limb = hand()
    root = root_of(limb)
    joints = find_joints(limb, root)

    def hanging(name):
        course = follow(limb.bone(name), root)
        return beyond(joints, limb, name, course.centre(0.7 * course.length_mm), course.direction)

    assert hanging("metacarpal 3") == {"proximal phalanx 3", "middle phalanx 3", "distal phalanx 3"}
    assert {"lunate", "metacarpal 5", "distal phalanx 1"} <= hanging("radius")
    assert "ulna" not in hanging("radius")
    assert not hanging("ulna")


def test_the_course_of_a_bone_runs_outwards_along_it():
    limb = hand()
    course = follow(limb.bone("radius"), root_of(limb))
    assert course.direction[1] < -0.99
    assert course.length_mm == pytest.approx(242, abs=4)
    assert 5 < course.width(120.0) < 9
    assert 0 < course.inner(120.0) < course.depth(120.0)


def test_forms_have_the_volumes_of_the_solids_they_are():
    zero, up = np.zeros(3), np.array([0.0, 0.0, 10.0])
    assert ball(zero, (3.0, 4.0, 5.0)).volume_mm3 == pytest.approx(4 / 3 * np.pi * 60, rel=0.05)
    assert rod(zero, up, 2.0, 48).volume_mm3 == pytest.approx(np.pi * 40, rel=0.01)
    square = np.array([(1.0, 1.0), (-1.0, 1.0), (-1.0, -1.0), (1.0, -1.0)])
    assert swept(np.array([zero, up]), square).volume_mm3 == pytest.approx(40)
    assert 0 < screw(zero, up, 20.0, 1.5).volume_mm3 < np.pi * 1.5**2 * 24 * 1.4
    assert headless_screw(zero, up, 1.0).volume_mm3 > 0


def test_a_hollow_takes_its_volume_away():
    outer, inner = (ball(np.zeros(3), (radius,) * 3) for radius in (4.0, 3.0))
    shell = joined([outer, inner.turned()])
    assert shell.volume_mm3 == pytest.approx(outer.volume_mm3 - inner.volume_mm3)
    assert len(shell.edges) == len(outer.edges) + len(inner.edges)


def test_the_part_above_a_cut_is_the_upper_of_two():
    solid = ball(np.zeros(3), (4.0, 4.0, 4.0))
    side = solid.vertices[:, 1] - 0.7
    lower, upper = cut(solid, side)
    np.testing.assert_array_equal(above(solid, side).vertices, upper.vertices)
    assert lower.volume_mm3 + upper.volume_mm3 == pytest.approx(solid.volume_mm3)
    assert upper.vertices[:, 1].min() == pytest.approx(0.7)
