"""Building blocks of networks, independent of the engine.

A family wires these parts once; Keras layers, plain operations on stored
tensors and the nodes of an ONNX graph are kinds of them. All are the same
network because all come from that one wiring.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

EPSILON = 1.001e-5
"""Added to variances in batch normalisation, as in keras.applications."""


@dataclass(frozen=True)
class Attention:
    """Parameters of a self-attention over the cells of a map.

    Parameters
    ----------
    heads
        Independent attentions side by side.
    key_channels, value_channels
        Channels of all heads together; multiples of `heads`.
    cells
        Most rows and columns of a map: positions are told apart up to that distance.
    """

    heads: int
    key_channels: int
    value_channels: int
    cells: int


class Parts(Protocol):
    """Each call names the layers it stands for.

    `x` and every result are feature maps, (batch, rows, columns, channels) or
    what stands for them.
    """

    def pad(self, x: Any, margin: int, name: str) -> Any:
        """Zeros on all four sides."""

    def convolve(
        self, x: Any, channels: int, size: int, name: str, *, stride: int = 1, padded: bool = True, bias: bool = False
    ) -> Any:
        """Square convolution; where it is padded with zeros, rows and columns stay (at a stride of 1)."""

    def convolve_normalise_and_rectify(
        self, x: Any, channels: int, size: int, stride: int, names: tuple[str, str, str]
    ) -> Any:
        """Convolution without padding and bias, batch normalisation and ReLU, of these three names.

        One part, since the normalisation becomes part of the kernel where nothing is trained.
        """

    def normalise_and_rectify(self, x: Any, normalisation: str, activation: str) -> Any:
        """Batch normalisation, then ReLU."""

    def pool_maximum(self, x: Any, size: int, stride: int, name: str) -> Any:
        """Maximum of each window, without padding."""

    def pool_mean(self, x: Any, size: int, name: str) -> Any:
        """Mean of each window; windows do not overlap."""

    def concatenate(self, x: Any, y: Any, name: str) -> Any:
        """Channels of `x`, then those of `y`."""

    def add(self, x: Any, y: Any, name: str) -> Any:
        """Sum of two maps of one shape."""

    def attend(self, x: Any, attention: Attention, name: str) -> Any:
        """Self-attention with relative positions.

        `x` holds queries, keys and values of every cell, 2 * key_channels +
        value_channels; the result has `value_channels`.
        """


class AnswerParts(Parts, Protocol):
    """What is made of the stages' maps besides, by what explains.

    `x` has the shape (batch, rows, columns, channels); kernel and bias are those of the head.
    """

    def mean(self, x: Any, rows: slice) -> Any:
        """Mean of each channel over some of the rows, (batch, channels)."""

    def maximum(self, x: Any) -> Any:
        """Maximum of each channel, (batch, channels)."""

    def class_activation_maps(self, x: Any, name: str) -> Any:
        """Class activation maps (batch, classes, rows, columns) by the kernel ``name/kernel``."""

    def sum_evidence(self, maps: Any, name: str) -> Any:
        """Logits (batch, classes): the mean of each class activation map and the bias ``name/bias``."""

    def contributions(self, pooled: Any, name: str) -> Any:
        """Shares of the pooled channels in the logits, (batch, classes, channels)."""

    def join(self, vectors: Sequence[Any]) -> Any:
        """Vectors (batch, channels) one after the other."""

    def rank(self, x: Any, strengths: Any, count: int) -> Sequence[Any]:
        """The first channels by magnitude; of equals the lower first.

        `strengths` has the shape (batch, channels) or (batch, classes,
        channels). Results: channels (..., count), int32; strengths (..., count);
        maps (..., count, rows, columns).
        """
