"""What is measured on: the bundled model set, or the nearest thing to it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray

from densexplain.classifier.model_sets.catalogue import installed_model_sets
from densexplain.radiograph.preprocessing import InputSpecification
from densexplain.settings import MODEL_FOLDERS_VARIABLE

PROJECT = Path(__file__).resolve().parent.parent.parent
_BUNDLED = "knee"
_LEAST_LAYERS = 50  # the tiny network of the tests is no subject


@contextmanager
def subject_folder() -> Iterator[Path]:
    """Folder of the model set to measure, alone in its parent folder.

    The bundled one if it is installed, else the first one installed, else a
    DenseNet-169 for 224 px with random weights.
    """
    usable = [entry for entry in installed_model_sets() if entry.manifest is not None and entry.problem is None]
    usable = [entry for entry in usable if sum(entry.manifest.architecture.blocks) > _LEAST_LAYERS]
    usable.sort(key=lambda entry: entry.name != _BUNDLED)
    with TemporaryDirectory(prefix="densexplain-bench-") as folder:
        if usable:
            link = Path(folder) / usable[0].name
            link.symlink_to(usable[0].folder, target_is_directory=True)
            yield link
        else:
            yield _random_model_set(Path(folder) / "random")


def environment_with(folder: Path) -> dict[str, str]:
    """Environment in which that model set is the first one offered."""
    return os.environ | {MODEL_FOLDERS_VARIABLE: str(folder.parent)}


def radiograph_pixels() -> NDArray[np.float32]:
    """A decoded radiograph of ordinary size, 1200 x 1000 px, made from code."""
    y, x = np.mgrid[:1200, :1000].astype(np.float32)
    bone = np.exp(-(((x - 500) / 160) ** 2)) * (0.6 + 0.3 * np.cos(y / 90))
    return np.clip(bone + 0.05 * np.random.default_rng(0).random((1200, 1000)), 0, 1).astype(np.float32)


def _random_model_set(folder: Path) -> Path:
    import keras

    from densexplain.classifier.engines.keras.layers import build_network
    from densexplain.classifier.model_sets.model_set import write_model_set
    from densexplain.classifier.wiring.registry import ARCHITECTURES

    keras.utils.set_random_seed(0)
    write_model_set(
        folder,
        build_network(ARCHITECTURES["densenet169"], 224),
        name=folder.name,
        title="Random weights",
        version="0",
        purpose="Measuring speed.",
        not_for="Anything else.",
        architecture="densenet169",
        specification=InputSpecification(size_px=224),
        card="Random weights, for measuring speed only.\n",
    )
    return folder
