"""Mirroring half of the radiographs, and turning them within the limit."""

import math

import numpy as np
import pytest

from densexplain.errors import OptionError
from densexplain.training.augmentation import Augmentation

_SIDE = 65
_MIDDLE = 32


def _dot_to_the_right():
    pixels = np.zeros((_SIDE, _SIDE), np.float32)
    pixels[_MIDDLE - 1 : _MIDDLE + 2, 54:57] = 1
    return pixels


def _angle(pixels):
    """Direction from the centre to the bright dot, degrees, counter-clockwise from the right."""
    rows, columns = np.indices(pixels.shape)
    x = (pixels * columns).sum() / pixels.sum() - _MIDDLE
    y = _MIDDLE - (pixels * rows).sum() / pixels.sum()
    return math.degrees(math.atan2(y, x))


def test_the_defaults_are_the_papers():
    assert Augmentation() == Augmentation(lateral_inversion=True, rotation_degrees=30)


def test_nothing_allowed_changes_nothing():
    pixels = np.random.default_rng(0).random((5, 9), np.float32)
    same = Augmentation(False, 0).apply(pixels, np.random.default_rng(1))
    np.testing.assert_array_equal(same, pixels)


def test_half_of_the_radiographs_are_mirrored():
    pixels = np.arange(6, dtype=np.float32).reshape(2, 3)
    augmentation = Augmentation(True, 0)
    results = [augmentation.apply(pixels, np.random.default_rng(seed)) for seed in range(400)]
    mirrored = sum(np.array_equal(result, pixels[:, ::-1]) for result in results)
    plain = sum(np.array_equal(result, pixels) for result in results)
    assert mirrored + plain == 400
    assert 160 <= mirrored <= 240  # four standard deviations of a fair coin


def test_angles_fill_the_range_and_keep_to_it():
    augmentation = Augmentation(False, 30)
    angles = [_angle(augmentation.apply(_dot_to_the_right(), np.random.default_rng(seed))) for seed in range(200)]
    assert max(map(abs, angles)) <= 30.5
    assert min(angles) < -27
    assert max(angles) > 27
    assert abs(np.mean(angles)) < 5


def test_corners_turn_black_and_the_type_stays():
    turned = Augmentation(False, 30).apply(np.ones((40, 40), np.float32), np.random.default_rng(3))
    assert turned.dtype == np.float32
    assert turned[0, 0] == 0
    assert turned[20, 20] == pytest.approx(1)


def test_later_draws_do_not_depend_on_the_settings():
    left_over = []
    for augmentation in (Augmentation(True, 30), Augmentation(False, 0)):
        draw = np.random.default_rng(5)
        augmentation.apply(np.zeros((4, 4), np.float32), draw)
        left_over.append(draw.random())
    assert left_over[0] == left_over[1]


@pytest.mark.parametrize("degrees", [-1, 181, float("nan")])
def test_impossible_rotations_are_refused(degrees):
    with pytest.raises(OptionError, match="rotation_degrees"):
        Augmentation(rotation_degrees=degrees)
