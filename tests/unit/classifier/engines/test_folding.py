from __future__ import annotations

import numpy as np
import pytest

from densexplain.classifier.engines.folding import fold
from densexplain.classifier.wiring.outline import outline
from densexplain.classifier.wiring.parts import EPSILON
from densexplain.classifier.wiring.registry import ARCHITECTURES
from densexplain.errors import WeightsShapeError
from tests.tiny_tensors import Tensors

TINY = ARCHITECTURES["tiny"]


def test_a_normalisation_becomes_factor_and_offset(tiny_tensors: Tensors) -> None:
    # variance + epsilon = 4, so the factor is gamma / 2 = 1.5 and the offset 1 - 1.5 * 2 = -2.
    values = {"gamma": 3.0, "beta": 1.0, "moving_mean": 2.0, "moving_variance": 4.0 - EPSILON}
    tensors = tiny_tensors | {f"bn/{name}": np.full(17, value, np.float32) for name, value in values.items()}
    folded = fold(TINY, tensors)
    assert {name for name in folded if name.startswith("bn/")} == {"bn/factor", "bn/offset"}
    np.testing.assert_allclose(folded["bn/factor"], np.full(17, 1.5), rtol=1e-6)
    np.testing.assert_allclose(folded["bn/offset"], np.full(17, -2.0), rtol=1e-6)


def test_a_normalisation_after_a_convolution_goes_into_its_kernel(tiny_tensors: Tensors) -> None:
    # The factor is 2 / sqrt(1) and the offset 0.5 - 1 * 2.
    prefix = "conv2_block1_1"
    values = {"gamma": 2.0, "beta": 0.5, "moving_mean": 1.0, "moving_variance": 1.0 - EPSILON}
    tensors = tiny_tensors | {f"{prefix}_bn/{name}": np.full(16, value, np.float32) for name, value in values.items()}
    folded = fold(TINY, tensors)
    assert {name for name in folded if name.startswith(prefix)} == {f"{prefix}_conv/kernel", f"{prefix}_bn/offset"}
    np.testing.assert_allclose(folded[f"{prefix}_conv/kernel"], 2 * tensors[f"{prefix}_conv/kernel"], rtol=1e-6)
    np.testing.assert_allclose(folded[f"{prefix}_bn/offset"], np.full(16, -1.5), rtol=1e-6)


def test_the_wiring_says_which_are_folded() -> None:
    folded = outline(TINY, 64).folded
    assert folded["conv1_bn"] == "conv1_conv"
    assert folded["conv2_block1_1_bn"] == "conv2_block1_1_conv"
    assert "conv2_block1_0_bn" not in folded
    assert len(folded) == 1 + 8  # the initial convolution, and one in each of eight layers


def test_half_precision_is_widened_and_the_head_kept(tiny_tensors: Tensors) -> None:
    folded = fold(TINY, tiny_tensors | {"predictions/kernel": np.full((17, 1), 0.5, np.float16)})
    assert folded["predictions/kernel"].dtype == np.float32
    assert float(folded["predictions/kernel"][0, 0]) == 0.5
    assert folded["predictions/bias"].tolist() == tiny_tensors["predictions/bias"].tolist()


def test_tensors_of_another_network_are_refused(tiny_tensors: Tensors) -> None:
    with pytest.raises(WeightsShapeError):
        fold(ARCHITECTURES["densenet121"], tiny_tensors)
