"""Residual networks of the second kind, with normalisation and ReLU before each convolution (He et al., ECCV 2016).

Layer names, paddings and the place of the strides are those of
keras.applications.ResNet50V2.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from densexplain.classifier.wiring.family import Family, Pretrained, StageEnd
from densexplain.classifier.wiring.parts import Parts
from densexplain.errors import ShapeError

_MOST_BLOCKS = 64
_MOST_CHANNELS = 256
_WEIGHTS = "https://storage.googleapis.com/tensorflow/keras-applications/resnet/"


@dataclass(frozen=True)
class ResNetParameters:
    """Parameters of a residual network.

    Parameters
    ----------
    stacks
        Blocks in each of the four stacks, for example (3, 4, 6, 3); 1 to 64 each.
    initial_channels
        Channels of the initial convolution and the first stack's bottleneck, 1 to 256;
        each stack has twice those of the one before.

    Raises
    ------
    ShapeError
        If there are not four stacks or a count is out of range.
    """

    stacks: tuple[int, int, int, int]
    initial_channels: int = 64

    def __post_init__(self) -> None:
        stacks_fit = len(self.stacks) == 4 and all(1 <= depth <= _MOST_BLOCKS for depth in self.stacks)
        if not stacks_fit or not 1 <= self.initial_channels <= _MOST_CHANNELS:
            raise ShapeError(
                f"a ResNet has four stacks of 1 to {_MOST_BLOCKS} blocks and 1 to {_MOST_CHANNELS} channels; "
                f"received {self}"
            )


STAGES = (
    StageEnd("conv1", "Initial convolution", "conv2_block1_preact_relu", ("conv1",)),
    StageEnd("stack1", "Residual stack 1", "conv3_block1_preact_relu", ("conv2",)),
    StageEnd("stack2", "Residual stack 2", "conv4_block1_preact_relu", ("conv3",)),
    StageEnd("stack3", "Residual stack 3", "conv5_block1_preact_relu", ("conv4",)),
    StageEnd("stack4", "Residual stack 4", "post_relu", ("conv5", "post")),
)
"""A sum of residuals is signed and is read through the next block's normalisation
and ReLU alone; that is what a stage shows. Each stack but the last halves rows
and columns in its last block, as Keras has it."""


def wire_resnet(parameters: ResNetParameters, x: Any, parts: Parts) -> tuple[Any, ...]:
    """Put a residual network together from the input to the last feature maps.

    Parameters
    ----------
    parameters
        Blocks and channels.
    x
        Normalised input, (batch, rows, columns, 3).
    parts
        Layers or operations.

    Returns
    -------
    tuple
        The five stages' feature maps, (batch, rows, columns, channels), >= 0.

    References
    ----------
    He et al., Identity mappings in deep residual networks, ECCV 2016, figure 4e.
    """
    x = parts.pad(x, 3, "conv1_pad")
    x = parts.convolve(x, parameters.initial_channels, 7, "conv1_conv", stride=2, padded=False, bias=True)
    x = parts.pool_maximum(parts.pad(x, 1, "pool1_pad"), 3, 2, "pool1_pool")
    stages = []
    for number, depth in enumerate(parameters.stacks, start=2):
        channels = parameters.initial_channels * 2 ** (number - 2)
        for block in range(1, depth + 1):
            name, stride = f"conv{number}_block{block}", 2 if block == depth and number < 5 else 1
            read = parts.normalise_and_rectify(x, f"{name}_preact_bn", f"{name}_preact_relu")
            if block == 1:
                stages.append(read)
            x = _wire_block(x, read, channels, stride, name, parts, widens=block == 1)
    stages.append(parts.normalise_and_rectify(x, "post_bn", "post_relu"))
    return tuple(stages)


def _wire_block(x: Any, read: Any, channels: int, stride: int, name: str, parts: Parts, *, widens: bool) -> Any:
    if widens:
        passed = parts.convolve(read, 4 * channels, 1, f"{name}_0_conv", stride=stride, padded=False, bias=True)
    else:
        passed = parts.pool_maximum(x, 1, stride, f"{name}_0_pool") if stride > 1 else x
    names = tuple((f"{name}_{part}_conv", f"{name}_{part}_bn", f"{name}_{part}_relu") for part in (1, 2))
    y = parts.convolve_normalise_and_rectify(read, channels, 1, 1, names[0])
    y = parts.pad(y, 1, f"{name}_2_pad")
    y = parts.convolve_normalise_and_rectify(y, channels, 3, stride, names[1])
    y = parts.convolve(y, 4 * channels, 1, f"{name}_3_conv", bias=True)
    return parts.add(passed, y, f"{name}_out")


FAMILY = Family(
    name="resnet",
    parameters=ResNetParameters,
    wire=wire_resnet,
    stages=STAGES,
    architectures={
        "resnet50": ResNetParameters((3, 4, 6, 3)),
        "tiny-resnet": ResNetParameters((1, 2, 1, 1), initial_channels=4),
    },
    pretrained={
        "resnet50": Pretrained(
            "ResNet50V2",
            "fac2f116257151a9d068a22e544a4917",
            _WEIGHTS + "resnet50v2_weights_tf_dim_ordering_tf_kernels_notop.h5",
        ),
    },
)
