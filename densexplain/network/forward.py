"""The one compiled function of a model set, and the only place that knows backends.

Sessions are threads that share it; nothing in it is changed after it was made.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from densexplain.errors import ShapeError
from densexplain.network.stages import explaining_model, explanation_tensors

Tensors = dict[str, NDArray[Any]]


class ForwardPass:
    """A network's forward pass with everything an explanation needs.

    Parameters
    ----------
    model
        Classifier with a fixed input size. It is not changed; its weights are
        read at every pass.

    Raises
    ------
    ShapeError
        If the model's input size is open.
    """

    def __init__(self, model: keras.Model) -> None:
        size_px = model.input.shape[1]
        if size_px is None:
            raise ShapeError("a compiled forward pass needs a model of fixed input size; received one of open size")
        self.input_shape = (size_px, size_px, 3)
        explaining, head = explaining_model(model), model.get_layer("predictions")

        def forward(batch: Any) -> dict[str, Any]:
            features = explaining(batch, training=False)
            return explanation_tensors(features, head.kernel, head.bias)

        self._compiled = _compile(forward, (1, *self.input_shape))

    def __call__(self, network_input: NDArray[np.float32]) -> Tensors:
        """Run one network input through the network; the first call compiles.

        Parameters
        ----------
        network_input
            Shape (size_px, size_px, 3), float32, normalised.

        Returns
        -------
        dict
            As `densexplain.network.stages.explanation_tensors`, as arrays.

        Raises
        ------
        ShapeError
            If `network_input` has another shape or type.
        """
        if network_input.shape != self.input_shape or network_input.dtype != np.float32:
            raise ShapeError(
                f"expected a network input of shape {self.input_shape} and float32; "
                f"received {network_input.shape} and {network_input.dtype}"
            )
        return self._compiled(network_input[None])


def _compile(forward: Callable[[Any], dict[str, Any]], shape: tuple[int, ...]) -> Callable[[NDArray[np.float32]], Tensors]:
    return _COMPILERS[keras.config.backend()](forward, shape)


def _compile_with_tensorflow(forward: Callable[[Any], Any], shape: tuple[int, ...]) -> Callable[[Any], Tensors]:
    import tensorflow as tf

    # TF32 on newer GPUs keeps 10 bits of a product; a probability is to be the same to 1e-6 everywhere.
    tf.config.experimental.enable_tensor_float_32_execution(False)
    function = tf.function(
        tf.autograph.experimental.do_not_convert(forward),
        input_signature=[tf.TensorSpec(shape, tf.float32)],
        jit_compile=False,  # XLA's convolutions are slower than oneDNN's on a CPU
    )
    return lambda batch: {name: np.asarray(tensor.numpy()) for name, tensor in function(tf.constant(batch)).items()}


def _compile_with_jax(forward: Callable[[Any], Any], shape: tuple[int, ...]) -> Callable[[Any], Tensors]:
    import jax

    function = jax.jit(forward)
    return lambda batch: {name: np.asarray(array) for name, array in function(batch).items()}


def _run_with_torch(forward: Callable[[Any], Any], shape: tuple[int, ...]) -> Callable[[Any], Tensors]:
    import torch

    def run(batch: NDArray[np.float32]) -> Tensors:
        with torch.inference_mode():
            return {name: keras.ops.convert_to_numpy(tensor) for name, tensor in forward(batch).items()}

    return run


_COMPILERS = {"tensorflow": _compile_with_tensorflow, "jax": _compile_with_jax, "torch": _run_with_torch}
