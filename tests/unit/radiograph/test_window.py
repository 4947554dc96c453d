"""A window spreads its range over black to white, and nothing else."""

from __future__ import annotations

import math

import numpy as np
import pytest

from densexplain.errors import OptionError
from densexplain.radiograph.window import Window, apply_window


def test_by_hand():
    pixels = np.array([[0.0, 0.3, 0.4], [0.5, 0.6, 1.0]], np.float32)
    windowed = apply_window(pixels, Window(level=0.5, width=0.4))  # 0.3 is black, 0.7 is white
    np.testing.assert_allclose(windowed, [[0.0, 0.0, 0.25], [0.5, 0.75, 1.0]], atol=1e-6)
    assert windowed.dtype == np.float32


def test_the_ends_of_a_window():
    assert Window(0.5, 0.4).low == pytest.approx(0.3)
    assert Window(0.5, 0.4).high == pytest.approx(0.7)


def test_the_full_window_changes_nothing():
    pixels = np.random.default_rng(2).random((20, 30)).astype(np.float32)
    np.testing.assert_array_equal(apply_window(pixels, Window()), pixels)
    assert (Window().low, Window().high) == (0.0, 1.0)  # the shortcut for the full window is no other one


@pytest.mark.parametrize("window", [Window(), Window(0.2, 0.1), Window(0.9, 3.0)])
def test_the_radiograph_is_left_as_it_is_and_the_result_lies_in_range(window):
    pixels = np.random.default_rng(2).random((20, 30)).astype(np.float32)
    before = pixels.copy()
    pixels.flags.writeable = False
    windowed = apply_window(pixels, window)
    np.testing.assert_array_equal(pixels, before)
    assert windowed.min() >= 0.0
    assert windowed.max() <= 1.0


@pytest.mark.parametrize(
    ("level", "width"), [(0.5, 0.0), (0.5, -1.0), (math.nan, 1.0), (0.5, math.inf), (0.5, math.nan)]
)
def test_a_window_without_a_range_is_refused(level, width):
    with pytest.raises(OptionError, match="width above 0"):
        Window(level, width)
