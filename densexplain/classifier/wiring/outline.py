"""What follows from a wiring before anything is computed: tensors, shapes, and what can be folded.

No engine here: a manifest, a weights file and a checkpoint from elsewhere are
checked against these tables before any network is built.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from densexplain.classifier.wiring.parts import Attention
from densexplain.classifier.wiring.registry import Parameters, family_of
from densexplain.errors import ShapeError, WeightsShapeError, WeightsSurplusError

HEAD = "predictions"
"""Name of the layer that weighs the pooled maps."""

LEAST_PX = 32
"""Smallest edge of an input: below, the last feature map would be empty."""

_MOMENTS = ("gamma", "beta", "moving_mean", "moving_variance")
_Shape = tuple[int, int, int]


@dataclass(frozen=True)
class Outline:
    """A network of one input size, without its weights.

    Parameters
    ----------
    stages
        (rows, columns, channels) of each stage, in forward order.
    tensors
        ``layer/variable`` to shape, in the order of the layers, without the head.
    folded
        Normalisation to the convolution that alone feeds it.
    """

    stages: tuple[_Shape, ...]
    tensors: Mapping[str, tuple[int, ...]]
    folded: Mapping[str, str]


@lru_cache(maxsize=32)
def outline(parameters: Parameters, size_px: int) -> Outline:
    """Follow a wiring with shapes in place of maps.

    Parameters
    ----------
    parameters
        Parameters of any family.
    size_px
        Edge of the network input.

    Raises
    ------
    ShapeError
        If `size_px` is under 32, or the network has no place for maps of that size.
    """
    if size_px < LEAST_PX:
        raise ShapeError(f"the edge of a network input must be at least {LEAST_PX} px; received {size_px}")
    parts = _ShapeParts()
    stages = family_of(parameters).wire(parameters, (size_px, size_px, 3), parts)
    return Outline(tuple(stages), parts.tensors, parts.folded)


def stage_shapes(parameters: Parameters, size_px: int) -> dict[str, _Shape]:
    """Name of each stage to (rows, columns, channels); (10, 10, 1664) for the last of DenseNet-169 at 320 px."""
    ends = family_of(parameters).stages
    return dict(zip((end.name for end in ends), outline(parameters, size_px).stages, strict=True))


def tensor_shapes(parameters: Parameters, units: int = 1) -> dict[str, tuple[int, ...]]:
    """Names and shapes of all tensors of a classifier, in the order of the layers.

    Parameters
    ----------
    parameters
        Parameters of any family.
    units
        Units of its head.

    Returns
    -------
    dict
        ``layer/variable`` to shape, for example ``conv1_conv/kernel`` to
        (7, 7, 3, 64): kernels are (rows, columns, channels in, channels out);
        batch normalisations have gamma, beta, moving_mean, moving_variance. The
        last two entries are the head, ``predictions/kernel`` (channels, units)
        and ``predictions/bias`` (units,).
    """
    found = outline(parameters, LEAST_PX)
    channels = found.stages[-1][2]
    return {**found.tensors, f"{HEAD}/kernel": (channels, units), f"{HEAD}/bias": (units,)}


def check_shapes(received: Mapping[str, tuple[int, ...]], expected: Mapping[str, tuple[int, ...]], where: str) -> None:
    """Compare names and shapes of tensors with those a network needs.

    Parameters
    ----------
    received, expected
        ``layer/variable`` to shape.
    where
        What `received` was found in, for the message.

    Raises
    ------
    WeightsShapeError
        If a tensor is missing or of another shape; the first is named.
    WeightsSurplusError
        If there is a tensor that the network has no place for.
    """
    missing = [name for name in expected if name not in received]
    surplus = sorted(received.keys() - expected.keys())
    if missing:
        raise WeightsShapeError(
            f"expected {len(expected)} tensors in {where}; {len(missing)} are missing, the first is {missing[0]}"
        )
    if surplus:
        raise WeightsSurplusError(
            f"expected {len(expected)} tensors in {where}; {len(surplus)} more were received, "
            f"the first is {surplus[0][:80]!r}"
        )
    for name, shape in expected.items():
        if received[name] != shape:
            raise WeightsShapeError(f"expected {name} in {where} to have the shape {shape}; received {received[name]}")


class _ShapeParts:
    """Parts that know shapes alone: (rows, columns, channels) in place of maps."""

    def __init__(self) -> None:
        self.tensors: dict[str, tuple[int, ...]] = {}
        self.folded: dict[str, str] = {}

    def pad(self, x: _Shape, margin: int, name: str) -> _Shape:
        return x[0] + 2 * margin, x[1] + 2 * margin, x[2]

    def convolve(
        self,
        x: _Shape,
        channels: int,
        size: int,
        name: str,
        *,
        stride: int = 1,
        padded: bool = True,
        bias: bool = False,
    ) -> _Shape:
        self.tensors[f"{name}/kernel"] = (size, size, x[2], channels)
        if bias:
            self.tensors[f"{name}/bias"] = (channels,)
        return self._windows(x, 1 if padded else size, stride, channels)

    def convolve_normalise_and_rectify(
        self, x: _Shape, channels: int, size: int, stride: int, names: tuple[str, str, str]
    ) -> _Shape:
        x = self.convolve(x, channels, size, names[0], stride=stride, padded=False)
        self.folded[names[1]] = names[0]
        return self.normalise_and_rectify(x, names[1], names[2])

    def normalise_and_rectify(self, x: _Shape, normalisation: str, activation: str) -> _Shape:
        self.tensors |= {f"{normalisation}/{moment}": (x[2],) for moment in _MOMENTS}
        return x

    def pool_maximum(self, x: _Shape, size: int, stride: int, name: str) -> _Shape:
        return self._windows(x, size, stride, x[2])

    def pool_mean(self, x: _Shape, size: int, name: str) -> _Shape:
        return self._windows(x, size, size, x[2])

    def concatenate(self, x: _Shape, y: _Shape, name: str) -> _Shape:
        return x[0], x[1], x[2] + y[2]

    def add(self, x: _Shape, y: _Shape, name: str) -> _Shape:
        return x

    def attend(self, x: _Shape, attention: Attention, name: str) -> _Shape:
        if max(x[:2]) > attention.cells:
            raise ShapeError(
                f"expected maps of at most {attention.cells} cells a side where {name} attends; received {x[:2]}: "
                "the network input is too large for it"
            )
        depth = attention.key_channels // attention.heads
        self.tensors |= {f"{name}/relative_{axis}": (2 * attention.cells - 1, depth) for axis in ("rows", "columns")}
        return x[0], x[1], attention.value_channels

    @staticmethod
    def _windows(x: _Shape, size: int, stride: int, channels: int) -> _Shape:
        rows, columns = ((side - size) // stride + 1 for side in x[:2])
        if min(rows, columns) < 1:
            raise ShapeError(f"expected maps of at least {size} cells a side; received {x[:2]}")
        return rows, columns, channels


def head_units(tensors: Mapping[str, Any]) -> int:
    """Units of the head among stored tensors, or 1 where there is none."""
    return int(tensors[f"{HEAD}/bias"].shape[0]) if f"{HEAD}/bias" in tensors else 1
