from __future__ import annotations

import numpy as np

from densexplain.classifier.engines.keras_operations import TensorParts, fold
from densexplain.classifier.families.parameters import EPSILON


def test_a_normalisation_becomes_factor_and_offset() -> None:
    # variance + epsilon = 4, so the factor is gamma / 2 = 1.5 and the offset 1 - 1.5 * 2 = -2.
    tensors = {
        "bn/gamma": np.array([3.0], np.float32),
        "bn/beta": np.array([1.0], np.float32),
        "bn/moving_mean": np.array([2.0], np.float32),
        "bn/moving_variance": np.array([4.0 - EPSILON], np.float32),
    }
    folded = fold(tensors)
    assert folded.keys() == {"bn/factor", "bn/offset"}
    np.testing.assert_allclose(folded["bn/factor"], [1.5], rtol=1e-6)
    np.testing.assert_allclose(folded["bn/offset"], [-2.0], rtol=1e-6)
    x = np.array([1.0, 2.0], np.float32).reshape(1, 1, 2, 1)
    y = np.asarray(TensorParts(folded).normalise_and_rectify(x, "bn", "relu"))
    np.testing.assert_allclose(y.ravel(), [0.0, 1.0], atol=1e-6)  # -0.5 is rectified


def test_a_normalisation_after_a_convolution_goes_into_its_kernel() -> None:
    prefix = "conv2_block1_1"
    tensors = {
        f"{prefix}_conv/kernel": np.array([[[[2.0, -1.0]]]], np.float32),
        f"{prefix}_bn/gamma": np.array([2.0, 4.0], np.float32),
        f"{prefix}_bn/beta": np.array([0.5, 1.0], np.float32),
        f"{prefix}_bn/moving_mean": np.array([1.0, 0.0], np.float32),
        f"{prefix}_bn/moving_variance": np.array([1.0 - EPSILON, 4.0 - EPSILON], np.float32),
    }
    folded = fold(tensors)
    assert folded.keys() == {f"{prefix}_conv/kernel", f"{prefix}_bn/offset"}
    np.testing.assert_allclose(folded[f"{prefix}_conv/kernel"].ravel(), [4.0, -2.0], rtol=1e-6)
    names = (f"{prefix}_conv", f"{prefix}_bn", f"{prefix}_1_relu")
    y = np.asarray(
        TensorParts(folded).convolve_normalise_and_rectify(np.ones((1, 1, 1, 1), np.float32), 2, 1, 1, names)
    )
    # (2 * 1 - 1) * 2 + 0.5 = 2.5 and (-1 - 0) * 2 + 1 = -1, rectified.
    np.testing.assert_allclose(y.ravel(), [2.5, 0.0], rtol=1e-6)


def test_half_precision_is_widened_and_the_head_kept() -> None:
    folded = fold(
        {"predictions/kernel": np.array([[0.5]], np.float16), "predictions/bias": np.array([1.0], np.float32)}
    )
    assert folded["predictions/kernel"].dtype == np.float32
    assert float(folded["predictions/kernel"][0, 0]) == 0.5
    assert float(folded["predictions/bias"][0]) == 1.0
