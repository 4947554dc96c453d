"""Pixels that are not square, stretched to square ones.

References
----------
DICOM PS3.3 C.7.6.3.1.7 (Pixel Aspect Ratio), 10.7.1.3 (pixel spacing).
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from densexplain.radiograph.reading.dicom_values import numbers
from densexplain.settings import settings

_SQUARE_WITHIN = 0.01
_MOST = 10.0


def height_to_width(dataset: Dataset, spacing: tuple[float, float] | None) -> float:
    """Height of a pixel in widths; 1 where nothing usable is stated.

    Parameters
    ----------
    dataset
        Header of the file, for the aspect ratio.
    spacing
        Distance between rows and between columns, in mm, which comes first; None where it is not stated.
    """
    if spacing is not None:
        return _usable(spacing[0] / spacing[1])
    ratio = numbers(dataset, "PixelAspectRatio")
    return _usable(ratio[0] / ratio[1]) if len(ratio) == 2 and min(ratio) > 0 else 1.0


def squared(pixels: NDArray[np.float32], ratio: float, notes: list[str]) -> NDArray[np.float32]:
    """Stretch a picture along the side that its pixels are longer on.

    Parameters
    ----------
    pixels
        Shape (rows, columns), float32 in [0, 1].
    ratio
        Height of a pixel in widths.
    notes
        A sentence is added here if the picture is stretched, or would become too large.

    Returns
    -------
    numpy.ndarray
        Shape (rows, columns) of square pixels, float32 in [0, 1]; `pixels` itself where they are square.
    """
    if abs(ratio - 1.0) <= _SQUARE_WITHIN:
        return pixels
    rows, columns = pixels.shape
    size = (columns, round(rows * ratio)) if ratio > 1 else (round(columns / ratio), rows)
    limits = settings()
    if max(size) > limits.maximum_side_px or size[0] * size[1] > limits.maximum_pixels:
        notes.append(
            f"The pixels are not square (height to width {ratio:.3g}), and there are too many to stretch them."
        )
        return pixels
    notes.append(f"The pixels are not square (height to width {ratio:.3g}); the picture was stretched to square ones.")
    if ratio > 1:
        return _stretched(pixels, size[1])
    return np.ascontiguousarray(_stretched(pixels.T, size[0]).T)


def _stretched(pixels: NDArray[np.float32], rows: int) -> NDArray[np.float32]:
    """More rows, linear between those there are; centres of pixels keep their places."""
    places = np.clip((np.arange(rows) + 0.5) * len(pixels) / rows - 0.5, 0, len(pixels) - 1)
    above = places.astype(np.intp)
    below = np.minimum(above + 1, len(pixels) - 1)
    share = (places - above).astype(np.float32)[:, None]
    return np.asarray(pixels[above] * (1 - share) + pixels[below] * share, np.float32)


def _usable(ratio: float) -> float:
    return ratio if math.isfinite(ratio) and 1 / _MOST <= ratio <= _MOST else 1.0
