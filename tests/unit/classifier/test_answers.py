"""What is made of the stages' maps: worked by hand, for every engine."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from densexplain.classifier.answers import answers_of, pooled_channels
from densexplain.classifier.engines.keras.layers import build_network
from densexplain.classifier.engines.keras.operations import TensorParts
from densexplain.classifier.engines.onnx.parts import Maps, OnnxParts
from densexplain.classifier.wiring.outline import stage_shapes
from densexplain.classifier.wiring.registry import ARCHITECTURES
from densexplain.graphs.session import Session
from tests.stages import STAGES

pytestmark = pytest.mark.slow

Tensors = dict[str, np.ndarray]
Engine = Callable[[list[np.ndarray], Tensors], Tensors]


def _with_keras(stages: list[np.ndarray], head: Tensors) -> Tensors:
    found = answers_of(stages, [one.shape[1:] for one in stages], TensorParts(head))
    return {name: np.asarray(tensor)[0] for name, tensor in found.items()}


def _with_onnx(stages: list[np.ndarray], head: Tensors) -> Tensors:
    parts = OnnxParts(head)
    graph = parts.graph
    early = [
        Maps(graph.constant(f"stage{at}", one.transpose(0, 3, 1, 2)), *one.shape[1:])
        for at, one in enumerate(stages[:-1])
    ]
    last = Maps(graph.node("Identity", ["last"], "given"), *stages[-1].shape[1:])
    found = answers_of([*early, last], [one.shape[1:] for one in stages], parts)
    source = ("last", ("batch", last.channels, last.rows, last.columns))
    tensors = Session(graph, source, found)(stages[-1].transpose(0, 3, 1, 2), tuple(found))
    return {name: tensor[0] for name, tensor in tensors.items()}


engines = pytest.mark.parametrize("engine", [_with_keras, _with_onnx], ids=["keras", "onnx"])


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
    model = build_network(ARCHITECTURES["tiny"], size_px)
    shapes = stage_shapes(ARCHITECTURES["tiny"], size_px)
    for stage in STAGES:
        assert model.get_layer(stage.layer).output.shape == (None, *shapes[stage.name])


_EARLY = np.arange(2 * 2 * 20, dtype=np.float32).reshape(1, 2, 2, 20)


def _head(kernel: np.ndarray, bias: np.ndarray) -> Tensors:
    return {"predictions/kernel": kernel.astype(np.float32), "predictions/bias": bias.astype(np.float32)}


@engines
def test_logit_and_map_by_hand(engine: Engine) -> None:
    maps = np.array([[[1, 0, 2], [3, 0, 2]], [[0, 4, 2], [0, 0, 2]]], np.float32)  # (2, 2, 3), means 1, 1, 2
    kernel, bias = np.array([[2.0, 0.0], [-3.0, 1.0], [0.5, 0.0]]), np.array([0.25, -1.0])
    outputs = engine([_EARLY, maps[None]], _head(kernel, bias))
    assert outputs["maps"].tolist() == [[[3.0, 7.0], [-11.0, 1.0]], [[0.0, 0.0], [4.0, 0.0]]]
    assert outputs["logits"].tolist() == [0.25 + 2.0 - 3.0 + 1.0, -1.0 + 1.0]
    assert outputs["1/mean/channels"].tolist() == [2, 0, 1]  # of the equals 0 and 1, the lower first
    assert outputs["1/mean/strengths"].tolist() == [2.0, 1.0, 1.0]
    assert outputs["1/maximum/channels"].tolist() == [1, 0, 2]
    assert outputs["1/maximum/strengths"].tolist() == [4.0, 3.0, 2.0]
    assert outputs["1/contribution/channels"].tolist() == [[1, 0, 2], [1, 0, 2]]  # by magnitude
    assert outputs["1/contribution/strengths"].tolist() == [[-3.0, 2.0, 1.0], [1.0, 0.0, 0.0]]  # signed
    assert outputs["1/contribution/maps"][0, 0].tolist() == [[0.0, 0.0], [4.0, 0.0]]


@engines
def test_sixteen_of_twenty_are_kept_and_contribution_is_for_the_last_stage_only(engine: Engine) -> None:
    outputs = engine([_EARLY, np.ones((1, 2, 2, 3), np.float32)], _head(np.ones((3, 1)), np.zeros(1)))
    assert outputs["0/mean/channels"].tolist() == list(range(19, 3, -1))
    assert outputs["0/mean/maps"].shape == (16, 2, 2)
    assert outputs["0/mean/maps"][0].tolist() == [[19.0, 39.0], [59.0, 79.0]]
    assert [name for name in outputs if "contribution" in name and not name.startswith("1/")] == []


@engines
def test_of_many_equals_the_lower_channels_come_first(engine: Engine) -> None:
    last = np.zeros((1, 2, 2, 200), np.float32)
    last[..., 150] = 1.0
    outputs = engine([_EARLY, last], _head(np.ones((200, 1)), np.zeros(1)))
    assert outputs["1/mean/channels"].tolist() == [150, *range(15)]


@engines
def test_maps_are_pooled_over_the_upper_and_the_lower_half_by_hand(engine: Engine) -> None:
    block3 = np.array([[[[1, 0]], [[2, 0]], [[6, 3]]]], np.float32)  # three rows: the middle one is in both halves
    block4 = np.array([[[[1], [3]], [[5], [7]]]], np.float32)
    head = _head(np.ones((1, 1)), np.zeros(1))
    assert engine([block3, block4], head)["pooled_halves"].tolist() == [1.5, 0.0, 4.0, 1.5, 2.0, 6.0]
    one_row = np.array([[[[4]]]], np.float32)
    assert engine([one_row, one_row], head)["pooled_halves"].tolist() == [4, 4, 4, 4]


def test_pooled_channels_are_those_of_two_halves_of_two_blocks() -> None:
    assert pooled_channels(ARCHITECTURES["densenet169"]) == 2 * (1280 + 1664)
    assert pooled_channels(ARCHITECTURES["tiny"]) == 2 * (18 + 17)
