"""Layers in NumPy against SciPy and by hand."""

import numpy as np
import pytest
from scipy.signal import correlate

from densexplain.radiograph.regions import convolution
from densexplain.radiograph.regions.convolution import Convolution, doubled, folded, halved, rectified, unfolded


@pytest.mark.parametrize("side", [1, 3, 5])
@pytest.mark.parametrize("at_once", [1, 700, 1 << 20])
def test_a_convolution_is_a_correlation_with_zeros_outside(monkeypatch, side, at_once):
    monkeypatch.setattr(convolution, "_AT_ONCE", at_once)
    draw = np.random.default_rng(side)
    features = draw.standard_normal((13, 9, 3)).astype(np.float32)
    kernel = draw.standard_normal((side, side, 3, 4)).astype(np.float32)
    bias = draw.standard_normal(4).astype(np.float32)
    found = Convolution(kernel, bias)(features)
    reach = side // 2
    padded = np.pad(features, ((reach, reach), (reach, reach), (0, 0)))
    expected = [correlate(padded, kernel[..., n], mode="valid")[..., 0] + bias[n] for n in range(4)]
    np.testing.assert_allclose(found, np.stack(expected, axis=-1), rtol=1e-4, atol=1e-5)
    assert found.dtype == np.float32


def test_pixels_become_channels_and_channels_pixels():
    image = np.arange(4 * 6, dtype=np.float32).reshape(4, 6)
    channels = folded(image)
    assert channels.shape == (2, 3, 4)
    assert channels[1, 2].tolist() == [image[2, 4], image[2, 5], image[3, 4], image[3, 5]]
    np.testing.assert_array_equal(unfolded(channels), image[None])
    both = unfolded(np.concatenate([channels, channels + 100], axis=2))
    np.testing.assert_array_equal(both, np.stack([image, image + 100]))


def test_halving_keeps_the_greatest_and_doubling_repeats():
    features = np.arange(4 * 4 * 2, dtype=np.float32).reshape(4, 4, 2)
    np.testing.assert_array_equal(halved(features), features[1::2, 1::2])
    np.testing.assert_array_equal(halved(doubled(features)), features)
    np.testing.assert_array_equal(rectified(np.array([[[-1.0, 2.0]]], np.float32)), [[[0.0, 2.0]]])
