from __future__ import annotations

import numpy as np
import pytest

from densexplain.classifier.engines.keras_forward import ForwardPass, compiler_for
from densexplain.classifier.families.parameters import ARCHITECTURES
from densexplain.classifier.model_sets.weights import Tensors
from densexplain.errors import OptionError, ShapeError, WeightsShapeError


def test_the_same_input_gives_the_same_bits(tiny_tensors: Tensors) -> None:
    forward = ForwardPass(ARCHITECTURES["tiny"], tiny_tensors, 64)
    first, second = (forward(np.full((64, 64, 3), 0.5, np.float32)) for _ in range(2))
    other = forward(np.linspace(-1, 1, 64 * 64 * 3, dtype=np.float32).reshape(64, 64, 3))
    assert all(np.array_equal(first[name], second[name]) for name in first)
    assert float(other["logit"]) != float(first["logit"])
    assert first["conv1/mean/maps"].dtype == np.float32
    assert first["conv1/mean/channels"].dtype == np.int32


def test_another_shape_or_type_is_refused(tiny_tensors: Tensors) -> None:
    forward = ForwardPass(ARCHITECTURES["tiny"], tiny_tensors, 64)
    with pytest.raises(ShapeError, match=r"received \(65, 64, 3\) and float32"):
        forward(np.zeros((65, 64, 3), np.float32))
    with pytest.raises(ShapeError, match="and float64"):
        forward(np.zeros((64, 64, 3), np.float64))  # type: ignore[arg-type]


def test_tensors_of_another_network_are_refused(tiny_tensors: Tensors) -> None:
    with pytest.raises(WeightsShapeError):
        ForwardPass(ARCHITECTURES["densenet121"], tiny_tensors, 64)


def test_another_backend_is_refused() -> None:
    with pytest.raises(OptionError, match="must be one of tensorflow, jax; received torch"):
        compiler_for("torch")
