"""Files of fitted tensors beside a model set's weights, checked like them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import safetensors
import safetensors.numpy
from numpy.typing import NDArray

from densexplain.classifier.model_sets.manifest import TensorDescription
from densexplain.classifier.model_sets.weights_file import read_header
from densexplain.errors import FittedFileError, WeightsHeaderError

MOST_BYTES = 8 * 1024 * 1024
"""No larger file is opened; familiarity and probes of DenseNet-169 have under 2 MB."""


Table = Mapping[str, TensorDescription]
"""Shape and number format of each tensor, by its name."""


def read_fitted(
    path: Path, file_sha256: str, file_bytes: int, expected_of: Callable[[Table], Table], error: type[FittedFileError]
) -> dict[str, NDArray[Any]]:
    """Read a file of fitted tensors once every check has passed.

    Parameters
    ----------
    path
        The file, in its model set's folder.
    file_sha256, file_bytes
        As the manifest states them.
    expected_of
        From the file's table of contents to shape and number format of each tensor.
    error
        What is raised.

    Returns
    -------
    dict
        Arrays by name, finite, of the expected shapes, float16 or float32.

    Raises
    ------
    FittedFileError
        As `error`: if the file is missing, too large, not the stated one, or holds something else.
    """
    content = _content(path, file_sha256, file_bytes, error)
    try:
        stored = read_header(content, path.name)
        expected = expected_of(stored)
        for name in sorted(stored.keys() | expected.keys()):
            if stored.get(name) != expected.get(name):
                raise error(
                    f"expected {path.name} to hold {name} as {_words(expected.get(name))}; "
                    f"received {_words(stored.get(name))}"
                )
        tensors = safetensors.numpy.load(content)
    except (WeightsHeaderError, safetensors.SafetensorError) as problem:
        raise error(str(problem)) from problem
    for name, tensor in tensors.items():
        if not np.isfinite(tensor).all():
            raise error(f"expected {name} in {path.name} to hold numbers; received others")
    return tensors


def _content(path: Path, file_sha256: str, file_bytes: int, error: type[FittedFileError]) -> bytes:
    if not 0 < file_bytes <= MOST_BYTES:
        raise error(f"expected {path.name} of at most {MOST_BYTES} bytes; the manifest states {file_bytes}")
    try:
        with path.open("rb") as file:
            content = file.read(file_bytes + 1)
    except OSError as problem:
        raise error(
            f"expected {path.name} in the model set {path.parent.name}; it cannot be read: {problem.strerror}"
        ) from problem
    received = hashlib.sha256(content).hexdigest()
    if len(content) != file_bytes or received != file_sha256:
        raise error(
            f"expected {path.name} of {path.parent.name} unchanged (sha256 {file_sha256[:12]}...); "
            f"received another content ({received[:12]}...)"
        )
    return content


def _words(tensor: TensorDescription | None) -> str:
    return "nothing" if tensor is None else f"{tensor.dtype} of shape {tensor.shape}"
