"""Tensors of a network under the names Keras gives them: `layer/variable`."""

from __future__ import annotations

import keras
import numpy as np
from numpy.typing import NDArray

from densexplain.errors import WeightsShapeError, WeightsSurplusError

Tensors = dict[str, NDArray[np.generic]]


def tensors_of(model: keras.Model) -> Tensors:
    """Copy a model's weights out, float32, named for example ``conv1_bn/gamma``."""
    return {variable.path: np.asarray(keras.ops.convert_to_numpy(variable.value), np.float32) for variable in model.weights}


def halve_kernels(tensors: Tensors) -> Tensors:
    """Store convolution kernels in half precision and everything else in single.

    Four-dimensional kernels are nearly all of the bytes; batch normalisation
    statistics and the head stay exact because the logit rests on them directly.
    """
    return {name: tensor.astype(np.float16 if tensor.ndim == 4 else np.float32) for name, tensor in tensors.items()}


def check_tensors(tensors: Tensors, expected: dict[str, tuple[int, ...]]) -> None:
    """Compare names and shapes with what a network needs.

    Raises
    ------
    WeightsShapeError
        If a tensor is missing or of another shape; the first is named.
    WeightsSurplusError
        If there is a tensor that the network has no place for.
    """
    missing = [name for name in expected if name not in tensors]
    surplus = sorted(tensors.keys() - expected.keys())
    if missing:
        raise WeightsShapeError(f"expected {len(expected)} tensors; {len(missing)} are missing, the first is {missing[0]}")
    if surplus:
        raise WeightsSurplusError(f"expected {len(expected)} tensors; {len(surplus)} more were received, the first is {surplus[0]}")
    for name, shape in expected.items():
        if tensors[name].shape != shape:
            raise WeightsShapeError(f"expected {name} to have the shape {shape}; received {tensors[name].shape}")


def shapes_of(model: keras.Model) -> dict[str, tuple[int, ...]]:
    """Names and shapes of the tensors that a model needs."""
    return {variable.path: tuple(variable.shape) for variable in model.weights}


def set_tensors(model: keras.Model, tensors: Tensors) -> None:
    """Put tensors into a model after checking every name and shape.

    Raises
    ------
    WeightsShapeError
        If they do not fit; the model is then unchanged.
    """
    check_tensors(tensors, shapes_of(model))
    for variable in model.weights:
        variable.assign(np.asarray(tensors[variable.path], np.float32))
