"""Motions of limbs: rigid ones fold into one and still go one after another."""

from __future__ import annotations

import numpy as np

from densexplain.phantom.skeleton.limb import RigidMotion, chained, shift, turn

PLACES = np.random.default_rng(1).normal(size=(20, 3)) * 30.0


def _one_after_another(motions, places):
    for motion in motions:
        places = motion(places)
    return places


def test_rigid_motions_fold_into_one():
    motions = (turn(35.0, (1, 2, -1), (4.0, -2.0, 9.0)), shift((3.0, 0.5, -7.0)), turn(-80.0, (0, 1, 0)))
    folded = chained(*motions)
    assert isinstance(folded, RigidMotion)
    np.testing.assert_allclose(folded(PLACES), _one_after_another(motions, PLACES), atol=1e-12)


def test_others_keep_their_place_among_them():
    motions = (turn(20.0, (0, 0, 1)), shift((1.0, 2.0, 3.0)), np.square, shift((0.0, 1.0, 0.0)), turn(9.0, (1, 0, 0)))
    np.testing.assert_allclose(chained(*motions)(PLACES), _one_after_another(motions, PLACES), atol=1e-9)


def test_a_turn_leaves_its_axis_and_lengths():
    about = (5.0, 6.0, 7.0)
    motion = turn(50.0, (0, 0, 1), about)
    np.testing.assert_allclose(motion(np.array([about, (5.0, 6.0, -20.0)])), [about, (5.0, 6.0, -20.0)], atol=1e-12)
    angle = np.deg2rad(50.0)
    np.testing.assert_allclose(motion(np.array([[6.0, 6.0, 7.0]])), [[5 + np.cos(angle), 6 + np.sin(angle), 7.0]])
