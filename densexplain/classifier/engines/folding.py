"""Stored tensors as an engine that does not train reads them: batch normalisation as factor and offset.

Where a convolution alone feeds a normalisation, the factor becomes part of its
kernel - exact algebra, in double precision, once at loading.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from densexplain.classifier.wiring.outline import HEAD, LEAST_PX, check_shapes, head_units, outline, tensor_shapes
from densexplain.classifier.wiring.parts import EPSILON
from densexplain.classifier.wiring.registry import Parameters

Tensors = Mapping[str, NDArray[Any]]
"""Arrays by ``layer/variable``, each of its variable's shape, float16 or float32, any value."""

Weights = dict[str, NDArray[np.float32]]
"""Arrays that engines read, by name, each of its layer's shape, float32, any value."""


def fold(parameters: Parameters, tensors: Tensors) -> Weights:
    """Turn stored tensors into those that engines read.

    Parameters
    ----------
    parameters
        Parameters of any family.
    tensors
        All tensors of a classifier of that kind, each of its variable's shape, float16 or float32, any value; not
        changed.

    Returns
    -------
    dict
        Kernels, biases and tables under their names; ``layer/factor`` and
        ``layer/offset`` for each batch normalisation, with ``y = factor * x +
        offset``; a normalisation that follows a convolution has its factor in
        that kernel. Each of its layer's shape, float32, any value.

    Raises
    ------
    WeightsShapeError, WeightsSurplusError
        If the tensors are not those of `parameters` with a head of any number of units.
    """
    check_shapes(
        {name: tensor.shape for name, tensor in tensors.items()},
        tensor_shapes(parameters, head_units(tensors)),
        "the weights",
    )
    folded: Weights = {}
    factors: dict[str, NDArray[np.float64]] = {}
    before = outline(parameters, LEAST_PX).folded
    for name in tensors:
        layer, variable = name.split("/")
        if variable != "gamma":
            continue
        gamma, beta, mean, variance = (
            np.asarray(tensors[f"{layer}/{moment}"], np.float64)
            for moment in ("gamma", "beta", "moving_mean", "moving_variance")
        )
        factor = gamma / np.sqrt(variance + EPSILON)
        folded[f"{layer}/offset"] = (beta - mean * factor).astype(np.float32)
        if layer in before:
            factors[f"{before[layer]}/kernel"] = factor
        else:
            folded[f"{layer}/factor"] = factor.astype(np.float32)
    for name, tensor in tensors.items():
        if name in factors:
            folded[name] = (np.asarray(tensor, np.float64) * factors[name]).astype(np.float32)
        elif name.split("/")[1] in ("kernel", "bias") or "relative" in name:
            folded[name] = np.asarray(tensor, np.float32)
    return folded


def biases_of(tensors: Tensors) -> NDArray[np.float32]:
    """Biases of the head, shape (classes,), float32, in logits."""
    return np.asarray(tensors[f"{HEAD}/bias"], np.float32)
