"""Training of tiny networks for a few steps, which is over before TensorFlow's graph optimiser has paid."""

from collections.abc import Iterator

import pytest

from tests.graphs import without_graph_optimiser


@pytest.fixture(scope="module", autouse=True)
def _unoptimised_graphs() -> Iterator[None]:
    with without_graph_optimiser():
        yield
