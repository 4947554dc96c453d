"""Luminance against values worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from densexplain.radiograph.reading.luminance import luminance


def test_colours_are_weighed_as_bt_601_says() -> None:
    colours = np.array([[[255, 0, 0], [0, 255, 0], [0, 0, 255], [255, 255, 255], [10, 20, 30]]], np.uint8)
    expected = [0.299, 0.587, 0.114, 1.0, (2.99 + 11.74 + 3.42) / 255]
    np.testing.assert_allclose(luminance(colours, 255)[0], expected, rtol=1e-6)


@pytest.mark.parametrize(("dtype", "maximum"), [(np.uint8, 255), (np.uint16, 65535)])
def test_grey_keeps_its_value_exactly(dtype: type[np.unsignedinteger], maximum: int) -> None:
    values = np.arange(maximum + 1, dtype=dtype).reshape(256, -1)
    grey = luminance(np.dstack([values] * 3), maximum)
    np.testing.assert_array_equal(grey, values.astype(np.float32) / np.float32(maximum))
    assert grey.dtype == np.float32


def test_opacity_lays_the_image_on_black() -> None:
    colours = np.array([[[200, 200, 200, 255], [200, 200, 200, 51], [200, 200, 200, 0]]], np.uint8)
    np.testing.assert_allclose(luminance(colours, 255)[0], [200 / 255, 40 / 255, 0], rtol=1e-6)


def test_more_rows_than_are_done_at_once_are_all_done() -> None:
    chance = np.random.default_rng(1)
    colours = chance.integers(0, 256, (700, 3, 3)).astype(np.uint8)
    np.testing.assert_allclose(luminance(colours, 255), colours @ [0.299, 0.587, 0.114] / 255, rtol=1e-6)
