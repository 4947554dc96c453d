"""The weights of a run as they are measured and kept: as they are, or their running averages."""

from __future__ import annotations

import keras

from densexplain.classifier.engines.keras.weights import Tensors, set_tensors, tensors_of
from densexplain.training.regions.supervised_network import network_tensors


def averaged_tensors(model: keras.Model, averaging: float) -> Tensors:
    """Tensors of a model's classifier, its trainable ones averaged by the optimizer where it does so.

    Parameters
    ----------
    model
        In training; as it was afterwards.
    averaging
        As in the recipe; 0 gives the tensors as they are.
    """
    if not averaging:
        return network_tensors(model)
    as_they_are = tensors_of(model)
    try:
        model.optimizer.finalize_variable_values(model.trainable_variables)
        return network_tensors(model)
    finally:
        set_tensors(model, as_they_are)
