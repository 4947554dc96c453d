"""``familiarity.safetensors``: the training radiographs' distribution beside the weights, checked like them."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import safetensors.numpy
from numpy.typing import NDArray

from densexplain.classifier.answers import pooled_channels
from densexplain.classifier.model_sets.manifest import Manifest, TensorDescription
from densexplain.classifier.model_sets.manifest_parts import FamiliarityRecord
from densexplain.classifier.model_sets.weights_file import read_header
from densexplain.errors import FamiliarityFileError, WeightsHeaderError
from densexplain.explain.familiarity import TrainingDistribution

FAMILIARITY_FILE = "familiarity.safetensors"
MOST_BYTES = 8 * 1024 * 1024
"""No larger file is opened; that of DenseNet-169 has under 2 MB."""

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
    content = _read(folder, manifest.familiarity)
    try:
        stored = read_header(content, FAMILIARITY_FILE)
        _check(stored, pooled_channels(manifest.architecture))
        tensors = safetensors.numpy.load(content)
    except (WeightsHeaderError, safetensors.SafetensorError) as error:
        raise FamiliarityFileError(str(error)) from error
    _check_values(tensors)
    return TrainingDistribution(
        tensors["mean"],
        tensors["scale"],
        tensors["directions"].astype(np.float32),
        tensors["variances"],
        float(tensors["residual_variance"][0]),
    )


def _read(folder: Path, record: FamiliarityRecord) -> bytes:
    if not 0 < record.file_bytes <= MOST_BYTES:
        raise FamiliarityFileError(
            f"expected {FAMILIARITY_FILE} of at most {MOST_BYTES} bytes; the manifest states {record.file_bytes}"
        )
    try:
        with (folder / FAMILIARITY_FILE).open("rb") as file:
            content = file.read(record.file_bytes + 1)
    except OSError as error:
        raise FamiliarityFileError(
            f"expected {FAMILIARITY_FILE} in the model set {folder.name}; it cannot be read: {error.strerror}"
        ) from error
    received = hashlib.sha256(content).hexdigest()
    if len(content) != record.file_bytes or received != record.file_sha256:
        raise FamiliarityFileError(
            f"expected {FAMILIARITY_FILE} of {folder.name} unchanged (sha256 {record.file_sha256[:12]}...); "
            f"received another content ({received[:12]}...)"
        )
    return content


def _check(stored: dict[str, TensorDescription], channels: int) -> None:
    """Compare names, shapes and number formats with the network's pooled channels."""
    kept = stored["variances"].shape[0] if "variances" in stored and stored["variances"].shape else 0
    expected = {
        **{name: TensorDescription((channels,), "float32") for name in _VECTORS},
        "directions": TensorDescription((kept, channels), "float16"),
        "variances": TensorDescription((kept,), "float32"),
        "residual_variance": TensorDescription((1,), "float32"),
    }
    for name in sorted(stored.keys() | expected.keys()):
        if stored.get(name) != expected.get(name):
            raise FamiliarityFileError(
                f"expected {FAMILIARITY_FILE} to hold {name} as {_words(expected.get(name))}; "
                f"received {_words(stored.get(name))}"
            )


def _words(tensor: TensorDescription | None) -> str:
    return "nothing" if tensor is None else f"{tensor.dtype} of shape {tensor.shape}"


def _check_values(tensors: dict[str, NDArray[Any]]) -> None:
    for name, tensor in tensors.items():
        positive = name in ("scale", "variances", "residual_variance")
        if not np.isfinite(tensor).all() or (positive and not (tensor > 0).all()):
            kind = "positive numbers" if positive else "numbers"
            raise FamiliarityFileError(f"expected {name} in {FAMILIARITY_FILE} to hold {kind}; received others")
