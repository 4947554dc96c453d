"""A reference input, made from code alone, whose logit every copy of a model set must give.

The hash proves that the file is the one that was written; the golden input
proves that file, code, backend and preprocessing together still say the same.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from densexplain.classifier.model_sets.manifest import Manifest
from densexplain.classifier.probability import probability_of
from densexplain.errors import GoldenInputError
from densexplain.radiograph.preprocessing import InputSpecification, prepare

GOLDEN_DESCRIPTION = (
    "golden input 1: pixel (r, c) of size_px x size_px is "
    "(2 * tri(3r + 5c, size_px) + tri(7r - 2c, size_px) + "
    "((1103515245 * (r * size_px + c) + 12345) mod 2^31 >> 16) mod 256) / 1023 "
    "with tri(v, p) = |((v * 512 // p) mod 512) - 256|, then normalised as specified"
)
"""Recipe of the golden input in whole numbers, so that it is the same on every machine."""

TOLERANCE_LOGITS = 1e-4
"""Largest difference between two machines, on a logit of magnitude up to 1; it grows in proportion above.

Two ways of computing a trained DenseNet-169 in single precision (Keras layers
and folded tensors, TensorFlow and JAX) differ by under 1e-6.
"""


def golden_pixels(size_px: int) -> NDArray[np.float32]:
    """The golden radiograph: two crossing triangular waves and a fine texture.

    Parameters
    ----------
    size_px
        Edge in pixels.

    Returns
    -------
    numpy.ndarray
        Shape (size_px, size_px), float32 in [0, 1], bit for bit the same everywhere.
    """
    row, column = np.indices((size_px, size_px), dtype=np.int64)
    texture = ((1103515245 * (row * size_px + column) + 12345) % 2**31 >> 16) % 256
    waves = 2 * _triangle(3 * row + 5 * column, size_px) + _triangle(7 * row - 2 * column, size_px)
    return ((waves + texture) / 1023).astype(np.float32)


def golden_input(specification: InputSpecification) -> NDArray[np.float32]:
    """The golden radiograph as the network reads it, shape (size_px, size_px, 3), float32, normalised."""
    return prepare(golden_pixels(specification.size_px), specification)


def check_golden(manifest: Manifest, logit: float) -> None:
    """Compare the logit of the golden input with the manifest's.

    Raises
    ------
    GoldenInputError
        If the logit differs by more than `TOLERANCE_LOGITS`, is no number, or
        the manifest describes another golden input.
    """
    golden = manifest.golden
    if golden.description != GOLDEN_DESCRIPTION:
        raise GoldenInputError(
            f"expected {GOLDEN_DESCRIPTION.split(':')[0]} in {manifest.name}; received {golden.description[:80]!r}"
        )
    tolerance = TOLERANCE_LOGITS * max(1.0, abs(golden.logit))
    if not math.isfinite(logit) or abs(logit - golden.logit) > tolerance:
        raise GoldenInputError(
            f"expected the reference input of {manifest.name} to give the logit {golden.logit:.5f} "
            f"(tolerance {tolerance:.5f}); received {logit:.5f}"
        )
    if abs(probability_of(golden.logit) - golden.probability) > 1e-6:
        raise GoldenInputError(
            f"expected the logit {golden.logit:.5f} and the probability of the reference input of {manifest.name} "
            f"to agree; received {golden.probability:.6f}"
        )


def _triangle(value: NDArray[np.int64], period: int) -> NDArray[np.int64]:
    return np.abs(value * 512 // period % 512 - 256)
