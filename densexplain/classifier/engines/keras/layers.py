"""Parts as Keras layers, named as keras.applications names them: what is trained.

The same wiring makes the networks of keras.applications, their sisters and the
tiny networks of the tests, so what is tested is what runs.
"""

from __future__ import annotations

from typing import Any

import keras
from keras import layers

from densexplain.classifier.engines.keras.attention import RelativeAttention
from densexplain.classifier.heads import HeadKind
from densexplain.classifier.wiring.outline import HEAD, LEAST_PX, outline
from densexplain.classifier.wiring.parts import EPSILON, Attention
from densexplain.classifier.wiring.registry import Parameters, family_of
from densexplain.errors import ShapeError

BATCH_NORMALISATION_MOMENTUM = 0.99


def build_network(
    parameters: Parameters, input_px: int | None, units: int = 1, kind: HeadKind = HeadKind.SIGMOID
) -> keras.Model:
    """Build a classifier: a network of any family, global average pooling, and a head.

    Parameters
    ----------
    parameters
        Parameters of any family.
    input_px
        Edge of the square input in pixels (at least 32); None leaves rows and
        columns open.
    units, kind
        Units and kind of the head.

    Returns
    -------
    keras.Model
        From (batch, input_px, input_px, 3) float32, normalised, to (batch,
        units) probabilities. Layer names are those of keras.applications; the
        head is ``predictions``.

    Raises
    ------
    ShapeError
        If `input_px` is under 32, where the last feature map would be empty, or
        the network has no place for maps of that size.
    """
    if input_px is not None:
        if input_px < LEAST_PX:
            raise ShapeError(f"`input_px` must be at least {LEAST_PX}; received {input_px}")
        outline(parameters, input_px)
    family = family_of(parameters)
    inputs = keras.Input(shape=(input_px, input_px, 3), name="radiograph")
    x = family.wire(parameters, inputs, _LayerParts())[-1]
    x = layers.GlobalAveragePooling2D(name="avg_pool")(x)
    # float32 also under a mixed-precision policy: the logit is what is explained.
    outputs = layers.Dense(units, activation=kind.value, name=HEAD, dtype="float32")(x)
    return keras.Model(inputs, outputs, name=family.name.replace("-", "_"))


class _LayerParts:
    """See `densexplain.classifier.wiring.parts.Parts`."""

    def pad(self, x: Any, margin: int, name: str) -> Any:
        return layers.ZeroPadding2D(margin, name=name)(x)

    def convolve(
        self, x: Any, channels: int, size: int, name: str, *, stride: int = 1, padded: bool = True, bias: bool = False
    ) -> Any:
        padding = "same" if padded else "valid"
        return layers.Conv2D(channels, size, strides=stride, padding=padding, use_bias=bias, name=name)(x)

    def normalise_and_rectify(self, x: Any, normalisation: str, activation: str) -> Any:
        x = layers.BatchNormalization(epsilon=EPSILON, momentum=BATCH_NORMALISATION_MOMENTUM, name=normalisation)(x)
        return layers.Activation("relu", name=activation)(x)

    def convolve_normalise_and_rectify(
        self, x: Any, channels: int, size: int, stride: int, names: tuple[str, str, str]
    ) -> Any:
        x = self.convolve(x, channels, size, names[0], stride=stride, padded=False)
        return self.normalise_and_rectify(x, names[1], names[2])

    def pool_maximum(self, x: Any, size: int, stride: int, name: str) -> Any:
        return layers.MaxPooling2D(size, strides=stride, name=name)(x)

    def pool_mean(self, x: Any, size: int, name: str) -> Any:
        return layers.AveragePooling2D(size, strides=size, name=name)(x)

    def concatenate(self, x: Any, y: Any, name: str) -> Any:
        return layers.Concatenate(name=name)([x, y])

    def add(self, x: Any, y: Any, name: str) -> Any:
        return layers.Add(name=name)([x, y])

    def attend(self, x: Any, attention: Attention, name: str) -> Any:
        return RelativeAttention(attention, name=name)(x)
