"""A tiny DenseNet with every tensor set, so that a forgotten one shows."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from densexplain.classifier.model_sets.manifest import Manifest
from densexplain.classifier.model_sets.model_set import write_model_set
from densexplain.classifier.wiring.outline import tensor_shapes
from densexplain.classifier.wiring.registry import ARCHITECTURES
from densexplain.radiograph.preprocessing import InputSpecification

Tensors = dict[str, NDArray[np.float32]]


def draw_tensors(architecture: str, seed: int = 5, units: int = 1) -> Tensors:
    """Kernels that keep the signal's size, normalisations that are far from the identity."""
    draw = np.random.default_rng(seed)
    tensors = {}
    for name, shape in tensor_shapes(ARCHITECTURES[architecture], units).items():
        variable = name.split("/")[1]
        if variable == "kernel":
            values = draw.normal(0, np.sqrt(2 / np.prod(shape[:-1])), shape)
        elif variable in ("gamma", "moving_variance"):
            values = draw.uniform(0.5, 1.5, shape)
        else:
            values = draw.uniform(-0.3, 0.3, shape)
        tensors[name] = values.astype(np.float32)
    return tensors


@pytest.fixture(scope="session")
def tiny_tensors() -> Tensors:
    return draw_tensors("tiny")


def write_tiny(folder: Path, tensors: Tensors) -> Manifest:
    return write_model_set(
        folder,
        tensors,
        name=folder.name,
        title="Tiny",
        version="3",
        purpose="Testing.",
        not_for="Anything else.",
        architecture="tiny",
        specification=InputSpecification(64, mean=(0.4, 0.45, 0.5)),
        threshold=0.4,
        training={"epochs": 2},
        evaluation={"accuracy": 0.75},
        activation_map_limit_logits=4.0,
        card="# Tiny\n",
    )


@pytest.fixture(scope="session")
def written_tiny(tmp_path_factory: pytest.TempPathFactory, tiny_tensors: Tensors) -> Path:
    folder = tmp_path_factory.mktemp("models") / "tiny"
    write_tiny(folder, tiny_tensors)
    return folder


@pytest.fixture
def tiny_folder(tmp_path: Path, written_tiny: Path) -> Path:
    """A model set of a tiny network, a fresh copy for each test."""
    return Path(shutil.copytree(written_tiny, tmp_path / "tiny"))
