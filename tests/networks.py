"""A loaded model set as a Keras model, to hold it against; Keras is imported only then."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from densexplain.classifier.model_sets.model_set import LoadedModelSet

if TYPE_CHECKING:
    import keras


def model_of(model_set: LoadedModelSet) -> keras.Model:
    from densexplain.classifier.engines.keras.weights import keras_model

    return keras_model(model_set.manifest.network, model_set.read_tensors())


def tensors_of_keras(seed: int) -> dict[str, np.ndarray]:
    """The tiny network's weights as Keras draws them."""
    import keras

    from densexplain.classifier.engines.keras.layers import build_network
    from densexplain.classifier.engines.keras.weights import tensors_of
    from densexplain.classifier.wiring.registry import ARCHITECTURES

    keras.utils.set_random_seed(seed)
    return tensors_of(build_network(ARCHITECTURES["tiny"], 64))


def pooled_of(model_set: LoadedModelSet, network_inputs: np.ndarray) -> np.ndarray:
    """What the head reads, (inputs, channels)."""
    import keras

    model = model_of(model_set)
    return keras.Model(model.input, model.get_layer("avg_pool").output).predict(network_inputs, verbose=0)


def map_of(model_set: LoadedModelSet, network_input: np.ndarray) -> np.ndarray:
    """Class activation map of the first class."""
    return model_set.classifier.evidence(network_input[None]).maps[0, 0]


def logit_of(model_set: LoadedModelSet, network_input: np.ndarray) -> float:
    return float(model_set.classifier.logits(network_input[None])[0, 0])
