"""A workspace on the tiny model set, and small files to open in it; no page and no command."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from densexplain.classifier.model_sets.manifest import Manifest
from densexplain.classifier.model_sets.model_set import LoadedModelSet
from densexplain.explain.explainer import Explainer
from densexplain.explain.queue import ExplanationQueue
from densexplain.workspace.model_set_store import ModelSetStore, ReadyModelSet
from densexplain.workspace.workspace import Workspace


def png(seed: int, rows: int = 90, columns: int = 70) -> bytes:
    pixels = np.random.default_rng(seed).integers(0, 256, (rows, columns)).astype(np.uint8)
    return bytes(cv2.imencode(".png", pixels)[1])


@pytest.fixture
def manifest(model_set: LoadedModelSet) -> Manifest:
    return model_set.manifest


@pytest.fixture
def ready(explainer: Explainer) -> ReadyModelSet:
    return ReadyModelSet(ExplanationQueue(explainer, 8))


@pytest.fixture
def workspace(ready: ReadyModelSet, model_set: LoadedModelSet) -> Workspace:
    """Empty, with the tiny model set loaded."""
    store = ModelSetStore(lambda name: ready)
    store.load(model_set.folder)
    return Workspace(store)
