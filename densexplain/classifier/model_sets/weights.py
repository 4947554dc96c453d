"""Tensors of a network under the names Keras gives them: `layer/variable`."""

from __future__ import annotations

import keras
import numpy as np
from numpy.typing import NDArray

from densexplain.classifier.families.parameters import check_shapes

Tensors = dict[str, NDArray[np.generic]]


def tensors_of(model: keras.Model) -> Tensors:
    """Copy a model's weights out, float32, named for example ``conv1_bn/gamma``."""
    return {
        variable.path: np.asarray(keras.ops.convert_to_numpy(variable.value), np.float32) for variable in model.weights
    }


def halve_kernels(tensors: Tensors) -> Tensors:
    """Store convolution kernels in half precision and everything else in single.

    Four-dimensional kernels are nearly all of the bytes; batch normalisation
    statistics and the head stay exact because the logit rests on them directly.
    """
    return {name: tensor.astype(np.float16 if tensor.ndim == 4 else np.float32) for name, tensor in tensors.items()}


def shapes_of(model: keras.Model) -> dict[str, tuple[int, ...]]:
    """Names and shapes of the tensors that a model needs."""
    return {variable.path: tuple(variable.shape) for variable in model.weights}


def set_tensors(model: keras.Model, tensors: Tensors) -> None:
    """Put tensors into a model after checking every name and shape.

    Raises
    ------
    WeightsShapeError
        If one is missing, surplus or of another shape; the model is then unchanged.
    """
    check_shapes({name: tensor.shape for name, tensor in tensors.items()}, shapes_of(model), "the weights")
    for variable in model.weights:
        variable.assign(np.asarray(tensors[variable.path], np.float32))
