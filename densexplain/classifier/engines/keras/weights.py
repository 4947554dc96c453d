"""Tensors of a Keras model under the names Keras gives them: `layer/variable`."""

from __future__ import annotations

import keras
import numpy as np
from numpy.typing import NDArray

from densexplain.classifier.engines.keras.layers import build_network
from densexplain.classifier.wiring.network import Network
from densexplain.classifier.wiring.outline import check_shapes

Tensors = dict[str, NDArray[np.generic]]
"""Arrays by ``layer/variable``, each of its variable's shape, float16 or float32, any value."""


def tensors_of(model: keras.Model) -> Tensors:
    """Copy a model's weights out, float32, named for example ``conv1_bn/gamma``."""
    return {
        variable.path: np.asarray(keras.ops.convert_to_numpy(variable.value), np.float32) for variable in model.weights
    }


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


def keras_model(network: Network, tensors: Tensors) -> keras.Model:
    """A network as a Keras model with given weights.

    Parameters
    ----------
    network
        Family, head and input size.
    tensors
        ``layer/variable`` to array; copied.

    Returns
    -------
    keras.Model
        From (batch, size_px, size_px, 3) to (batch, classes) probabilities.

    Raises
    ------
    WeightsShapeError, WeightsSurplusError
        If the tensors are not those of the network.
    """
    model = build_network(network.parameters, network.size_px, len(network.head.classes), network.head.kind)
    set_tensors(model, tensors)
    return model
