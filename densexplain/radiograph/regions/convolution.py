"""Layers of a small convolutional network, in NumPy: reading a radiograph needs no TensorFlow."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Features = NDArray[np.float32]
"""Feature maps, shape (rows, columns, channels), float32, any value."""

_AT_ONCE = 1 << 20  # numbers in a block of neighbourhoods; it stays in the processor's cache


@dataclass(frozen=True, eq=False)
class Convolution:
    """Odd square kernel with stride 1, edges padded with zeros.

    Parameters
    ----------
    kernel
        Shape (side, side, inputs, outputs), float32, any value.
    bias
        Shape (outputs,), float32, any value.
    """

    kernel: NDArray[np.float32]
    bias: NDArray[np.float32]

    def __call__(self, features: Features) -> Features:
        """Apply it; shape (rows, columns, inputs) gives (rows, columns, outputs)."""
        side, _, inputs, outputs = self.kernel.shape
        rows, columns, _ = features.shape
        weights = self.kernel.reshape(-1, outputs)
        padded = np.pad(features, ((side // 2, side // 2), (side // 2, side // 2), (0, 0)))
        out = np.empty((rows, columns, outputs), np.float32)
        block = max(1, _AT_ONCE // (columns * weights.shape[0]))
        near = np.empty((min(block, rows), columns, side * side, inputs), np.float32)
        for top in range(0, rows, block):
            height = min(block, rows - top)
            for place in range(side * side):
                down, right = top + place // side, place % side
                near[:height, :, place] = padded[down : down + height, right : right + columns]
            np.matmul(
                near[:height].reshape(height * columns, -1), weights, out=out[top : top + height].reshape(-1, outputs)
            )
        out += self.bias
        return out


def rectified(features: Features) -> Features:
    """Replace negative values by zero, in place (ReLU)."""
    return np.maximum(features, np.float32(0), out=features)


def halved(features: Features) -> Features:
    """Keep the greatest of each 2 x 2 pixels; rows and columns are even."""
    lower = np.maximum(features[0::2], features[1::2])
    return np.asarray(np.maximum(lower[:, 0::2], lower[:, 1::2]))


def doubled(features: Features) -> Features:
    """Repeat each row and column."""
    return np.asarray(features.repeat(2, axis=0).repeat(2, axis=1))


def folded(image: NDArray[np.float32]) -> Features:
    """Turn each 2 x 2 pixels of an image, shape (2 rows, 2 columns), float32, any value, into four channels of one."""
    rows, columns = image.shape
    pixels = image.reshape(rows // 2, 2, columns // 2, 2).transpose(0, 2, 1, 3)
    return np.ascontiguousarray(pixels).reshape(rows // 2, columns // 2, 4)


def unfolded(features: Features) -> NDArray[np.float32]:
    """Turn each four channels into 2 x 2 pixels; shape (images, 2 rows, 2 columns), float32."""
    rows, columns, channels = features.shape
    pixels = features.reshape(rows, columns, channels // 4, 2, 2).transpose(2, 0, 3, 1, 4)
    return np.ascontiguousarray(pixels).reshape(channels // 4, 2 * rows, 2 * columns)
