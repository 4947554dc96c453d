"""The one compiled function of a model set, and the only place that knows backends.

Sessions are threads that share it; nothing in it is changed after it was made.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from densexplain.classifier.engines.keras_operations import TensorParts, fold
from densexplain.classifier.families.parameters import DenseNetParameters, check_shapes, tensor_shapes
from densexplain.classifier.families.wiring import wire_densenet
from densexplain.classifier.stages import explanation_tensors
from densexplain.errors import OptionError, ShapeError
from densexplain.vocabulary import Stage

Tensors = dict[str, NDArray[Any]]
Forward = Callable[[Any, Mapping[str, Any]], dict[str, Any]]
Compiled = Callable[[NDArray[np.float32]], Tensors]


class ForwardPass:
    """A network's forward pass with everything an explanation needs.

    Parameters
    ----------
    parameters
        Which DenseNet.
    tensors
        Its stored tensors, ``layer/variable`` to array; not kept.
    size_px
        Edge of its input.

    Raises
    ------
    WeightsShapeError
        If the tensors are not those of `parameters`.
    OptionError
        If Keras's backend is neither TensorFlow nor JAX.
    """

    def __init__(self, parameters: DenseNetParameters, tensors: Mapping[str, NDArray[Any]], size_px: int) -> None:
        check_shapes({name: tensor.shape for name, tensor in tensors.items()}, tensor_shapes(parameters), "the weights")
        self.input_shape = (size_px, size_px, 3)
        self._parameters, self._lock = parameters, threading.Lock()
        self._compiled_stages: Compiled | None = None

        def forward(batch: Any, weights: Mapping[str, Any]) -> dict[str, Any]:
            stages = wire_densenet(parameters, batch, TensorParts(weights))
            return explanation_tensors(stages, weights["predictions/kernel"], weights["predictions/bias"])

        self._weights = {name: keras.ops.convert_to_tensor(array) for name, array in fold(tensors).items()}
        self._compiled = compiler_for(keras.config.backend())(forward, self._weights, (1, *self.input_shape))

    def __call__(self, network_input: NDArray[np.float32]) -> Tensors:
        """Run one network input through the network; the first call compiles.

        Parameters
        ----------
        network_input
            Shape (size_px, size_px, 3), float32, normalised.

        Returns
        -------
        dict
            As `densexplain.classifier.stages.explanation_tensors`, as arrays.

        Raises
        ------
        ShapeError
            If `network_input` has another shape or type.
        """
        self._check(network_input)
        return self._compiled(network_input[None])

    def several(self, network_inputs: Sequence[NDArray[np.float32]]) -> list[Tensors]:
        """Run several network inputs through the network side by side; the first call compiles.

        Any number may go at once, and memory grows with it. Numbers agree with
        those of single calls to 1e-5.

        Parameters
        ----------
        network_inputs
            Each as a single call takes it; at least one.

        Returns
        -------
        list of dict
            One for each input, as a single call gives it.

        Raises
        ------
        ShapeError
            If there is no input, or one of another shape or type.
        """
        if not network_inputs:
            raise ShapeError("expected one network input or more; received none")
        for network_input in network_inputs:
            self._check(network_input)
        stages = self._stages()(np.stack(network_inputs))
        head = (self._weights["predictions/kernel"], self._weights["predictions/bias"])
        found = []
        for place in range(len(network_inputs)):
            own = {stage: keras.ops.convert_to_tensor(stages[stage][place : place + 1]) for stage in Stage}
            tensors = explanation_tensors(own, *head)
            found.append({name: np.array(keras.ops.convert_to_numpy(tensor)) for name, tensor in tensors.items()})
        return found

    def _check(self, network_input: NDArray[np.float32]) -> None:
        if network_input.shape != self.input_shape or network_input.dtype != np.float32:
            raise ShapeError(
                f"expected a network input of shape {self.input_shape} and float32; "
                f"received {network_input.shape} and {network_input.dtype}"
            )

    def _stages(self) -> Compiled:
        """The feature maps of a batch of any size: what is costly; what remains is done for each input."""

        def forward(batch: Any, weights: Mapping[str, Any]) -> dict[str, Any]:
            stages = wire_densenet(self._parameters, batch, TensorParts(weights))
            return {stage.value: maps for stage, maps in stages.items()}

        with self._lock:
            if self._compiled_stages is None:
                compile_for = compiler_for(keras.config.backend())
                self._compiled_stages = compile_for(forward, self._weights, (None, *self.input_shape))
            return self._compiled_stages


def compiler_for(backend: str) -> Callable[[Forward, Mapping[str, Any], tuple[int | None, ...]], Compiled]:
    """How a forward pass is compiled under one of Keras's backends.

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
