"""Parts that work on stored tensors, without a Keras layer.

A network of 600 layers takes seconds to build and trace; operations on its
tensors take one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from keras import ops

from densexplain.classifier.engines.keras.attention import attend
from densexplain.classifier.wiring.parts import Attention


class TensorParts:
    """Operations on folded tensors; see `densexplain.classifier.wiring.parts.AnswerParts`.

    Parameters
    ----------
    weights
        Result of `densexplain.classifier.engines.folding.fold`, as tensors of the backend.
    """

    def __init__(self, weights: Mapping[str, Any]) -> None:
        self._weights = weights

    def pad(self, x: Any, margin: int, name: str) -> Any:
        """Zeros on all four sides."""
        return ops.pad(x, ((0, 0), (margin, margin), (margin, margin), (0, 0)))

    def convolve(
        self, x: Any, channels: int, size: int, name: str, *, stride: int = 1, padded: bool = True, bias: bool = False
    ) -> Any:
        """Square convolution; `channels` and `size` are those of the kernel."""
        padding = "same" if padded else "valid"
        x = ops.conv(x, self._weights[f"{name}/kernel"], stride, padding, data_format="channels_last")
        return x + self._weights[f"{name}/bias"] if bias else x

    def normalise_and_rectify(self, x: Any, normalisation: str, activation: str) -> Any:
        """Factor, offset, ReLU."""
        return ops.relu(x * self._weights[f"{normalisation}/factor"] + self._weights[f"{normalisation}/offset"])

    def convolve_normalise_and_rectify(
        self, x: Any, channels: int, size: int, stride: int, names: tuple[str, str, str]
    ) -> Any:
        """Convolution with the factor folded in, offset, ReLU."""
        x = self.convolve(x, channels, size, names[0], stride=stride, padded=False)
        return ops.relu(x + self._weights[f"{names[1]}/offset"])

    def pool_maximum(self, x: Any, size: int, stride: int, name: str) -> Any:
        """Maximum of each window, without padding."""
        return ops.max_pool(x, size, strides=stride, padding="valid", data_format="channels_last")

    def pool_mean(self, x: Any, size: int, name: str) -> Any:
        """Mean of each window."""
        return ops.average_pool(x, size, strides=size, padding="valid", data_format="channels_last")

    def concatenate(self, x: Any, y: Any, name: str) -> Any:
        """Channels of `x`, then those of `y`."""
        return ops.concatenate([x, y], axis=-1)

    def add(self, x: Any, y: Any, name: str) -> Any:
        """Sum of two maps."""
        return x + y

    def attend(self, x: Any, attention: Attention, name: str) -> Any:
        """Self-attention with relative positions."""
        rows_table, columns_table = (self._weights[f"{name}/relative_{axis}"] for axis in ("rows", "columns"))
        return attend(x, rows_table, columns_table, attention)

    def mean(self, x: Any, rows: slice) -> Any:
        """Mean of each channel over some of the rows."""
        return ops.mean(x[:, rows], axis=(1, 2))

    def maximum(self, x: Any) -> Any:
        """Maximum of each channel."""
        return ops.max(x, axis=(1, 2))

    def class_activation_maps(self, x: Any, name: str) -> Any:
        """Class activation maps, (batch, classes, rows, columns)."""
        return ops.transpose(ops.matmul(x, self._weights[f"{name}/kernel"]), (0, 3, 1, 2))

    def sum_evidence(self, maps: Any, name: str) -> Any:
        """Mean of each map, and the bias."""
        return ops.mean(maps, axis=(2, 3)) + self._weights[f"{name}/bias"]

    def contributions(self, pooled: Any, name: str) -> Any:
        """Pooled channels times the head's kernel, (batch, classes, channels)."""
        return pooled[:, None, :] * ops.transpose(self._weights[f"{name}/kernel"])[None]

    def join(self, vectors: Sequence[Any]) -> Any:
        """Vectors one after the other."""
        return ops.concatenate(list(vectors), axis=-1)

    def rank(self, x: Any, strengths: Any, count: int) -> tuple[Any, Any, Any]:
        """The first channels by magnitude; of equals the lower first."""
        _, channels = ops.top_k(ops.abs(strengths), count)
        channels = ops.cast(channels, "int32")
        kept = ops.take_along_axis(strengths, channels, axis=-1)
        places = channels if len(channels.shape) == 3 else channels[:, None]  # (batch, classes, 16)
        maps = ops.transpose(x, (0, 3, 1, 2))[:, None]  # (batch, 1, channels, rows, columns)
        maps = ops.take_along_axis(maps, places[..., None, None], axis=2)
        return channels, kept, maps if len(channels.shape) == 3 else maps[:, 0]
