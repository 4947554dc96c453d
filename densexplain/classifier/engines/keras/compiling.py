"""A pass compiled by one of Keras's backends, and the only place that knows them.

Sessions are threads that share it; nothing in it is changed after it was made.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from densexplain.errors import OptionError

Tensors = dict[str, NDArray[Any]]
"""Outputs of a forward pass by name, each of its shape with the batch first, float32 or int32, any value."""
Forward = Callable[[Any, Mapping[str, Any]], dict[str, Any]]
Compiled = Callable[[NDArray[np.float32]], Tensors]
"""Runs a batch of network inputs, shape (inputs, size_px, size_px, 3), float32, normalised."""


def compiler_for(backend: str) -> Callable[[Forward, Mapping[str, Any], tuple[int | None, ...]], Compiled]:
    """Find how a forward pass is compiled under one of Keras's backends.

    Raises
    ------
    OptionError
        If the backend is neither TensorFlow nor JAX.
    """
    if backend not in _COMPILERS:
        raise OptionError(f"`KERAS_BACKEND` must be one of {', '.join(_COMPILERS)}; received {backend}")
    return _COMPILERS[backend]


def _compile_with_tensorflow(forward: Forward, weights: Mapping[str, Any], shape: tuple[int | None, ...]) -> Compiled:
    import tensorflow as tf

    # TF32 on newer GPUs keeps 10 bits of a product; a probability is to be the same to 1e-6 everywhere.
    tf.config.experimental.enable_tensor_float_32_execution(False)
    function = tf.function(
        tf.autograph.experimental.do_not_convert(lambda batch: forward(batch, weights)),
        input_signature=[tf.TensorSpec(shape, tf.float32)],
        jit_compile=False,  # on a CPU, XLA compiles 8 s longer and is no faster
    )
    return lambda batch: {name: np.asarray(tensor.numpy()) for name, tensor in function(tf.constant(batch)).items()}


def _compile_with_jax(forward: Forward, weights: Mapping[str, Any], shape: tuple[int | None, ...]) -> Compiled:
    import jax  # type: ignore[import-not-found, unused-ignore]  # only where it is the backend

    function = jax.jit(forward)

    def run(batch: NDArray[np.float32]) -> Tensors:
        with jax.default_matmul_precision("highest"):  # no TF32 here either
            return {name: np.array(array) for name, array in function(batch, weights).items()}

    return run


_COMPILERS = {"tensorflow": _compile_with_tensorflow, "jax": _compile_with_jax}
