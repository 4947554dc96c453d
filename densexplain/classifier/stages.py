"""One graph with everything an explanation needs, so that one pass gives it all.

The top 16 feature maps of each stage are picked inside the graph: 16 maps leave
it, not up to 1,664.
"""

from __future__ import annotations

from typing import Any

from keras import ops

from densexplain.classifier.families.parameters import DenseNetParameters
from densexplain.vocabulary import Ranking, Stage

MAPS_PER_STAGE = 16
"""Feature maps picked of each stage; all of them where a stage has fewer."""


POOLED_IN_HALVES = (Stage.BLOCK3, Stage.BLOCK4)
"""Stages whose pooled maps say how familiar a radiograph is; see `densexplain.explain.familiarity`."""


def stage_shapes(parameters: DenseNetParameters, size_px: int) -> dict[Stage, tuple[int, int, int]]:
    """Rows, columns and channels of the five stages.

    Parameters
    ----------
    parameters
        Blocks, growth rate and initial channels.
    size_px
        Edge of the network input.

    Returns
    -------
    dict
        Stage to (rows, columns, channels); (10, 10, 1664) for the last stage of
        DenseNet-169 at 320 px.
    """
    # Initial convolution: 7x7, padding 3, stride 2. Pooling: 3x3, padding 1, stride 2.
    side, channels = (size_px - 1) // 2 + 1, parameters.initial_channels
    shapes = {Stage.CONV1: (side, side, channels)}
    side = (side - 1) // 2 + 1
    for stage, depth in zip(list(Stage)[1:], parameters.blocks, strict=True):
        channels += depth * parameters.growth_rate
        shapes[stage] = (side, side, channels)
        side, channels = side // 2, channels // 2
    return shapes


def pooled_channels(parameters: DenseNetParameters) -> int:
    """How many numbers `pool_halves` gives; 5,888 for DenseNet-169."""
    shapes = stage_shapes(parameters, 32)
    return 2 * sum(shapes[stage][2] for stage in POOLED_IN_HALVES)


def pool_halves(stages: dict[Stage, Any]) -> Any:
    """Means of the feature maps over the upper and the lower half of the image.

    Parameters
    ----------
    stages
        Feature maps (batch, rows, columns, channels), or Keras's symbols of them.

    Returns
    -------
    tensor
        Shape (batch, 2 * channels), >= 0: block 3, then block 4, of each the
        upper half first. A middle row belongs to both.
    """
    parts = []
    for stage in POOLED_IN_HALVES:
        maps, rows = stages[stage], int(stages[stage].shape[1])
        parts += [ops.mean(half, axis=(1, 2)) for half in (maps[:, : (rows + 1) // 2], maps[:, rows // 2 :])]
    return ops.concatenate(parts, axis=-1)


def explanation_tensors(stages: dict[Stage, Any], head_kernel: Any, head_bias: Any) -> dict[str, Any]:
    """Logit, class activation map and ranked maps of one network input.

    Parameters
    ----------
    stages
        Feature maps (1, rows, columns, channels) of the five stages.
    head_kernel, head_bias
        Weights (channels, 1) and bias (1,) of the one-unit head.

    Returns
    -------
    dict
        float32 tensors without the batch axis: ``logit`` (), ``pooled``
        (channels,), ``pooled_halves`` as `pool_halves`, ``activation_map``
        (rows, columns) in logits, and for each
        stage and ranking ``<stage>/<ranking>/channels`` (int32) and
        ``.../strengths``, both (16,), best first, and ``.../maps``
        (16, rows, columns).

    References
    ----------
    Zhou et al., Learning deep features for discriminative localization,
    CVPR 2016, eq. 1 and 2.
    """
    last, kernel = stages[Stage.BLOCK4][0], head_kernel[:, 0]
    pooled = ops.mean(last, axis=(0, 1))
    tensors = {
        "logit": ops.sum(pooled * kernel) + head_bias[0],
        "pooled": pooled,
        "pooled_halves": pool_halves(stages)[0],
        "activation_map": ops.matmul(last, head_kernel)[:, :, 0],
    }
    for stage in Stage:
        maps = stages[stage][0]
        strengths = {Ranking.MEAN: ops.mean(maps, axis=(0, 1)), Ranking.MAXIMUM: ops.max(maps, axis=(0, 1))}
        if stage is Stage.BLOCK4:
            strengths[Ranking.CONTRIBUTION] = pooled * kernel
        for ranking, strength in strengths.items():
            tensors |= _ranked(f"{stage}/{ranking}", maps, strength)
    return tensors


def _ranked(prefix: str, maps: Any, strength: Any) -> dict[str, Any]:
    """The first 16 channels by magnitude; of equals, the lower channel first."""
    count = min(MAPS_PER_STAGE, int(maps.shape[-1]))
    _, channels = ops.top_k(ops.abs(strength), count)
    return {
        f"{prefix}/channels": ops.cast(channels, "int32"),
        f"{prefix}/strengths": ops.take(strength, channels, axis=0),
        f"{prefix}/maps": ops.transpose(ops.take(maps, channels, axis=2), (2, 0, 1)),  # (rows, columns, 16) before
    }
