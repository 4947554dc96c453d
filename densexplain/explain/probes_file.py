"""``probes.safetensors``: the linear probes of a model set's stages beside the weights, checked like them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import safetensors.numpy

from densexplain.classifier.answers import stage_channels
from densexplain.classifier.model_sets.manifest import Manifest, TensorDescription
from densexplain.errors import ProbesFileError
from densexplain.explain.fitted_file import read_fitted
from densexplain.explain.probes import Probes

PROBES_FILE = "probes.safetensors"

_BIASES = "biases"


def encode_probes(probes: Probes) -> bytes:
    """The content of ``probes.safetensors``."""
    tensors = {f"weights/{number}": weights for number, weights in enumerate(probes.weights)}
    tensors[_BIASES] = probes.biases
    return safetensors.numpy.save({name: np.ascontiguousarray(one, np.float32) for name, one in tensors.items()})


def read_probes(folder: Path, manifest: Manifest) -> Probes | None:
    """Read a model set's probes once every check has passed; None where it has none.

    Parameters
    ----------
    folder
        The model set's folder.
    manifest
        Its manifest, which states size and hash.

    Raises
    ------
    ProbesFileError
        If the file is missing, not the stated one, or not of this network.
    """
    record = manifest.probes
    if record is None:
        return None
    channels, stated = stage_channels(manifest.architecture), len(record.stages)
    if stated != len(channels):
        raise ProbesFileError(
            f"expected probes of the {len(channels)} stages of {manifest.name}; the manifest states {stated}"
        )
    expected = {f"weights/{number}": TensorDescription((count,), "float32") for number, count in enumerate(channels)}
    expected[_BIASES] = TensorDescription((len(channels),), "float32")
    tensors = read_fitted(
        folder / PROBES_FILE, record.file_sha256, record.file_bytes, lambda stored: expected, ProbesFileError
    )
    return Probes(tuple(tensors[f"weights/{number}"] for number in range(len(channels))), tensors[_BIASES])
