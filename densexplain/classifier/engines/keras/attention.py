"""Self-attention with relative positions (Bello et al., ICCV 2019, eq. 3 to 5), as an operation and as a layer."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from densexplain.classifier.wiring.parts import Attention


def attend(x: Any, rows_table: Any, columns_table: Any, attention: Attention) -> Any:
    """Let every cell read every other.

    Parameters
    ----------
    x
        Queries, keys and values, (batch, rows, columns, 2 * key_channels + value_channels).
    rows_table, columns_table
        What is known of each distance, (2 * cells - 1, key_channels / heads);
        the middle one is the distance 0.
    attention
        Heads and channels.

    Returns
    -------
    tensor
        (batch, rows, columns, value_channels).
    """
    shape, heads = ops.shape(x), attention.heads
    rows, columns = shape[1], shape[2]
    keys, values = attention.key_channels, attention.value_channels

    def by_head(part: Any, channels: int) -> Any:  # (batch, rows, columns, heads, depth)
        return ops.reshape(part, (-1, rows, columns, heads, channels // heads))

    q = by_head(x[..., :keys], keys) * (keys // heads) ** -0.5
    k, v = by_head(x[..., keys : 2 * keys], keys), by_head(x[..., 2 * keys :], values)
    tall, wide = (
        ops.take(table, _distances(length) + attention.cells - 1, axis=0)  # (from, to, depth)
        for table, length in ((rows_table, rows), (columns_table, columns))
    )
    logits = (
        ops.einsum("bijhd,bklhd->bhijkl", q, k)
        + ops.einsum("bijhd,ikd->bhijk", q, tall)[..., None]
        + ops.einsum("bijhd,jld->bhijl", q, wide)[..., None, :]
    )
    cells = rows * columns
    shares = ops.softmax(ops.reshape(logits, (-1, heads, cells, cells)), axis=-1)
    read = ops.einsum("bhpq,bqhd->bphd", shares, ops.reshape(v, (-1, cells, heads, values // heads)))
    return ops.reshape(read, (-1, rows, columns, values))


def _distances(length: Any) -> Any:
    """From each position to each, (from, to)."""
    at = ops.arange(length)
    return at[None, :] - at[:, None]


class RelativeAttention(keras.layers.Layer):  # type: ignore[misc]  # Keras has no types
    """`attend` with tables of its own; maps may have any size up to `Attention.cells`.

    Parameters
    ----------
    attention
        Heads and channels.
    name
        Name of the layer.
    """

    def __init__(self, attention: Attention, name: str) -> None:
        super().__init__(name=name)
        self._attention = attention

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Make the tables, as small as the paper draws them."""
        depth = self._attention.key_channels // self._attention.heads
        shape = (2 * self._attention.cells - 1, depth)
        draw = keras.initializers.RandomNormal(stddev=depth**-0.5)
        self.rows_table = self.add_weight(name="relative_rows", shape=shape, initializer=draw)
        self.columns_table = self.add_weight(name="relative_columns", shape=shape, initializer=draw)

    def call(self, x: Any) -> Any:
        """Values read, (batch, rows, columns, value_channels)."""
        rows_table, columns_table = (ops.cast(table, x.dtype) for table in (self.rows_table, self.columns_table))
        return attend(x, rows_table, columns_table, self._attention)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """As the input, with as many channels as values."""
        return (*input_shape[:3], self._attention.value_channels)
