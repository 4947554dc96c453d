"""Means and variances of the batch normalisations, recomputed for weights that no longer change."""

from __future__ import annotations

import keras
import numpy as np
from numpy.typing import NDArray

from densexplain.training.batches import RadiographBatches

Moments = NDArray[np.float64]
"""Means and mean squares of the channels of a layer, float64, any value."""


def recompute_statistics(model: keras.Model, batches: RadiographBatches, count: int) -> int:
    """Replace the moving averages that training leaves by averages over many batches.

    The moving averages lag behind the weights, and a short run at a new input
    size ends before they have followed. With the weights held still, each batch
    gives the true means and variances of its own; of all batches together, the
    variance is the mean variance within a batch and the variance of the means.

    Parameters
    ----------
    model
        Changed in place: only the moving means and variances.
    batches
        Training radiographs, augmented as in training, at the size that the model will read.
    count
        How many batches at most.

    Returns
    -------
    int
        How many batches were used.

    References
    ----------
    Wu and Johnson, Rethinking "Batch" in BatchNorm, arXiv 2105.07576 (2021), section 3.
    """
    layers = [layer for layer in model.layers if isinstance(layer, keras.layers.BatchNormalization)]
    momenta = [layer.momentum for layer in layers]
    trainable, others = (
        [variable.value for variable in v] for v in (model.trainable_variables, model.non_trainable_variables)
    )
    places = {id(variable): place for place, variable in enumerate(model.non_trainable_variables)}
    means = [places[id(layer.moving_mean)] for layer in layers]
    variances = [places[id(layer.moving_variance)] for layer in layers]
    nothing: Moments = np.zeros(())
    totals = [(nothing, nothing, nothing)] * len(layers)
    used = min(count, len(batches))
    try:
        for layer in layers:
            layer.momentum = 0.0  # what is kept is then the batch's own
        for number in range(used):
            images = keras.ops.convert_to_tensor(batches[number][0])
            _, state = model.stateless_call(trainable, others, images, training=True)
            totals = [
                _added(total, keras.ops.convert_to_numpy(state[mean]), keras.ops.convert_to_numpy(state[variance]))
                for total, mean, variance in zip(totals, means, variances, strict=True)
            ]
    finally:
        for layer, momentum in zip(layers, momenta, strict=True):
            layer.momentum = momentum
    for layer, (mean, square, within) in zip(layers, totals, strict=True):
        layer.moving_mean.assign(np.asarray(mean / used, np.float32))
        between = np.maximum(square / used - (mean / used) ** 2, 0.0)
        layer.moving_variance.assign(np.asarray(within / used + between, np.float32))
    return used


def _added(
    total: tuple[Moments, Moments, Moments], mean: Moments, variance: Moments
) -> tuple[Moments, Moments, Moments]:
    """Sums of the batches' means, their squares, and the batches' variances."""
    mean = mean.astype(np.float64)
    return total[0] + mean, total[1] + mean**2, total[2] + variance.astype(np.float64)
