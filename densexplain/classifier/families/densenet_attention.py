"""DenseNets in which a part of each later layer's channels attends over the whole map (Bello et al., ICCV 2019).

A 3x3 convolution sees a neighbourhood; attention lets a cell read any other,
which the authors of the DenseNet study name as the next step for findings that
are told by comparing distant parts. Of the new channels of a layer, most still
come from the convolution and the rest from self-attention with relative
positions, concatenated as in the paper's eq. 6.

It is put into dense blocks 3 and 4 alone. The cost grows with the square of the
cells: at 320 px those maps have 20 x 20 and 10 x 10 cells, where one layer's
attention costs less than its bottleneck; at the 40 x 40 of block 2 it would
cost sixteen times as much.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from densexplain.classifier.families.densenet import DENSE_STAGES, DenseNetParameters, wire_densenet
from densexplain.classifier.wiring.family import Family
from densexplain.classifier.wiring.parts import Attention, Parts
from densexplain.errors import ShapeError

_MOST_CHANNELS = 512
_MOST_CELLS = 32


@dataclass(frozen=True)
class AttentionDenseNetParameters:
    """Parameters of an attention-augmented DenseNet.

    Parameters
    ----------
    blocks, growth_rate, initial_channels
        As of a DenseNet.
    heads
        Attentions side by side in a layer.
    key_channels
        Key channels of all heads together, a multiple of `heads`; the paper wants 20 a head at least.
    value_channels
        Those of the `growth_rate` new channels that attention gives; a multiple of `heads` and fewer.
    cells
        Most rows and columns of the maps of block 3, 1 to 32; 20 takes inputs of up to 320 px.

    Raises
    ------
    ShapeError
        If a count is out of range or not a multiple.
    """

    blocks: tuple[int, int, int, int]
    growth_rate: int = 32
    initial_channels: int = 64
    heads: int = 2
    key_channels: int = 40
    value_channels: int = 8
    cells: int = 20

    def __post_init__(self) -> None:
        DenseNetParameters(self.blocks, self.growth_rate, self.initial_channels)
        fits = (
            1 <= self.heads <= self.key_channels <= _MOST_CHANNELS
            and self.heads <= self.value_channels < self.growth_rate
            and self.key_channels % self.heads == self.value_channels % self.heads == 0
            and 1 <= self.cells <= _MOST_CELLS
        )
        if not fits:
            raise ShapeError(
                "attention needs 1 head or more, key and value channels in multiples of them, fewer value channels "
                f"than the growth rate and at most {_MOST_CELLS} cells a side; received {self}"
            )


def wire_attention_densenet(parameters: AttentionDenseNetParameters, x: Any, parts: Parts) -> tuple[Any, ...]:
    """Put the network together; as `wire_densenet`, with augmented layers in blocks 3 and 4.

    References
    ----------
    Bello et al., Attention augmented convolutional networks, ICCV 2019, sections 3.1 to 3.3, eq. 1 to 6.
    """
    convolved = parameters.growth_rate - parameters.value_channels

    def widen(y: Any, number: int, name: str) -> Any:
        if number < 4:
            return parts.convolve(y, parameters.growth_rate, 3, f"{name}_2_conv")
        attention = Attention(
            parameters.heads,
            parameters.key_channels,
            parameters.value_channels,
            parameters.cells if number == 4 else max(1, parameters.cells // 2),
        )
        joined = parts.convolve(y, 2 * attention.key_channels + attention.value_channels, 1, f"{name}_2_qkv")
        attended = parts.attend(joined, attention, f"{name}_2_attention")
        attended = parts.convolve(attended, attention.value_channels, 1, f"{name}_2_join")
        return parts.concatenate(parts.convolve(y, convolved, 3, f"{name}_2_conv"), attended, f"{name}_2_concat")

    return wire_densenet(parameters, x, parts, widen)


FAMILY = Family(
    name="attention-densenet",
    parameters=AttentionDenseNetParameters,
    wire=wire_attention_densenet,
    stages=DENSE_STAGES,
    architectures={
        "attention-densenet121": AttentionDenseNetParameters((6, 12, 24, 16)),
        "attention-densenet169": AttentionDenseNetParameters((6, 12, 32, 32)),
        "tiny-attention": AttentionDenseNetParameters(
            (2, 2, 2, 2), growth_rate=6, initial_channels=16, heads=2, key_channels=8, value_channels=2, cells=8
        ),
    },
)
