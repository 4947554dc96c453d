"""DenseNet parts that work on stored tensors, without a Keras layer.

A network of 600 layers takes seconds to build and trace; operations on its
tensors take one. Batch normalisation is folded into a factor and an offset, and
where a convolution comes before it, into that convolution - exact algebra, in
double precision, once at loading.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from keras import ops
from numpy.typing import NDArray

from densexplain.classifier.families.parameters import EPSILON

Weights = dict[str, NDArray[np.float32]]


def fold(tensors: Mapping[str, NDArray[Any]]) -> Weights:
    """Turn stored tensors into those that `TensorParts` reads.

    Parameters
    ----------
    tensors
        ``layer/variable`` to array, of a whole DenseNet.

    Returns
    -------
    dict
        Kernels under their names; ``layer/factor`` and ``layer/offset`` for each
        batch normalisation, with ``y = factor * x + offset``; a normalisation
        that follows a convolution has its factor in that kernel. float32.
    """
    folded: Weights = {}
    for name in tensors:
        layer, variable = name.split("/")
        if variable in ("kernel", "bias"):
            folded.setdefault(name, np.asarray(tensors[name], np.float32))
        if variable != "gamma":
            continue
        gamma, beta, mean, variance = (
            np.asarray(tensors[f"{layer}/{moment}"], np.float64)
            for moment in ("gamma", "beta", "moving_mean", "moving_variance")
        )
        factor = gamma / np.sqrt(variance + EPSILON)
        folded[f"{layer}/offset"] = (beta - mean * factor).astype(np.float32)
        convolution = _convolution_before(layer)
        if convolution is None:
            folded[f"{layer}/factor"] = factor.astype(np.float32)
        else:
            folded[convolution] = (np.asarray(tensors[convolution], np.float64) * factor).astype(np.float32)
    return folded


def _convolution_before(normalisation: str) -> str | None:
    """Kernel of the convolution that alone feeds this normalisation (``conv1_bn``, ``..._1_bn``)."""
    follows = normalisation == "conv1_bn" or normalisation.endswith("_1_bn")
    return normalisation.removesuffix("_bn") + "_conv/kernel" if follows else None


class TensorParts:
    """Operations on folded tensors; see `densexplain.classifier.families.wiring.Parts`.

    Parameters
    ----------
    weights
        Result of `fold`, as tensors of the backend.
    """

    def __init__(self, weights: Mapping[str, Any]) -> None:
        self._weights = weights

    def pad(self, x: Any, margin: int, name: str) -> Any:
        """Zeros on all four sides."""
        return ops.pad(x, ((0, 0), (margin, margin), (margin, margin), (0, 0)))

    def convolve(self, x: Any, channels: int, size: int, name: str) -> Any:
        """Square convolution; `channels` and `size` are those of the kernel."""
        return ops.conv(x, self._weights[f"{name}/kernel"], padding="same", data_format="channels_last")

    def normalise_and_rectify(self, x: Any, normalisation: str, activation: str) -> Any:
        """Factor, offset, ReLU."""
        return ops.relu(x * self._weights[f"{normalisation}/factor"] + self._weights[f"{normalisation}/offset"])

    def convolve_normalise_and_rectify(
        self, x: Any, channels: int, size: int, stride: int, names: tuple[str, str, str]
    ) -> Any:
        """Convolution with the factor folded in, offset, ReLU."""
        kernel, offset = self._weights[f"{names[0]}/kernel"], self._weights[f"{names[1]}/offset"]
        x = ops.conv(x, kernel, strides=stride, padding="valid", data_format="channels_last")
        return ops.relu(x + offset)

    def pool_maximum(self, x: Any, size: int, stride: int, name: str) -> Any:
        """Maximum of each window, without padding."""
        return ops.max_pool(x, size, strides=stride, padding="valid", data_format="channels_last")

    def pool_mean(self, x: Any, size: int, name: str) -> Any:
        """Mean of each window."""
        return ops.average_pool(x, size, strides=size, padding="valid", data_format="channels_last")

    def concatenate(self, x: Any, y: Any, name: str) -> Any:
        """Channels of `x`, then those of `y`."""
        return ops.concatenate([x, y], axis=-1)
