"""From a crop to what the network reads: resize, repeat to three channels, normalise.

Training, evaluation and the app all go through `prepare`, so that a network is
asked about images made the way it was trained on them.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from densexplain.errors import OptionError, ShapeError
from densexplain.vocabulary import ResizeMode


@dataclass(frozen=True)
class InputSpecification:
    """How a radiograph becomes a network's input; part of every manifest.

    Parameters
    ----------
    size_px
        Edge of the square input.
    resize
        ``stretch`` scales rows and columns each to `size_px` (as the paper
        does); ``pad`` keeps the proportions and fills with black below or to the
        right.
    mean, standard_deviation
        Per channel, in units of a radiograph's [0, 1] range; the input is
        ``(pixels - mean) / standard_deviation``. The grey image is repeated to
        the three channels, so their order does not matter before this step.
    channel_order
        Order in which `mean` and `standard_deviation` are given.
    """

    size_px: int = 320
    resize: ResizeMode = ResizeMode.STRETCH
    mean: tuple[float, float, float] = (0.45, 0.45, 0.45)
    standard_deviation: tuple[float, float, float] = (0.225, 0.225, 0.225)
    channel_order: str = "RGB"

    def __post_init__(self) -> None:
        if not 32 <= self.size_px <= 2048:
            raise OptionError(f"`size_px` must be between 32 and 2048; received {self.size_px}")
        if len(self.mean) != 3 or len(self.standard_deviation) != 3 or min(self.standard_deviation) <= 0:
            raise OptionError(
                "`mean` and `standard_deviation` must have three values each, the latter positive; "
                f"received {self.mean} and {self.standard_deviation}"
            )
        if self.channel_order not in ("RGB", "BGR"):
            raise OptionError(f"`channel_order` must be RGB or BGR; received {self.channel_order}")


def prepare(pixels: NDArray[np.float32], specification: InputSpecification) -> NDArray[np.float32]:
    """Make the network's input from a crop.

    Parameters
    ----------
    pixels
        Shape (rows, columns), float32 in [0, 1], bright = dense.
    specification
        Size, resize mode and normalisation.

    Returns
    -------
    numpy.ndarray
        Shape (size_px, size_px, 3), float32, in standard deviations from the mean.

    Raises
    ------
    ShapeError
        If `pixels` is not two-dimensional or has no pixels.
    """
    return normalise(resize_to_square(pixels, specification.size_px, specification.resize), specification)


def normalise(
    square: NDArray[np.float32], specification: InputSpecification, out: NDArray[np.float32] | None = None
) -> NDArray[np.float32]:
    """Normalise and repeat to three channels; the last step of `prepare`.

    Parameters
    ----------
    square
        Shape (rows, columns), float32 in [0, 1].
    specification
        Mean and standard deviation.
    out
        Array that takes the result, shape (rows, columns, 3), contiguous float32, of any
        value; None makes a new one.

    Returns
    -------
    numpy.ndarray
        Shape (rows, columns, 3), float32, in standard deviations from the mean.
    """
    values = list(zip(specification.mean, specification.standard_deviation, strict=True))
    # Mostly the three channels are alike, and then one is worked out for all.
    planes = {pair: (square - np.float32(pair[0])) / np.float32(pair[1]) for pair in dict.fromkeys(values)}
    if out is None:
        out = np.empty((*square.shape, 3), np.float32)
    cv2.merge([planes[pair] for pair in values], dst=out)
    return out


def resize_to_square(pixels: NDArray[np.float32], size_px: int, mode: ResizeMode) -> NDArray[np.float32]:
    """Resize to a square without normalising; area averaging when shrinking.

    Parameters
    ----------
    pixels
        Shape (rows, columns), float32 in [0, 1].
    size_px
        Edge of the square.
    mode
        Whether the proportions are kept.

    Returns
    -------
    numpy.ndarray
        Shape (size_px, size_px), float32 in [0, 1].

    Raises
    ------
    ShapeError
        If `pixels` is not two-dimensional or has no pixels.
    """
    return pad_to_square(resize_to_fit(pixels, size_px, mode), size_px)


def resize_to_fit(pixels: NDArray[np.float32], size_px: int, mode: ResizeMode) -> NDArray[np.float32]:
    """Resize to fit a square, filling it where proportions are not kept; `pad_to_square` follows.

    Parameters
    ----------
    pixels
        Shape (rows, columns), float32 in [0, 1].
    size_px
        Edge of the square.
    mode
        Whether the proportions are kept.

    Returns
    -------
    numpy.ndarray
        Shape (at most size_px, at most size_px), float32 in [0, 1].

    Raises
    ------
    ShapeError
        If `pixels` is not two-dimensional or has no pixels.
    """
    if pixels.ndim != 2 or min(pixels.shape) < 1:
        raise ShapeError(f"`pixels` must have the shape (rows, columns); received {pixels.shape}")
    rows, columns = pixels.shape
    if mode is ResizeMode.STRETCH:
        return _resize(pixels, size_px, size_px)
    scale = size_px / max(rows, columns)
    return _resize(pixels, max(1, round(rows * scale)), max(1, round(columns * scale)))


def pad_to_square(inner: NDArray[np.float32], size_px: int) -> NDArray[np.float32]:
    """Fill up to a square with black below and to the right.

    Parameters
    ----------
    inner
        Shape (at most size_px, at most size_px), float32 in [0, 1].
    size_px
        Edge of the square.

    Returns
    -------
    numpy.ndarray
        Shape (size_px, size_px), float32 in [0, 1].
    """
    if inner.shape == (size_px, size_px):
        return inner
    square = np.zeros((size_px, size_px), np.float32)
    square[: inner.shape[0], : inner.shape[1]] = inner
    return square


def _resize(pixels: NDArray[np.float32], rows: int, columns: int) -> NDArray[np.float32]:
    if pixels.shape == (rows, columns):
        return pixels
    shrinks = rows < pixels.shape[0] or columns < pixels.shape[1]
    interpolation = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(pixels, (columns, rows), interpolation=interpolation), np.float32)
