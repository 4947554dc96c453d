from __future__ import annotations

import numpy as np
import pytest

from densexplain.classifier.engines.keras_layers import build_densenet
from densexplain.classifier.families.parameters import ARCHITECTURES
from densexplain.classifier.stages import explanation_tensors, pool_halves, pooled_channels, stage_shapes
from densexplain.vocabulary import Stage


def test_stage_shapes_of_densenet169_at_320_px() -> None:
    assert list(stage_shapes(ARCHITECTURES["densenet169"], 320).values()) == [
        (160, 160, 64),
        (80, 80, 256),
        (40, 40, 512),
        (20, 20, 1280),
        (10, 10, 1664),
    ]


@pytest.mark.parametrize("size_px", [32, 45, 64, 71])
def test_stage_shapes_are_those_of_the_built_layers(size_px: int) -> None:
    model = build_densenet(ARCHITECTURES["tiny"], size_px)
    for stage, shape in stage_shapes(ARCHITECTURES["tiny"], size_px).items():
        assert model.get_layer(stage.layer).output.shape == (None, *shape)


def _stages(last: np.ndarray) -> dict[Stage, np.ndarray]:
    early = np.arange(2 * 2 * 20, dtype=np.float32).reshape(1, 2, 2, 20)
    return dict.fromkeys(Stage, early) | {Stage.BLOCK4: last[None]}


def test_logit_and_map_by_hand() -> None:
    maps = np.array([[[1, 0, 2], [3, 0, 2]], [[0, 4, 2], [0, 0, 2]]], np.float32)  # (2, 2, 3), means 1, 1, 2
    kernel, bias = np.array([[2.0], [-3.0], [0.5]], np.float32), np.array([0.25], np.float32)
    outputs = {name: np.asarray(tensor) for name, tensor in explanation_tensors(_stages(maps), kernel, bias).items()}
    assert outputs["activation_map"].tolist() == [[3.0, 7.0], [-11.0, 1.0]]
    assert outputs["pooled"].tolist() == [1.0, 1.0, 2.0]
    assert float(outputs["logit"]) == 0.25 + 2.0 - 3.0 + 1.0
    assert outputs["block4/mean/channels"].tolist() == [2, 0, 1]  # of the equals 0 and 1, the lower first
    assert outputs["block4/mean/strengths"].tolist() == [2.0, 1.0, 1.0]
    assert outputs["block4/maximum/channels"].tolist() == [1, 0, 2]
    assert outputs["block4/maximum/strengths"].tolist() == [4.0, 3.0, 2.0]
    assert outputs["block4/contribution/channels"].tolist() == [1, 0, 2]  # by magnitude
    assert outputs["block4/contribution/strengths"].tolist() == [-3.0, 2.0, 1.0]  # signed
    assert outputs["block4/contribution/maps"][0].tolist() == [[0.0, 0.0], [4.0, 0.0]]


def test_sixteen_of_twenty_are_kept_and_contribution_is_for_the_last_stage_only() -> None:
    outputs = explanation_tensors(
        _stages(np.ones((2, 2, 3), np.float32)), np.ones((3, 1), np.float32), np.zeros(1, np.float32)
    )
    assert np.asarray(outputs["conv1/mean/channels"]).tolist() == list(range(19, 3, -1))
    assert np.asarray(outputs["conv1/mean/maps"]).shape == (16, 2, 2)
    assert np.asarray(outputs["conv1/mean/maps"])[0].tolist() == [[19.0, 39.0], [59.0, 79.0]]
    assert [name for name in outputs if "contribution" in name and not name.startswith("block4")] == []


def test_maps_are_pooled_over_the_upper_and_the_lower_half_by_hand() -> None:
    block3 = np.array([[[[1, 0]], [[2, 0]], [[6, 3]]]], np.float32)  # three rows: the middle one is in both halves
    block4 = np.array([[[[1], [3]], [[5], [7]]]], np.float32)
    pooled = np.asarray(pool_halves({Stage.BLOCK3: block3, Stage.BLOCK4: block4}))
    assert pooled.tolist() == [[1.5, 0.0, 4.0, 1.5, 2.0, 6.0]]
    one_row = np.array([[[[4]]]], np.float32)
    assert np.asarray(pool_halves({Stage.BLOCK3: one_row, Stage.BLOCK4: one_row})).tolist() == [[4, 4, 4, 4]]


def test_pooled_channels_are_those_of_two_halves_of_two_blocks() -> None:
    assert pooled_channels(ARCHITECTURES["densenet169"]) == 2 * (1280 + 1664)
    assert pooled_channels(ARCHITECTURES["tiny"]) == 2 * (18 + 17)
