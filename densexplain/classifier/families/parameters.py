"""What tells one DenseNet from another, and the tensors that follow from it.

No Keras here: a manifest, a weights file and a checkpoint from elsewhere are
checked against these tables before any network is built.
"""

from __future__ import annotations

from dataclasses import dataclass

from densexplain.errors import ShapeError, WeightsShapeError, WeightsSurplusError

KEPT_IN_TRANSITION = 0.5
"""Share of the channels that a transition keeps (the paper's compression)."""

EPSILON = 1.001e-5
"""Added to variances in batch normalisation, as in keras.applications.densenet."""

_MOST_LAYERS_IN_BLOCK = 128
_MOST_CHANNELS = 512
_MOMENTS = ("gamma", "beta", "moving_mean", "moving_variance")


@dataclass(frozen=True)
class DenseNetParameters:
    """What tells one DenseNet from another.

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


ARCHITECTURES: dict[str, DenseNetParameters] = {
    "densenet121": DenseNetParameters((6, 12, 24, 16)),
    "densenet169": DenseNetParameters((6, 12, 32, 32)),
    "densenet201": DenseNetParameters((6, 12, 48, 32)),
    "tiny": DenseNetParameters((2, 2, 2, 2), growth_rate=4, initial_channels=16),
}
"""Architectures by the name a reader uses; ``tiny`` is for tests."""


def architecture_name(parameters: DenseNetParameters) -> str | None:
    """Name under which `parameters` stand in `ARCHITECTURES`, or None."""
    return next((name for name, known in ARCHITECTURES.items() if known == parameters), None)


def tensor_shapes(parameters: DenseNetParameters) -> dict[str, tuple[int, ...]]:
    """Names and shapes of all tensors of the classifier, in the order of the layers.

    Parameters
    ----------
    parameters
        Blocks, growth rate and initial channels.

    Returns
    -------
    dict
        ``layer/variable`` to shape, for example ``conv1_conv/kernel`` to
        (7, 7, 3, 64): kernels are (rows, columns, channels in, channels out);
        batch normalisations have gamma, beta, moving_mean, moving_variance. The
        last two entries are the head, ``predictions/kernel`` (channels, 1) and
        ``predictions/bias`` (1,).
    """
    channels, growth = parameters.initial_channels, parameters.growth_rate
    shapes: dict[str, tuple[int, ...]] = {"conv1_conv/kernel": (7, 7, 3, channels)} | _moments("conv1_bn", channels)
    for number, depth in enumerate(parameters.blocks, start=2):
        for layer in range(1, depth + 1):
            name = f"conv{number}_block{layer}"
            shapes |= _moments(f"{name}_0_bn", channels)
            shapes[f"{name}_1_conv/kernel"] = (1, 1, channels, 4 * growth)
            shapes |= _moments(f"{name}_1_bn", 4 * growth)
            shapes[f"{name}_2_conv/kernel"] = (3, 3, 4 * growth, growth)
            channels += growth
        if number < 5:
            kept = int(channels * KEPT_IN_TRANSITION)
            shapes |= _moments(f"pool{number}_bn", channels)
            shapes[f"pool{number}_conv/kernel"] = (1, 1, channels, kept)
            channels = kept
    shapes |= _moments("bn", channels)
    return shapes | {"predictions/kernel": (channels, 1), "predictions/bias": (1,)}


def check_shapes(received: dict[str, tuple[int, ...]], expected: dict[str, tuple[int, ...]], where: str) -> None:
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


def _moments(layer: str, channels: int) -> dict[str, tuple[int, ...]]:
    return {f"{layer}/{moment}": (channels,) for moment in _MOMENTS}
