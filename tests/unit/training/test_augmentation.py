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


def test_zoom_is_about_the_centre_and_keeps_to_its_range():
    pixels = _dot_to_the_right()
    augmentation = Augmentation(False, 0, zoom=0.2)
    distances = []
    for seed in range(100):
        zoomed = augmentation.apply(pixels, np.random.default_rng(seed))
        rows, columns = np.indices(zoomed.shape)
        distances.append((zoomed * columns).sum() / zoomed.sum() - _MIDDLE)
        assert (zoomed * rows).sum() / zoomed.sum() == pytest.approx(_MIDDLE, abs=0.5)
    assert 0.79 * 23 < min(distances) < 0.85 * 23
    assert 1.15 * 23 < max(distances) < 1.21 * 23


def test_gamma_leaves_black_and_white_and_moves_the_greys_both_ways():
    pixels = np.array([[0, 0.25, 1]], np.float32)
    results = [Augmentation(False, 0, gamma=1.0).apply(pixels, np.random.default_rng(seed))[0] for seed in range(100)]
    assert {(black, white) for black, _, white in results} == {(0, 1)}
    greys = [grey for _, grey, _ in results]
    assert 0.25**2 <= min(greys) < 0.08
    assert 0.45 < max(greys) <= 0.25**0.5


@pytest.mark.parametrize("settings", [{"zoom": -0.1}, {"zoom": 1}, {"gamma": -1}, {"gamma": 3}], ids=str)
def test_impossible_zooms_and_exposures_are_refused(settings):
    with pytest.raises(OptionError, match=next(iter(settings))):
        Augmentation(**settings)
