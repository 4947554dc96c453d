"""Parts as nodes of an ONNX graph, made in memory; nothing is written to a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from densexplain.classifier.engines.onnx.attention import attend
from densexplain.classifier.wiring.parts import Attention
from densexplain.graphs.graph import Graph


@dataclass(frozen=True)
class Maps:
    """Feature maps in a graph: (batch, channels, rows, columns), as convolutions run fastest.

    Parameters
    ----------
    name
        Name of the tensor.
    rows, columns, channels
        Its shape but for the batch.
    margin
        Zeros still to be put on all four sides; the part that comes next does it.
    rectified
        Whether every value is >= 0.
    """

    name: str
    rows: int
    columns: int
    channels: int
    margin: int = 0
    rectified: bool = False


class OnnxParts:
    """Collects nodes and the weights that they read; see `densexplain.classifier.wiring.parts.AnswerParts`.

    Parameters
    ----------
    weights
        Result of `densexplain.classifier.engines.folding.fold`: by name, each of its layer's shape, float32, any value.
    """

    def __init__(self, weights: Mapping[str, NDArray[np.float32]]) -> None:
        self.graph = Graph()
        self._weights = weights

    def pad(self, x: Maps, margin: int, name: str) -> Maps:
        """Note the margin; the next operation applies it, which costs a convolution nothing."""
        return replace(x, margin=margin)

    def convolve(
        self, x: Maps, channels: int, size: int, name: str, *, stride: int = 1, padded: bool = True, bias: bool = False
    ) -> Maps:
        """Square convolution."""
        offset = [self._weight(f"{name}/bias")] if bias else []
        return self._convolve(x, channels, size, stride, size // 2 if padded else x.margin, name, offset)

    def convolve_normalise_and_rectify(
        self, x: Maps, channels: int, size: int, stride: int, names: tuple[str, str, str]
    ) -> Maps:
        """Convolution with the factor folded into its kernel, offset as bias, ReLU."""
        y = self._convolve(x, channels, size, stride, x.margin, names[0], [self._weight(f"{names[1]}/offset")])
        return replace(y, name=self.graph.node("Relu", [y.name], names[2]), rectified=True)

    def normalise_and_rectify(self, x: Maps, normalisation: str, activation: str) -> Maps:
        """One node of batch normalisation with mean 0 and variance 1: a third faster than a product and a sum."""
        inputs = [self._weight(f"{normalisation}/{part}") for part in ("factor", "offset")]
        inputs += [
            self.graph.constant(f"{value}s_{x.channels}", np.full(x.channels, value, np.float32)) for value in (0, 1)
        ]
        y = self.graph.node("BatchNormalization", [x.name, *inputs], normalisation, epsilon=0.0)
        return replace(x, name=self.graph.node("Relu", [y], activation), rectified=True)

    def pool_maximum(self, x: Maps, size: int, stride: int, name: str) -> Maps:
        """Maximum of each window; beyond the edge lie zeros, which a window of nothing but rectified values ignores."""
        if x.margin and not x.rectified:
            x = self._padded(x, name)
        pads = [x.margin] * 4
        y = self.graph.node("MaxPool", [x.name], name, kernel_shape=[size, size], strides=[stride, stride], pads=pads)
        return self._windows(x, y, size, stride, x.margin, x.channels, x.rectified)

    def pool_mean(self, x: Maps, size: int, name: str) -> Maps:
        """Mean of each window."""
        y = self.graph.node("AveragePool", [x.name], name, kernel_shape=[size, size], strides=[size, size])
        return self._windows(x, y, size, size, 0, x.channels, x.rectified)

    def concatenate(self, x: Maps, y: Maps, name: str) -> Maps:
        """Channels of `x`, then those of `y`."""
        joined = self.graph.node("Concat", [x.name, y.name], name, axis=1)
        return replace(x, name=joined, channels=x.channels + y.channels, rectified=x.rectified and y.rectified)

    def add(self, x: Maps, y: Maps, name: str) -> Maps:
        """Sum of two maps of one shape."""
        return replace(x, name=self.graph.node("Add", [x.name, y.name], name), rectified=x.rectified and y.rectified)

    def attend(self, x: Maps, attention: Attention, name: str) -> Maps:
        """Self-attention with relative positions."""
        read = attend(self.graph, self._weights, x.name, (x.rows, x.columns), attention, name)
        return replace(x, name=read, channels=attention.value_channels, rectified=False)

    def mean(self, x: Maps, rows: slice) -> str:
        """Mean of each channel over some of the rows."""
        name = f"{x.name}/mean/{rows.start}-{rows.stop}"
        if (rows.start, rows.stop) == (0, x.rows):
            pooled = self.graph.node("GlobalAveragePool", [x.name], f"{name}/pooled")
            return self.graph.reshape(pooled, [0, x.channels], name)
        ends = [self.graph.constant(f"at_{end}", np.array([end], np.int64)) for end in (rows.start, rows.stop)]
        part = self.graph.node("Slice", [x.name, *ends, self.graph.axes(2)], f"{name}/rows")
        return self.graph.node("ReduceMean", [part, self.graph.axes(2, 3)], name, keepdims=0)

    def maximum(self, x: Maps) -> str:
        """Maximum of each channel."""
        pooled = self.graph.node("GlobalMaxPool", [x.name], f"{x.name}/maximum/pooled")
        return self.graph.reshape(pooled, [0, x.channels], f"{x.name}/maximum")

    def class_activation_maps(self, x: Maps, name: str) -> str:
        """A convolution of size 1 by the head's kernel."""
        kernel = self._weights[f"{name}/kernel"].T[:, :, None, None]  # (classes, channels, 1, 1)
        return self.graph.node("Conv", [x.name, self.graph.constant(f"{name}/kernel", kernel)], "class_activation_maps")

    def sum_evidence(self, maps: str, name: str) -> str:
        """Mean of each map, and the bias."""
        mean = self.graph.node("ReduceMean", [maps, self.graph.axes(2, 3)], f"{name}/evidence", keepdims=0)
        return self.graph.node("Add", [mean, self._weight(f"{name}/bias")], "class_logits")

    def contributions(self, pooled: str, name: str) -> str:
        """Pooled channels times the head's kernel."""
        shares = self.graph.constant(
            f"{name}/shares", self._weights[f"{name}/kernel"].T[None]
        )  # (1, classes, channels)
        grown = self.graph.node("Unsqueeze", [pooled, self.graph.axes(1)], f"{name}/grown")
        return self.graph.node("Mul", [grown, shares], f"{name}/contributions")

    def join(self, vectors: Sequence[str]) -> str:
        """Vectors one after the other."""
        return self.graph.node("Concat", list(vectors), f"{vectors[0]}/joined", axis=1)

    def rank(self, x: Maps, strengths: str, count: int) -> tuple[str, str, str]:
        """The first channels by magnitude; ONNX takes the lower of equals first."""
        name = f"{strengths}/first"
        size = self.graph.node("Abs", [strengths], f"{name}/size")
        best = [f"{name}/values", f"{name}/channels"]
        number = self.graph.constant(f"count_{count}", np.array([count], np.int64))
        self.graph.node("TopK", [size, number], best, axis=-1)
        kept = self.graph.node("GatherElements", [strengths, best[1]], f"{name}/strengths", axis=-1)
        places = self.graph.node("Unsqueeze", [best[1], self.graph.axes(-1)], f"{name}/places")
        return best[1], kept, self.graph.node("GatherND", [x.name, places], f"{name}/maps", batch_dims=1)

    def _weight(self, name: str) -> str:
        return self.graph.constant(name, self._weights[name])

    def _convolve(
        self, x: Maps, channels: int, size: int, stride: int, margin: int, name: str, offset: list[str]
    ) -> Maps:
        kernel = self._weights[f"{name}/kernel"].transpose(3, 2, 0, 1)  # (out, in, rows, columns)
        inputs = [x.name, self.graph.constant(f"{name}/kernel", kernel), *offset]
        y = self.graph.node(
            "Conv", inputs, name, kernel_shape=[size, size], strides=[stride, stride], pads=[margin] * 4
        )
        return self._windows(x, y, size, stride, margin, channels, False)

    @staticmethod
    def _windows(x: Maps, name: str, size: int, stride: int, margin: int, channels: int, rectified: bool) -> Maps:
        rows, columns = ((side + 2 * margin - size) // stride + 1 for side in (x.rows, x.columns))
        return Maps(name, rows, columns, channels, rectified=rectified)

    def _padded(self, x: Maps, name: str) -> Maps:
        margins = self.graph.constant(f"margin_{x.margin}", np.array([0, 0, x.margin, x.margin] * 2, np.int64))
        padded = self.graph.node("Pad", [x.name, margins], f"{name}/padded")
        return replace(x, name=padded, rows=x.rows + 2 * x.margin, columns=x.columns + 2 * x.margin, margin=0)
