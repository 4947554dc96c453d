"""A `Classifier` on Keras, with TensorFlow or JAX: the reference that the other engines are compared with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from densexplain.classifier.answers import LOGITS, MAPS, wire_answers, wire_logits
from densexplain.classifier.engines.batches import BatchedClassifier
from densexplain.classifier.engines.folding import Tensors, fold
from densexplain.classifier.engines.keras.compiling import Compiled, compiler_for
from densexplain.classifier.engines.keras.operations import TensorParts
from densexplain.classifier.wiring.network import Network


def keras_classifier(network: Network, tensors: Tensors) -> BatchedClassifier:
    """Make a classifier of the backend that `KERAS_BACKEND` names.

    Parameters
    ----------
    network
        Family, head and input size.
    tensors
        Its stored tensors, each of its variable's shape, float16 or float32, any value; not kept.

    Raises
    ------
    WeightsShapeError, WeightsSurplusError
        If the tensors are not those of the network.
    OptionError
        If Keras's backend is neither TensorFlow nor JAX.
    """
    parameters, size_px, backend = network.parameters, network.size_px, keras.config.backend()
    compile_for = compiler_for(backend)
    weights = {name: keras.ops.convert_to_tensor(array) for name, array in fold(parameters, tensors).items()}

    def whole(batch: Any, folded: Mapping[str, Any]) -> dict[str, Any]:
        return wire_answers(parameters, size_px, batch, TensorParts(folded))

    def maps_alone(batch: Any, folded: Mapping[str, Any]) -> dict[str, Any]:
        _, maps, logits = wire_logits(parameters, batch, TensorParts(folded))
        return {LOGITS: logits, MAPS: maps}

    shape = (None, size_px, size_px, 3)
    run = _Run(compile_for(whole, weights, shape), compile_for(maps_alone, weights, shape))
    engine = f"Keras {keras.__version__} on {backend}"
    return BatchedClassifier(network, tensors, run, (), engine, most_at_once(size_px))


_PIXELS_AT_ONCE = 4 * 320 * 320  # of all inputs in one pass; their feature maps are a hundred times as large
_MOST_AT_ONCE = 16


def most_at_once(size_px: int) -> int:
    """Inputs that go through the network in one pass, by their size; 4 at 320 px."""
    return max(1, min(_MOST_AT_ONCE, _PIXELS_AT_ONCE // size_px**2))


class _Run:
    """Two passes: everything, or what comes of the last maps alone; each is traced when it is first asked for."""

    def __init__(self, whole: Compiled, maps_alone: Compiled) -> None:
        self._whole, self._maps_alone = whole, maps_alone

    def __call__(self, network_inputs: NDArray[np.float32], names: Sequence[str]) -> Mapping[str, NDArray[Any]]:
        compiled = self._maps_alone if names and set(names) <= {LOGITS, MAPS} else self._whole
        return compiled(network_inputs)
