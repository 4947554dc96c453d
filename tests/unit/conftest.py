"""A tiny DenseNet as a loaded model set, its tensors, and labelled images, for all tests; none of them changes any."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from densexplain.classifier.model_sets.model_set import LoadedModelSet, load_model_set, write_model_set
from densexplain.classifier.wiring.outline import tensor_shapes
from densexplain.classifier.wiring.registry import ARCHITECTURES
from densexplain.explain.explainer import Explainer
from densexplain.radiograph.preprocessing import InputSpecification
from tests.labelled_images import data_set
from tests.tiny_tensors import tiny_folder, tiny_tensors, written_tiny

__all__ = ["data_set", "tiny_folder", "tiny_tensors", "written_tiny"]

_SLOW_AS_A_WHOLE = "\npytestmark = pytest.mark.slow\n"


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Where slow tests are left out, do not even import a module of nothing else: most import TensorFlow."""
    if config.option.markexpr != "not slow" or collection_path.suffix != ".py":
        return None
    return True if _SLOW_AS_A_WHOLE in collection_path.read_text(encoding="utf-8") else None


def _draw(name: str, shape: tuple[int, ...], draw: np.random.Generator) -> np.ndarray:
    variable = name.split("/")[1]
    if variable == "kernel":
        return draw.normal(0, np.sqrt(2 / np.prod(shape[:-1])), shape).astype(np.float32)
    low, high = (0.5, 1.5) if variable in ("gamma", "moving_variance") else (-0.3, 0.3)
    return draw.uniform(low, high, shape).astype(np.float32)


@pytest.fixture(scope="session")
def model_set(tmp_path_factory: pytest.TempPathFactory) -> LoadedModelSet:
    draw = np.random.default_rng(11)
    folder = tmp_path_factory.mktemp("models") / "tiny"
    write_model_set(
        folder,
        {name: _draw(name, shape, draw) for name, shape in tensor_shapes(ARCHITECTURES["tiny"]).items()},
        name="tiny",
        title="Tiny",
        version="3",
        purpose="Testing.",
        not_for="Anything else.",
        architecture="tiny",
        specification=InputSpecification(64),
        threshold=0.4,
        card="",
    )
    return load_model_set(folder)


@pytest.fixture(scope="session")
def explainer(model_set: LoadedModelSet) -> Explainer:
    return Explainer(model_set)


@pytest.fixture(scope="session")
def network_inputs() -> np.ndarray:
    """Eight inputs, shape (8, 64, 64, 3)."""
    return np.random.default_rng(12).normal(0, 1, (8, 64, 64, 3)).astype(np.float32)
