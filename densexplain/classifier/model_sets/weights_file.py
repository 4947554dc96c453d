"""``weights.safetensors``: tensors alone, checked byte by byte before any is used.

The format holds no code, so nothing is unpickled; size, hash, header, names,
shapes and number formats are compared with manifest and architecture first.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import safetensors
import safetensors.numpy
from numpy.typing import NDArray

from densexplain import schema
from densexplain.classifier.model_sets.manifest import WEIGHTS_FILE, Manifest, TensorDescription
from densexplain.classifier.wiring.outline import check_shapes, tensor_shapes
from densexplain.errors import (
    EntryError,
    ManifestError,
    WeightsHashError,
    WeightsHeaderError,
    WeightsMissingError,
    WeightsTruncatedError,
    WeightsTypeError,
)
from densexplain.settings import settings

Tensors = dict[str, NDArray[Any]]
"""Arrays by ``layer/variable``, each of its variable's shape, float16 or float32, any value."""

_MOST_HEADER_BYTES = 1024 * 1024
_LENGTH_BYTES = 8
_STORED_FORMATS = {"F16": "float16", "F32": "float32"}


@dataclass(frozen=True)
class _StoredTensor:
    dtype: str
    shape: tuple[int, ...]
    data_offsets: tuple[int, int]


def encode_tensors(tensors: Tensors) -> bytes:
    """The content of ``weights.safetensors``."""
    return safetensors.numpy.save({name: np.ascontiguousarray(tensor) for name, tensor in tensors.items()})


def describe_tensors(tensors: Tensors) -> dict[str, TensorDescription]:
    """Names, shapes and number formats, for the manifest."""
    return {name: TensorDescription(tensor.shape, tensor.dtype.name) for name, tensor in tensors.items()}


def read_weights(folder: Path, manifest: Manifest) -> Tensors:
    """Read the tensors of a model set once every check has passed.

    Parameters
    ----------
    folder
        The model set's folder.
    manifest
        What the weights should be.

    Returns
    -------
    dict
        Arrays by ``layer/variable``, each of its variable's shape, float16 or float32 as stored, any value.

    Raises
    ------
    WeightsMissingError
        If there is no weights file.
    WeightsTruncatedError
        If it is shorter than stated.
    WeightsHashError
        If it is longer than stated or its sha256 differs.
    WeightsHeaderError
        If its table of contents is oversized or contradicts the content.
    WeightsShapeError
        If a tensor is missing or has another shape than the architecture's.
    WeightsSurplusError
        If the network has no place for a tensor.
    WeightsTypeError
        If a tensor has another number format than stated.
    ManifestError
        If the manifest asks for more bytes than are ever opened.
    """
    content = _read(folder, manifest)
    stored = read_header(content, WEIGHTS_FILE)
    _compare(stored, manifest)
    try:
        return safetensors.numpy.load(content)
    except safetensors.SafetensorError as error:
        raise WeightsHeaderError(
            f"expected {WEIGHTS_FILE} to match its own table of contents; it does not: {error}"
        ) from error


def _read(folder: Path, manifest: Manifest) -> bytes:
    limit = settings().maximum_weights_bytes
    if manifest.weights_bytes > limit:
        raise ManifestError(f"expected weights of at most {limit} bytes; the manifest states {manifest.weights_bytes}")
    try:
        with (folder / WEIGHTS_FILE).open("rb") as file:
            content = file.read(manifest.weights_bytes + 1)
    except OSError as error:
        raise WeightsMissingError(
            f"expected {WEIGHTS_FILE} in the model set {folder.name}; it cannot be read: {error.strerror}"
        ) from error
    if len(content) < manifest.weights_bytes:
        raise WeightsTruncatedError(
            f"expected {WEIGHTS_FILE} of {manifest.weights_bytes} bytes; received {len(content)}"
        )
    received = hashlib.sha256(content).hexdigest()
    if len(content) > manifest.weights_bytes or received != manifest.weights_sha256:
        raise WeightsHashError(
            f"expected {WEIGHTS_FILE} of {manifest.name} unchanged (sha256 {manifest.weights_sha256[:12]}...); "
            f"received another content ({received[:12]}...)"
        )
    return content


def read_header(content: bytes, file_name: str) -> dict[str, TensorDescription]:
    """Table of contents of a safetensors file: 8 bytes of length, little-endian, then JSON.

    Parameters
    ----------
    content
        The whole file.
    file_name
        What to call it in a refusal.

    Returns
    -------
    dict
        Name of each tensor to its shape and number format.

    Raises
    ------
    WeightsHeaderError
        If it is oversized, cannot be read, or contradicts the file's length.
    """
    length = int.from_bytes(content[:_LENGTH_BYTES], "little")
    if length > _MOST_HEADER_BYTES:
        raise WeightsHeaderError(
            f"expected a table of contents of at most {_MOST_HEADER_BYTES} bytes; received {length}"
        )
    left = len(content) - _LENGTH_BYTES - length
    if left < 0:
        raise WeightsHeaderError(f"expected a table of contents of {length} bytes; {-left} of them are missing")
    try:
        decoded = schema.decode(content[_LENGTH_BYTES : _LENGTH_BYTES + length])
        entries = dict(schema.read(dict[str, Any], decoded, "table of contents"))
        entries.pop("__metadata__", None)
        stored = schema.read(dict[str, _StoredTensor], entries, "table of contents")
    except EntryError as error:
        raise WeightsHeaderError(
            f"expected {file_name} to begin with a table of contents; it cannot be read"
        ) from error
    end = max((tensor.data_offsets[1] for tensor in stored.values()), default=0)
    if end != left:
        raise WeightsHeaderError(f"expected {end} bytes of tensors after the table of contents; received {left}")
    return {
        name: TensorDescription(tensor.shape, _STORED_FORMATS.get(tensor.dtype, tensor.dtype))
        for name, tensor in stored.items()
    }


def _compare(stored: dict[str, TensorDescription], manifest: Manifest) -> None:
    """Compare the table of contents with the architecture, then with the manifest."""
    expected = tensor_shapes(manifest.architecture, len(manifest.full_head.classes))
    check_shapes({name: tensor.shape for name, tensor in stored.items()}, expected, WEIGHTS_FILE)
    check_shapes({name: tensor.shape for name, tensor in manifest.tensors.items()}, expected, "the manifest")
    for name, tensor in stored.items():
        stated = manifest.tensors[name].dtype
        if tensor.dtype != stated:
            raise WeightsTypeError(f"expected {name} to be stored as {stated}; received {tensor.dtype}")
