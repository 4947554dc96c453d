"""Grad-CAM at an earlier stage, where a gradient is needed; only TensorFlow provides one here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import keras
import numpy as np
from keras import ops
from numpy.typing import NDArray

from densexplain.classifier.answers import wire_logits
from densexplain.classifier.engines.folding import Tensors, fold
from densexplain.classifier.engines.keras.compiling import compiler_for
from densexplain.classifier.engines.keras.operations import TensorParts
from densexplain.classifier.wiring.network import Network
from densexplain.errors import OptionError


class StageGradCam:
    """Grad-CAM of a logit at one stage.

    Parameters
    ----------
    network
        Family, head and input size.
    tensors
        Its stored tensors.
    stage
        Position of the stage whose feature maps are weighted; that before the
        last has four times its cells in most networks.

    Raises
    ------
    OptionError
        If Keras's backend is not TensorFlow: the others have no gradient with
        respect to a value on the way.

    References
    ----------
    Selvaraju et al., Grad-CAM, ICCV 2017, section 3.1.
    """

    def __init__(self, network: Network, tensors: Tensors, stage: int = -2) -> None:
        backend = keras.config.backend()
        if backend != "tensorflow":
            name = network.stages[stage].name
            raise OptionError(f"expected KERAS_BACKEND=tensorflow for Grad-CAM of {name}; received {backend}")

        def forward(batch: Any, weights: Mapping[str, Any]) -> dict[str, Any]:
            import tensorflow as tf

            with tf.GradientTape() as tape:
                tape.watch(batch)
                stages, _, logits = wire_logits(network.parameters, batch, TensorParts(weights))
                chosen = logits[:, network.head.main]
            shares = ops.mean(tape.gradient(chosen, stages[stage]), axis=(1, 2), keepdims=True)
            return {"map": ops.relu(ops.sum(stages[stage] * shares, axis=-1))[0]}

        folded = fold(network.parameters, tensors)
        weights = {name: ops.convert_to_tensor(array) for name, array in folded.items()}
        self._compiled = compiler_for(backend)(forward, weights, (1, network.size_px, network.size_px, 3))

    def __call__(self, network_input: NDArray[np.float32]) -> NDArray[np.float32]:
        """The map of one network input: shape (rows, columns) of the stage, float32, >= 0, in logits per cell."""
        return np.asarray(self._compiled(network_input[None])["map"], np.float32)
