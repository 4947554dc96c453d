"""A parametric DenseNet on Keras layers, named as keras.applications names them.

The same builder makes the DenseNet-169 of the paper, its sisters 121 and 201,
and the tiny network of the tests, so what is tested is what runs.
"""

from __future__ import annotations

from typing import Any

import keras
from keras import layers

from densexplain.classifier.families.parameters import ARCHITECTURES, EPSILON, DenseNetParameters
from densexplain.classifier.families.wiring import wire_densenet
from densexplain.errors import ShapeError
from densexplain.vocabulary import Stage

__all__ = ["ARCHITECTURES", "BATCH_NORMALISATION_MOMENTUM", "DenseNetParameters", "build_densenet"]

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
    x = wire_densenet(parameters, inputs, _LayerParts())[Stage.BLOCK4]
    x = layers.GlobalAveragePooling2D(name="avg_pool")(x)
    # float32 also under a mixed-precision policy: the logit is what is explained.
    outputs = layers.Dense(1, activation="sigmoid", name="predictions", dtype="float32")(x)
    return keras.Model(inputs, outputs, name="densenet")


class _LayerParts:
    """Keras layers, named as keras.applications names them."""

    def pad(self, x: Any, margin: int, name: str) -> Any:
        return layers.ZeroPadding2D(margin, name=name)(x)

    def convolve(self, x: Any, channels: int, size: int, name: str) -> Any:
        return layers.Conv2D(channels, size, padding="same", use_bias=False, name=name)(x)

    def normalise_and_rectify(self, x: Any, normalisation: str, activation: str) -> Any:
        x = layers.BatchNormalization(epsilon=EPSILON, momentum=BATCH_NORMALISATION_MOMENTUM, name=normalisation)(x)
        return layers.Activation("relu", name=activation)(x)

    def convolve_normalise_and_rectify(
        self, x: Any, channels: int, size: int, stride: int, names: tuple[str, str, str]
    ) -> Any:
        convolution, normalisation, activation = names
        x = layers.Conv2D(channels, size, strides=stride, use_bias=False, name=convolution)(x)
        return self.normalise_and_rectify(x, normalisation, activation)

    def pool_maximum(self, x: Any, size: int, stride: int, name: str) -> Any:
        return layers.MaxPooling2D(size, strides=stride, name=name)(x)

    def pool_mean(self, x: Any, size: int, name: str) -> Any:
        return layers.AveragePooling2D(size, strides=size, name=name)(x)

    def concatenate(self, x: Any, y: Any, name: str) -> Any:
        return layers.Concatenate(name=name)([x, y])
