"""How a DenseNet is put together, written once for any kind of parts.

`densexplain.classifier.engines.keras_layers` wires Keras layers by it, to train and to
compare; `densexplain.classifier.engines.keras_forward` wires plain operations on stored tensors,
which start in a tenth of the time. Both are the same network because both are
this one.
"""

from __future__ import annotations

from typing import Any, Protocol

from densexplain.classifier.families.parameters import KEPT_IN_TRANSITION, DenseNetParameters
from densexplain.vocabulary import Stage


class Parts(Protocol):
    """What a DenseNet is made of; each call names the layers it stands for.

    `x` and every result are feature maps, (batch, rows, columns, channels).
    """

    def pad(self, x: Any, margin: int, name: str) -> Any:
        """Zeros on all four sides."""

    def convolve(self, x: Any, channels: int, size: int, name: str) -> Any:
        """Square convolution without bias; rows and columns stay."""

    def normalise_and_rectify(self, x: Any, normalisation: str, activation: str) -> Any:
        """Batch normalisation, then ReLU."""

    def convolve_normalise_and_rectify(
        self, x: Any, channels: int, size: int, stride: int, names: tuple[str, str, str]
    ) -> Any:
        """Convolution without padding, batch normalisation and ReLU, of these three names."""

    def pool_maximum(self, x: Any, size: int, stride: int, name: str) -> Any:
        """Maximum of each window, without padding."""

    def pool_mean(self, x: Any, size: int, name: str) -> Any:
        """Mean of each window; windows do not overlap."""

    def concatenate(self, x: Any, y: Any, name: str) -> Any:
        """Channels of `x`, then those of `y`."""


def wire_densenet(parameters: DenseNetParameters, x: Any, parts: Parts) -> dict[Stage, Any]:
    """Put a DenseNet together from the input to the last feature maps.

    Parameters
    ----------
    parameters
        Blocks, growth rate and initial channels.
    x
        Normalised input, (batch, rows, columns, 3).
    parts
        Layers or operations.

    Returns
    -------
    dict
        The five stages' feature maps, (batch, rows, columns, channels), >= 0.

    References
    ----------
    Huang et al., Densely connected convolutional networks, CVPR 2017, table 1;
    layer names and paddings as in keras.applications.densenet.
    """
    x = parts.pad(x, 3, "zero_padding2d")
    x = parts.convolve_normalise_and_rectify(
        x, parameters.initial_channels, 7, 2, ("conv1_conv", "conv1_bn", "conv1_relu")
    )
    stages, channels = {Stage.CONV1: x}, parameters.initial_channels
    x = parts.pool_maximum(parts.pad(x, 1, "zero_padding2d_1"), 3, 2, "pool1")
    for number, depth in enumerate(parameters.blocks, start=2):
        for layer in range(1, depth + 1):
            x = _wire_dense_layer(x, parameters.growth_rate, f"conv{number}_block{layer}", parts)
        channels += depth * parameters.growth_rate
        end = f"pool{number}_" if number < 5 else ""
        x = parts.normalise_and_rectify(x, f"{end}bn", f"{end}relu")
        stages[list(Stage)[number - 1]] = x
        if number < 5:
            channels = int(channels * KEPT_IN_TRANSITION)
            x = parts.pool_mean(parts.convolve(x, channels, 1, f"{end}conv"), 2, f"{end}pool")
    return stages


def _wire_dense_layer(x: Any, growth_rate: int, name: str, parts: Parts) -> Any:
    y = parts.normalise_and_rectify(x, f"{name}_0_bn", f"{name}_0_relu")
    names = (f"{name}_1_conv", f"{name}_1_bn", f"{name}_1_relu")
    y = parts.convolve_normalise_and_rectify(y, 4 * growth_rate, 1, 1, names)
    y = parts.convolve(y, growth_rate, 3, f"{name}_2_conv")
    return parts.concatenate(x, y, f"{name}_concat")
