"""The network's input, checked by hand and against plain NumPy averaging."""

from __future__ import annotations

import numpy as np
import pytest

from densexplain.errors import OptionError, ShapeError
from densexplain.radiograph.preprocessing import InputSpecification, prepare, resize_to_square
from densexplain.vocabulary import ResizeMode


def _random(rows: int, columns: int) -> np.ndarray:
    return np.random.default_rng(1).random((rows, columns)).astype(np.float32)


def _block_mean(pixels: np.ndarray, down: int, across: int) -> np.ndarray:
    rows, columns = pixels.shape
    return pixels.reshape(rows // down, down, columns // across, across).mean(axis=(1, 3))


def test_three_equal_channels_normalised_by_hand():
    pixels = np.full((32, 32), 0.9, np.float32)
    prepared = prepare(pixels, InputSpecification(size_px=32))
    assert prepared.shape == (32, 32, 3)
    assert prepared.dtype == np.float32
    np.testing.assert_allclose(prepared, (0.9 - 0.45) / 0.225, atol=1e-6)  # 2


def test_each_channel_has_its_own_mean_and_deviation():
    specification = InputSpecification(size_px=32, mean=(0.1, 0.2, 0.3), standard_deviation=(1.0, 0.5, 0.25))
    prepared = prepare(np.full((32, 32), 0.5, np.float32), specification)
    np.testing.assert_allclose(prepared[7, 9], [0.4, 0.6, 0.8], atol=1e-6)


def test_a_crop_of_the_right_size_is_not_resampled():
    pixels = _random(48, 48)
    np.testing.assert_array_equal(resize_to_square(pixels, 48, ResizeMode.STRETCH), pixels)


def test_shrinking_averages_areas():
    pixels = _random(96, 192)
    np.testing.assert_allclose(resize_to_square(pixels, 48, ResizeMode.STRETCH), _block_mean(pixels, 2, 4), atol=1e-6)


def test_a_constant_stays_constant_when_enlarged():
    np.testing.assert_allclose(resize_to_square(np.full((33, 40), 0.3, np.float32), 64, ResizeMode.STRETCH), 0.3)


@pytest.mark.parametrize(("rows", "columns"), [(128, 64), (64, 128)])
def test_padding_keeps_proportions_and_fills_with_black(rows, columns):
    pixels = _random(rows, columns)
    square = resize_to_square(pixels, 64, ResizeMode.PAD)
    inner = square[: rows // 2, : columns // 2]
    np.testing.assert_allclose(inner, _block_mean(pixels, 2, 2), atol=1e-6)
    assert square.sum() == pytest.approx(inner.sum())
    assert square.shape == (64, 64)


def test_padding_keeps_at_least_one_pixel_of_a_thin_crop():
    square = resize_to_square(np.ones((1000, 2), np.float32), 32, ResizeMode.PAD)
    np.testing.assert_allclose(square[:, 0], 1.0, atol=1e-6)
    assert square[:, 1:].max() == 0.0


def test_black_and_white_keep_their_order():
    pixels = np.zeros((40, 40), np.float32)
    pixels[:, 20:] = 1.0
    prepared = prepare(pixels, InputSpecification(size_px=40))
    assert prepared[0, 0, 0] == pytest.approx(-2.0)
    assert prepared[0, -1, 0] == pytest.approx(0.55 / 0.225)


@pytest.mark.parametrize("shape", [(40,), (40, 40, 3), (0, 40)])
def test_pixels_of_another_shape_are_refused(shape):
    with pytest.raises(ShapeError, match=r"\(rows, columns\)"):
        prepare(np.zeros(shape, np.float32), InputSpecification(size_px=32))
    with pytest.raises(ShapeError, match=r"\(rows, columns\)"):
        resize_to_square(np.zeros(shape, np.float32), 32, ResizeMode.PAD)


@pytest.mark.parametrize("size_px", [31, 2049, 0, -5])
def test_an_input_size_out_of_range_is_refused(size_px):
    with pytest.raises(OptionError, match="between 32 and 2048"):
        InputSpecification(size_px=size_px)


@pytest.mark.parametrize(
    "normalisation",
    [
        {"mean": (0.5, 0.5)},
        {"standard_deviation": (0.2, 0.2)},
        {"standard_deviation": (0.2, 0.0, 0.2)},
        {"standard_deviation": (0.2, -1.0, 0.2)},
    ],
)
def test_a_normalisation_that_cannot_be_is_refused(normalisation):
    with pytest.raises(OptionError, match="three values each"):
        InputSpecification(**normalisation)


def test_an_unknown_channel_order_is_refused():
    with pytest.raises(OptionError, match="RGB or BGR; received GBR"):
        InputSpecification(channel_order="GBR")
