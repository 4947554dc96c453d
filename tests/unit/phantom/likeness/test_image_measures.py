"""Measures of an image give what can be worked out by hand."""

import numpy as np
import pytest

from densexplain.errors import ConstantImageError, OptionError, ShapeError
from densexplain.phantom.likeness.image_measures import (
    grey_histogram,
    histogram_distance,
    noise_level,
    spectrum_slope,
)


def noise(shape=(512, 512), deviation=1.0, seed=0):
    return deviation * np.random.default_rng(seed).standard_normal(shape)


def power_law(slope):
    """Noise whose power falls with the frequency to the given power."""
    v, u = np.fft.fftfreq(512)[:, None], np.fft.rfftfreq(512)[None, :]
    radius = np.maximum(np.hypot(u, v), 1 / 512)
    return np.fft.irfft2(np.fft.rfft2(noise()) * radius ** (slope / 2), s=(512, 512))


def test_each_grey_level_is_counted_once():
    np.testing.assert_array_equal(grey_histogram(np.array([0.0, 0.2, 0.3, 1.0]), bins=4), [0.5, 0.25, 0.0, 0.25])


def test_moving_all_pixels_by_a_quarter_is_a_distance_of_a_quarter():
    one, other = np.array([1.0, 0, 0, 0]), np.array([0, 1.0, 0, 0])
    assert histogram_distance(one, other) == 0.25
    assert histogram_distance(one, one) == 0.0


@pytest.mark.parametrize("slope", [0.0, -1.0, -2.0, -3.0])
def test_the_slope_of_a_power_law_is_found(slope):
    assert spectrum_slope(power_law(slope)) == pytest.approx(slope, abs=0.1)


def test_grey_offset_and_gain_do_not_change_the_slope():
    pixels = power_law(-2.0)
    assert spectrum_slope(5.0 + 0.1 * pixels) == pytest.approx(spectrum_slope(pixels), abs=1e-6)


@pytest.mark.parametrize("deviation", [0.002, 0.05])
def test_noise_is_found_under_a_ramp_and_an_edge(deviation):
    ramp = np.linspace(0.0, 0.5, 512)[:, None] + 0.4 * (np.arange(512) > 128)
    assert noise_level(ramp + noise(deviation=deviation)) == pytest.approx(deviation, rel=0.03)
    assert noise_level(ramp) == pytest.approx(0.0, abs=1e-12)


def test_noise_is_measured_only_within_the_mask():
    within = np.arange(512)[:, None] < np.full(512, 128)
    pixels = noise(deviation=0.01) * within
    assert noise_level(pixels, within) == pytest.approx(0.01, rel=0.05)
    assert noise_level(pixels, ~within) < 0.001


@pytest.mark.parametrize(
    ("measure", "arguments", "error"),
    [
        (grey_histogram, (np.zeros((4, 4)), 0), OptionError),
        (grey_histogram, (np.zeros((0, 4)),), OptionError),
        (histogram_distance, (np.zeros(4), np.zeros(5)), ShapeError),
        (spectrum_slope, (noise(), 0.2, 0.1), OptionError),
        (spectrum_slope, (noise((4, 4, 4)),), ShapeError),
        (spectrum_slope, (noise((3, 3)), 0.01, 0.02), ShapeError),
        (spectrum_slope, (np.ones((64, 64)),), ConstantImageError),
        (noise_level, (np.zeros((2, 9)),), ShapeError),
        (noise_level, (np.zeros((9, 9)), np.ones((8, 9), bool)), ShapeError),
        (noise_level, (np.zeros((9, 9)), np.zeros((9, 9), bool)), OptionError),
    ],
)
def test_what_cannot_be_measured_is_refused(measure, arguments, error):
    with pytest.raises(error):
        measure(*arguments)
