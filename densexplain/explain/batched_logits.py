"""Logits of many network inputs, several at a time: for changed copies of one radiograph."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from itertools import islice
from typing import Any

import keras
import numpy as np
from keras import ops
from numpy.typing import NDArray

from densexplain.classifier.engines.keras_forward import compiler_for
from densexplain.classifier.engines.keras_operations import TensorParts, fold
from densexplain.classifier.families.wiring import wire_densenet
from densexplain.classifier.model_sets.model_set import LoadedModelSet
from densexplain.errors import OptionError, ShapeError
from densexplain.vocabulary import Stage


class BatchedLogits:
    """The part of a forward pass that gives the logit, compiled for batches.

    Parameters
    ----------
    model_set
        Read only; nothing of it is changed.
    batch_size
        Inputs at a time, at least 1.

    Raises
    ------
    OptionError
        If `batch_size` is below 1, or Keras's backend neither TensorFlow nor JAX.
    """

    def __init__(self, model_set: LoadedModelSet, batch_size: int = 8) -> None:
        if batch_size < 1:
            raise OptionError(f"`batch_size` must be at least 1; received {batch_size}")
        size_px = model_set.manifest.specification.size_px
        self.input_shape, self._batch_size = (size_px, size_px, 3), batch_size
        self._compiled = compile_after_last_block(
            model_set, lambda last, weights: {"logits": logits_of(last, weights)}, batch_size
        )

    def __call__(self, network_inputs: Iterable[NDArray[np.float32]]) -> NDArray[np.float64]:
        """Logits in the order of the inputs.

        Parameters
        ----------
        network_inputs
            Each of shape (size_px, size_px, 3), float32, normalised; taken batch by batch, so a generator saves memory.

        Returns
        -------
        numpy.ndarray
            Shape (inputs,), float64.

        Raises
        ------
        ShapeError
            If an input has another shape.
        """
        found, left = [], iter(network_inputs)
        while group := tuple(islice(left, self._batch_size)):
            batch = np.zeros((self._batch_size, *self.input_shape), np.float32)  # the last one may not be full
            for place, network_input in enumerate(group):
                if network_input.shape != self.input_shape:
                    raise ShapeError(
                        f"expected network inputs of shape {self.input_shape}; received {network_input.shape}"
                    )
                batch[place] = network_input
            found.append(np.asarray(self._compiled(batch)["logits"], np.float64)[: len(group)])
        return np.concatenate(found) if found else np.zeros(0)


def compile_after_last_block(
    model_set: LoadedModelSet, answer: Callable[[Any, Mapping[str, Any]], dict[str, Any]], batch_size: int | None
) -> Any:
    """Compile the pass to the last dense block and what is made of it.

    Parameters
    ----------
    model_set
        Read only; nothing of it is changed.
    answer
        From the last feature maps (batch, rows, columns, channels) and the weights to named results.
    batch_size
        Network inputs at a time; None for any number.

    Raises
    ------
    OptionError
        If Keras's backend is neither TensorFlow nor JAX.
    """
    parameters, size_px = model_set.manifest.architecture, model_set.manifest.specification.size_px

    def forward(batch: Any, weights: Mapping[str, Any]) -> dict[str, Any]:
        return answer(wire_densenet(parameters, batch, TensorParts(weights))[Stage.BLOCK4], weights)

    weights = {name: ops.convert_to_tensor(array) for name, array in fold(model_set.tensors).items()}
    return compiler_for(keras.config.backend())(forward, weights, (batch_size, size_px, size_px, 3))


def logits_of(last: Any, weights: Mapping[str, Any]) -> Any:
    """Logits (batch,) of the last feature maps (batch, rows, columns, channels)."""
    pooled = ops.mean(last, axis=(1, 2))
    return ops.matmul(pooled, weights["predictions/kernel"])[:, 0] + weights["predictions/bias"][0]
