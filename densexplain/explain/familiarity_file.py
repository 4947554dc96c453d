"""``familiarity.safetensors``: the training radiographs' distribution beside the weights, checked like them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import safetensors.numpy
from numpy.typing import NDArray

from densexplain.classifier.answers import pooled_channels
from densexplain.classifier.model_sets.manifest import Manifest, TensorDescription
from densexplain.errors import FamiliarityFileError
from densexplain.explain.familiarity import TrainingDistribution
from densexplain.explain.fitted_file import Table, read_fitted

FAMILIARITY_FILE = "familiarity.safetensors"
_VECTORS = ("mean", "scale")


def encode_distribution(distribution: TrainingDistribution) -> bytes:
    """The content of ``familiarity.safetensors``; directions in half precision, which moves a distance by 1e-4."""
    tensors = {
        "mean": distribution.mean.astype(np.float32),
        "scale": distribution.scale.astype(np.float32),
        "directions": distribution.directions.astype(np.float16),
        "variances": distribution.variances.astype(np.float32),
        "residual_variance": np.array([distribution.residual_variance], np.float32),
    }
    return safetensors.numpy.save({name: np.ascontiguousarray(tensor) for name, tensor in tensors.items()})


def read_distribution(folder: Path, manifest: Manifest) -> TrainingDistribution | None:
    """Read a model set's distribution once every check has passed; None where it has none.

    Parameters
    ----------
    folder
        The model set's folder.
    manifest
        Its manifest, which states size and hash.

    Raises
    ------
    FamiliarityFileError
        If the file is missing, not the stated one, or not of this network.
    """
    if manifest.familiarity is None:
        return None
    record, channels = manifest.familiarity, pooled_channels(manifest.architecture)
    tensors = read_fitted(
        folder / FAMILIARITY_FILE,
        record.file_sha256,
        record.file_bytes,
        lambda stored: _expected(stored, channels),
        FamiliarityFileError,
    )
    _check_values(tensors)
    return TrainingDistribution(
        tensors["mean"],
        tensors["scale"],
        tensors["directions"].astype(np.float32),
        tensors["variances"],
        float(tensors["residual_variance"][0]),
    )


def _expected(stored: Table, channels: int) -> Table:
    """Names, shapes and number formats for the network's pooled channels and the directions that were kept."""
    kept = stored["variances"].shape[0] if "variances" in stored and stored["variances"].shape else 0
    return {
        **{name: TensorDescription((channels,), "float32") for name in _VECTORS},
        "directions": TensorDescription((kept, channels), "float16"),
        "variances": TensorDescription((kept,), "float32"),
        "residual_variance": TensorDescription((1,), "float32"),
    }


def _check_values(tensors: dict[str, NDArray[Any]]) -> None:
    for name in ("scale", "variances", "residual_variance"):
        if not (tensors[name] > 0).all():
            raise FamiliarityFileError(
                f"expected {name} in {FAMILIARITY_FILE} to hold positive numbers; received others"
            )
