from __future__ import annotations

import numpy as np
import pytest

from densexplain.classifier.engines.keras.layers import build_network
from densexplain.classifier.engines.keras.weights import set_tensors, tensors_of
from densexplain.classifier.model_sets.weights import Tensors, halve_kernels
from densexplain.classifier.wiring.registry import ARCHITECTURES
from densexplain.errors import WeightsShapeError

pytestmark = pytest.mark.slow


def test_tensors_go_in_and_come_out_unchanged(tiny_tensors: Tensors) -> None:
    model = build_network(ARCHITECTURES["tiny"], 64)
    set_tensors(model, tiny_tensors)
    received = tensors_of(model)
    assert received.keys() == tiny_tensors.keys()
    assert all(np.array_equal(received[name], tiny_tensors[name]) for name in received)


def test_a_wrong_shape_leaves_the_model_as_it_was(tiny_tensors: Tensors) -> None:
    model = build_network(ARCHITECTURES["tiny"], 64)
    before = tensors_of(model)
    with pytest.raises(WeightsShapeError, match="predictions/bias"):
        set_tensors(model, tiny_tensors | {"predictions/bias": np.zeros(2, np.float32)})
    after = tensors_of(model)
    assert all(np.array_equal(before[name], after[name]) for name in before)


def test_only_convolution_kernels_are_halved(tiny_tensors: Tensors) -> None:
    halved = halve_kernels(tiny_tensors)
    assert {name for name, tensor in halved.items() if tensor.dtype == np.float16} == {
        name for name in tiny_tensors if name.endswith("_conv/kernel")
    }
    assert halved["predictions/kernel"].dtype == np.float32
