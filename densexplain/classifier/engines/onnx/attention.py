"""Self-attention with relative positions as nodes of a graph (Bello et al., ICCV 2019, eq. 3 to 5)."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from densexplain.classifier.wiring.parts import Attention
from densexplain.graphs.graph import Graph


def attend(
    graph: Graph,
    weights: Mapping[str, NDArray[np.float32]],
    joined: str,
    shape: tuple[int, int],
    attention: Attention,
    name: str,
) -> str:
    """Add the nodes; returns the tensor of values read, (batch, value_channels, rows, columns).

    Parameters
    ----------
    graph
        Nodes are added to it.
    weights
        Holds ``name/relative_rows`` and ``name/relative_columns``, shape (distances, depth), float32, any value.
    joined
        Queries, keys and values, (batch, 2 * key_channels + value_channels, rows, columns).
    shape
        Rows and columns.
    attention
        Heads and channels.
    name
        Name of the layer.
    """
    (rows, columns), heads = shape, attention.heads
    cells, depth = rows * columns, attention.key_channels // heads
    widths = [attention.key_channels, attention.key_channels, attention.value_channels]
    parts = [f"{name}/{part}" for part in ("queries", "keys", "values")]
    graph.node("Split", [joined, graph.constant(f"{name}/widths", np.array(widths, np.int64))], parts, axis=1)
    queries, keys, values = (
        graph.reshape(part, [0, heads, width // heads, cells], f"{part}/by_head")
        for part, width in zip(parts, widths, strict=True)
    )
    scale = graph.constant(f"{name}/scale", np.array(depth**-0.5, np.float32))
    queries = graph.node(
        "Transpose", [graph.node("Mul", [queries, scale], f"{name}/scaled")], f"{name}/by_cell", perm=[0, 1, 3, 2]
    )
    content = graph.node("MatMul", [queries, keys], f"{name}/content")
    content = graph.reshape(content, [0, heads, rows, columns, rows, columns], f"{name}/content/grid")
    grid = graph.reshape(queries, [0, heads, rows, columns, depth], f"{name}/grid")
    # One table for each row: (columns, depth) times (depth, rows).
    tall = _table(graph, weights, f"{name}/relative_rows", rows, attention.cells)
    of_rows = graph.node("MatMul", [grid, tall], f"{name}/of_rows")  # (batch, heads, rows, columns, rows)
    of_rows = graph.node("Unsqueeze", [of_rows, graph.axes(5)], f"{name}/of_rows/grid")
    turned = graph.node("Transpose", [grid], f"{name}/turned", perm=[0, 1, 3, 2, 4])
    wide = _table(graph, weights, f"{name}/relative_columns", columns, attention.cells)
    of_columns = graph.node("MatMul", [turned, wide], f"{name}/of_columns")  # (batch, heads, columns, rows, columns)
    of_columns = graph.node("Transpose", [of_columns], f"{name}/of_columns/back", perm=[0, 1, 3, 2, 4])
    of_columns = graph.node("Unsqueeze", [of_columns, graph.axes(4)], f"{name}/of_columns/grid")
    logits = graph.node("Add", [graph.node("Add", [content, of_rows], f"{name}/and_rows"), of_columns], f"{name}/all")
    logits = graph.reshape(logits, [0, heads, cells, cells], f"{name}/logits")
    shares = graph.node("Softmax", [logits], f"{name}/shares", axis=-1)
    values = graph.node("Transpose", [values], f"{name}/by_value", perm=[0, 1, 3, 2])
    read = graph.node("MatMul", [shares, values], f"{name}/read")  # (batch, heads, cells, depth of values)
    read = graph.node("Transpose", [read], f"{name}/read/back", perm=[0, 1, 3, 2])
    return graph.reshape(read, [0, attention.value_channels, rows, columns], name)


def _table(graph: Graph, weights: Mapping[str, NDArray[np.float32]], table: str, length: int, cells: int) -> str:
    """What is known of each distance, as (from, depth, to)."""
    at = np.arange(length)
    found = weights[table][at[None, :] - at[:, None] + cells - 1]  # (from, to, depth)
    return graph.constant(f"{table}/{length}", found.transpose(0, 2, 1))
