"""Attention over the cells of a map, against the equations of Bello et al. written as loops in NumPy."""

from __future__ import annotations

import numpy as np
import pytest

from densexplain.classifier.engines.keras.attention import attend
from densexplain.classifier.engines.keras.layers import build_network
from densexplain.classifier.engines.keras.weights import keras_model, shapes_of
from densexplain.classifier.engines.onnx.attention import attend as attend_in_graph
from densexplain.classifier.engines.onnx.classifier import onnx_classifier
from densexplain.classifier.families.densenet_attention import AttentionDenseNetParameters
from densexplain.classifier.heads import one_unit
from densexplain.classifier.wiring.network import Network
from densexplain.classifier.wiring.outline import tensor_shapes
from densexplain.classifier.wiring.parts import Attention
from densexplain.classifier.wiring.registry import ARCHITECTURES
from densexplain.errors import ShapeError
from densexplain.graphs.graph import Graph
from densexplain.graphs.session import Session
from tests.tiny_tensors import draw_tensors

pytestmark = pytest.mark.slow

ATTENTION = Attention(heads=2, key_channels=6, value_channels=4, cells=5)
DRAW = np.random.default_rng(4)
JOINED = DRAW.normal(0, 1, (2, 3, 4, 16)).astype(np.float32)
ROWS_TABLE, COLUMNS_TABLE = (DRAW.normal(0, 1, (9, 3)).astype(np.float32) for _ in range(2))


def _by_the_equations() -> np.ndarray:
    """Eq. 3 to 5: for each head and each pair of cells, content and relative position, then a softmax."""
    batch, rows, columns, _ = JOINED.shape
    found = np.zeros((batch, rows, columns, 4))
    cells = [(row, column) for row in range(rows) for column in range(columns)]
    for image in range(batch):
        for head in range(2):
            q = JOINED[image, ..., 3 * head : 3 * head + 3].astype(np.float64) / np.sqrt(3)
            k = JOINED[image, ..., 6 + 3 * head : 9 + 3 * head].astype(np.float64)
            v = JOINED[image, ..., 12 + 2 * head : 14 + 2 * head].astype(np.float64)
            for row, column in cells:
                own = q[row, column]
                logits = np.array(
                    [
                        own @ k[r, c] + own @ ROWS_TABLE[r - row + 4] + own @ COLUMNS_TABLE[c - column + 4]
                        for r, c in cells
                    ]
                )
                shares = np.exp(logits) / np.exp(logits).sum()
                read = sum(share * v[r, c] for share, (r, c) in zip(shares, cells, strict=True))
                found[image, row, column, 2 * head : 2 * head + 2] = read
    return found


def test_the_operation_is_that_of_the_equations() -> None:
    found = np.asarray(attend(JOINED, ROWS_TABLE, COLUMNS_TABLE, ATTENTION))
    np.testing.assert_allclose(found, _by_the_equations(), atol=1e-5)


def test_the_nodes_are_those_of_the_equations() -> None:
    graph = Graph()
    weights = {"a/relative_rows": ROWS_TABLE, "a/relative_columns": COLUMNS_TABLE}
    output = attend_in_graph(graph, weights, "joined", (3, 4), ATTENTION, "a")
    session = Session(graph, ("joined", ("batch", 16, 3, 4)), {"read": output})
    found = session(JOINED.transpose(0, 3, 1, 2), ("read",))["read"]
    np.testing.assert_allclose(found.transpose(0, 2, 3, 1), _by_the_equations(), atol=1e-5)


def test_the_trained_network_is_the_one_that_explains() -> None:
    network, tensors = Network(ARCHITECTURES["tiny-attention"], one_unit(), 64), draw_tensors("tiny-attention")
    batch = DRAW.normal(0, 1, (2, 64, 64, 3)).astype(np.float32)
    logits = onnx_classifier(network, tensors).logits(batch)
    expected = keras_model(network, tensors).predict(batch, verbose=0)
    np.testing.assert_allclose(1 / (1 + np.exp(-logits)), expected, atol=1e-5)


def test_tensors_and_layers_go_together_at_every_size() -> None:
    parameters = ARCHITECTURES["tiny-attention"]
    assert tensor_shapes(parameters) == shapes_of(build_network(parameters, 64))
    model = build_network(parameters, None)
    assert model.predict(np.zeros((1, 40, 72, 3), np.float32), verbose=0).shape == (1, 1)


def test_only_the_later_blocks_attend() -> None:
    names = tensor_shapes(ARCHITECTURES["attention-densenet169"])
    attending = {name.split("_")[0] for name in names if "attention" in name}
    assert attending == {"conv4", "conv5"}
    assert names["conv4_block1_2_conv/kernel"] == (3, 3, 128, 24)
    assert names["conv4_block1_2_qkv/kernel"] == (1, 1, 128, 88)
    assert names["conv4_block1_2_attention/relative_rows"] == (39, 20)
    assert names["conv5_block1_2_attention/relative_rows"] == (19, 20)


def test_an_input_too_large_is_refused() -> None:
    with pytest.raises(
        ShapeError, match=r"at most 8 cells a side .* received \(9, 9\): the network input is too large"
    ):
        build_network(ARCHITECTURES["tiny-attention"], 144)


@pytest.mark.parametrize("changes", [{"heads": 3}, {"value_channels": 32}, {"cells": 33}, {"heads": 0}])
def test_parameters_out_of_range_are_refused(changes: dict[str, int]) -> None:
    with pytest.raises(ShapeError):
        AttentionDenseNetParameters((1, 1, 1, 1), **changes)
