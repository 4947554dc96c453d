"""DenseNets: every layer of a block reads all maps before it (Huang et al., CVPR 2017).

Layer names and paddings are those of keras.applications.densenet.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from densexplain.classifier.wiring.family import Family, Pretrained, StageEnd
from densexplain.classifier.wiring.parts import Parts
from densexplain.errors import ShapeError

KEPT_IN_TRANSITION = 0.5
"""Share of the channels that a transition keeps (the paper's compression)."""

_MOST_LAYERS_IN_BLOCK = 128
_MOST_CHANNELS = 512
_WEIGHTS = "https://storage.googleapis.com/tensorflow/keras-applications/densenet/"


@dataclass(frozen=True)
class DenseNetParameters:
    """Parameters of a DenseNet.

    Parameters
    ----------
    blocks
        Layers in each of the four dense blocks, for example (6, 12, 32, 32); 1 to 128 each.
    growth_rate
        Channels that each layer adds, 1 to 512.
    initial_channels
        Channels of the initial convolution, 1 to 512.

    Raises
    ------
    ShapeError
        If there are not four blocks or a count is out of range.
    """

    blocks: tuple[int, int, int, int]
    growth_rate: int = 32
    initial_channels: int = 64

    def __post_init__(self) -> None:
        layers_fit = len(self.blocks) == 4 and all(1 <= depth <= _MOST_LAYERS_IN_BLOCK for depth in self.blocks)
        if (
            not layers_fit
            or not 1 <= self.growth_rate <= _MOST_CHANNELS
            or not 1 <= self.initial_channels <= _MOST_CHANNELS
        ):
            raise ShapeError(
                f"a DenseNet has four dense blocks of 1 to {_MOST_LAYERS_IN_BLOCK} layers and "
                f"1 to {_MOST_CHANNELS} channels; received {self}"
            )


DENSE_STAGES = (
    StageEnd("conv1", "Initial convolution", "conv1_relu", ("conv1",)),
    StageEnd("block1", "Dense block 1", "pool2_relu", ("conv2", "pool2")),
    StageEnd("block2", "Dense block 2", "pool3_relu", ("conv3", "pool3")),
    StageEnd("block3", "Dense block 3", "pool4_relu", ("conv4", "pool4")),
    StageEnd("block4", "Dense block 4", "relu", ("conv5", "bn")),
)
"""The ReLU outputs after each block's normalisation: the last convolution of a
block carries only ``growth_rate`` channels and is not the stage. A transition
goes with the stage before it."""


def wire_densenet(parameters: Any, x: Any, parts: Parts, widen: Any = None) -> tuple[Any, ...]:
    """Put a DenseNet together from the input to the last feature maps.

    Parameters
    ----------
    parameters
        Has `blocks`, `growth_rate` and `initial_channels`.
    x
        Normalised input, (batch, rows, columns, 3).
    parts
        Layers or operations.
    widen
        Takes the bottleneck's maps, the number of its block (2 to 5) and the
        layer's name, and gives the ``growth_rate`` new channels; None for a 3x3 convolution.

    Returns
    -------
    tuple
        The five stages' feature maps, (batch, rows, columns, channels), >= 0.

    References
    ----------
    Huang et al., Densely connected convolutional networks, CVPR 2017, table 1.
    """
    growth = parameters.growth_rate
    widen = widen or (lambda y, number, name: parts.convolve(y, growth, 3, f"{name}_2_conv"))
    x = parts.pad(x, 3, "zero_padding2d")
    x = parts.convolve_normalise_and_rectify(
        x, parameters.initial_channels, 7, 2, ("conv1_conv", "conv1_bn", "conv1_relu")
    )
    stages, channels = [x], parameters.initial_channels
    x = parts.pool_maximum(parts.pad(x, 1, "zero_padding2d_1"), 3, 2, "pool1")
    for number, depth in enumerate(parameters.blocks, start=2):
        for layer in range(1, depth + 1):
            name = f"conv{number}_block{layer}"
            y = parts.normalise_and_rectify(x, f"{name}_0_bn", f"{name}_0_relu")
            names = (f"{name}_1_conv", f"{name}_1_bn", f"{name}_1_relu")
            y = parts.convolve_normalise_and_rectify(y, 4 * growth, 1, 1, names)
            x = parts.concatenate(x, widen(y, number, name), f"{name}_concat")
        channels += depth * growth
        end = f"pool{number}_" if number < 5 else ""
        x = parts.normalise_and_rectify(x, f"{end}bn", f"{end}relu")
        stages.append(x)
        if number < 5:
            channels = int(channels * KEPT_IN_TRANSITION)
            x = parts.pool_mean(parts.convolve(x, channels, 1, f"{end}conv"), 2, f"{end}pool")
    return tuple(stages)


def _pretrained(network: str, depth: int, md5: str) -> Pretrained:
    file = f"densenet{depth}_weights_tf_dim_ordering_tf_kernels_notop.h5"
    return Pretrained(network, md5, _WEIGHTS + file)


FAMILY = Family(
    name="densenet",
    parameters=DenseNetParameters,
    wire=wire_densenet,
    stages=DENSE_STAGES,
    architectures={
        "densenet121": DenseNetParameters((6, 12, 24, 16)),
        "densenet169": DenseNetParameters((6, 12, 32, 32)),
        "densenet201": DenseNetParameters((6, 12, 48, 32)),
        "tiny": DenseNetParameters((2, 2, 2, 2), growth_rate=4, initial_channels=16),
    },
    pretrained={
        "densenet121": _pretrained("DenseNet121", 121, "30ee3e1110167f948a6b9946edeeb738"),
        "densenet169": _pretrained("DenseNet169", 169, "b8c4d4c20dd625c148057b9ff1c1176b"),
        "densenet201": _pretrained("DenseNet201", 201, "c13680b51ded0fb44dff2d8f86ac8bb1"),
    },
)
