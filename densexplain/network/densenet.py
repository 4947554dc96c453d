"""A parametric DenseNet on Keras layers, named as keras.applications names them.

The same builder makes the DenseNet-169 of the paper, its sisters 121 and 201,
and the tiny network of the tests, so what is tested is what runs.
"""

from __future__ import annotations

from typing import Any

import keras
from keras import layers

from densexplain.errors import ShapeError
from densexplain.network.parameters import ARCHITECTURES, KEPT_IN_TRANSITION, DenseNetParameters

__all__ = ["ARCHITECTURES", "BATCH_NORMALISATION_MOMENTUM", "DenseNetParameters", "build_densenet"]

_EPSILON = 1.001e-5  # keras.applications.densenet
BATCH_NORMALISATION_MOMENTUM = 0.99


def build_densenet(parameters: DenseNetParameters, input_px: int | None) -> keras.Model:
    """Build the classifier: DenseNet, global average pooling, one sigmoid unit.

    Parameters
    ----------
    parameters
        Blocks, growth rate and initial channels.
    input_px
        Edge of the square input in pixels (at least 32); None leaves rows and
        columns open.

    Returns
    -------
    keras.Model
        From (batch, input_px, input_px, 3) float32, normalised, to (batch, 1)
        probabilities of an abnormal finding. Layer names are those of
        ``keras.applications.DenseNet169``; the head is ``predictions``.

    Raises
    ------
    ShapeError
        If `input_px` is under 32, where the last feature map would be empty.

    References
    ----------
    Huang et al., Densely connected convolutional networks, CVPR 2017, table 1.
    """
    if input_px is not None and input_px < 32:
        raise ShapeError(f"`input_px` must be at least 32; received {input_px}")
    inputs = keras.Input(shape=(input_px, input_px, 3), name="radiograph")
    x = layers.ZeroPadding2D(3, name="zero_padding2d")(inputs)
    x = layers.Conv2D(parameters.initial_channels, 7, strides=2, use_bias=False, name="conv1_conv")(x)
    x = _normalise_and_rectify(x, "conv1_bn", "conv1_relu")
    x = layers.ZeroPadding2D(1, name="zero_padding2d_1")(x)
    x = layers.MaxPooling2D(3, strides=2, name="pool1")(x)
    for number, depth in enumerate(parameters.blocks, start=2):
        for layer in range(1, depth + 1):
            x = _dense_layer(x, parameters.growth_rate, f"conv{number}_block{layer}")
        if number < 5:
            x = _transition(x, f"pool{number}")
    x = _normalise_and_rectify(x, "bn", "relu")
    x = layers.GlobalAveragePooling2D(name="avg_pool")(x)
    # float32 also under a mixed-precision policy: the logit is what is explained.
    outputs = layers.Dense(1, activation="sigmoid", name="predictions", dtype="float32")(x)
    return keras.Model(inputs, outputs, name="densenet")


def _normalise_and_rectify(x: Any, normalisation: str, activation: str) -> Any:
    x = layers.BatchNormalization(epsilon=_EPSILON, momentum=BATCH_NORMALISATION_MOMENTUM, name=normalisation)(x)
    return layers.Activation("relu", name=activation)(x)


def _dense_layer(x: Any, growth_rate: int, name: str) -> Any:
    y = _normalise_and_rectify(x, f"{name}_0_bn", f"{name}_0_relu")
    y = layers.Conv2D(4 * growth_rate, 1, use_bias=False, name=f"{name}_1_conv")(y)
    y = _normalise_and_rectify(y, f"{name}_1_bn", f"{name}_1_relu")
    y = layers.Conv2D(growth_rate, 3, padding="same", use_bias=False, name=f"{name}_2_conv")(y)
    return layers.Concatenate(name=f"{name}_concat")([x, y])


def _transition(x: Any, name: str) -> Any:
    x = _normalise_and_rectify(x, f"{name}_bn", f"{name}_relu")
    channels = int(x.shape[-1] * KEPT_IN_TRANSITION)
    x = layers.Conv2D(channels, 1, use_bias=False, name=f"{name}_conv")(x)
    return layers.AveragePooling2D(2, strides=2, name=f"{name}_pool")(x)
