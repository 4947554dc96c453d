"""What is measured of each pixel to tell metal: how bright, sharp, narrow and straight, beside its surroundings.

Metal is told by what it is beside bone: brighter than the bone of the same
exposure, steep on both sides, and as a wire, screw or plate straight. No one of
these suffices, and all of them are local, so they are measured at several sizes.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from densexplain.radiograph.regions import Mask

PixelMeasures = NDArray[np.float32]
"""Shape (`len(PIXEL_MEASURES)`, rows, columns)."""

_QUANTILES = (0.9, 0.99)
_BLURS_PX = (1.0, 2.0, 4.0, 8.0, 16.0)
_RIDGES_PX = (1.0, 2.0, 4.0)
_TOP_HATS_PX = (5, 9, 19, 37)
_LINES_PX = (15, 31)
_DIRECTIONS = 12
_EDGES_PX = (5, 11)
_REACHES_PX = (15, 41)
_FILL_PX = 12.0

PIXEL_MEASURES = (
    "brightness",
    *(f"above the radiograph's {quantile:.0%} quantile" for quantile in _QUANTILES),
    *(f"between blurs of {low:g} and {high:g} px" for low, high in pairwise(_BLURS_PX)),
    f"above a blur of {_BLURS_PX[-1]:g} px",
    *(f"{which} curvature at {size:g} px" for size in _RIDGES_PX for which in ("least", "greatest")),
    *(f"white top-hat of {size} px" for size in _TOP_HATS_PX),
    *(f"straight along {size} px" for size in _LINES_PX),
    "straighter than in other directions",
    "edge",
    *(f"steepest edge within {size} px" for size in _EDGES_PX),
    "spread within 5 px",
    *(f"{what} within {size} px" for size in _REACHES_PX for what in ("above the least", "below the greatest")),
    f"straightest within {_REACHES_PX[-1]} px",
    f"share above the 99% quantile within {_REACHES_PX[-1]} px",
)
"""What is measured, in the order of the last axis."""


def pixel_measures(grey: NDArray[np.uint8], hidden: Mask) -> PixelMeasures:
    """Measure every pixel of a working copy.

    Parameters
    ----------
    grey
        Shape (rows, columns), 8 bit, of `densexplain.radiograph.dense_objects.working_grey`.
    hidden
        Frame and text legends, which are filled by what lies round them; same shape.

    Returns
    -------
    numpy.ndarray
        Shape (measures, rows, columns), float32; brightness from 0 to 1.
    """
    image = _filled(grey.astype(np.float32) / np.float32(255), hidden)
    seen = image[~hidden] if not hidden.all() else image.ravel()
    quantiles = [float(value) for value in np.quantile(seen[::7], _QUANTILES)]
    blurs = [_plane(cv2.GaussianBlur(image, (0, 0), size)) for size in _BLURS_PX]
    measures: list[NDArray[np.float32]] = [image, *(image - value for value in quantiles)]
    measures += [low - high for low, high in pairwise(blurs)]
    measures.append(image - blurs[-1])
    for blurred, size in zip(blurs, _RIDGES_PX, strict=False):
        measures += _curvatures(blurred, size)
    calm = _plane(cv2.GaussianBlur(image, (0, 0), 0.7))
    raised = [_plane(cv2.morphologyEx(calm, cv2.MORPH_TOPHAT, _disc(size))) for size in _TOP_HATS_PX]
    measures += raised
    shorter, _ = _straightness(raised[2], _LINES_PX[0])
    longest, alike = _straightness(raised[2], _LINES_PX[1])
    measures += [shorter, longest]
    measures.append(longest - alike)
    across, down = cv2.Sobel(calm, cv2.CV_32F, 1, 0), cv2.Sobel(calm, cv2.CV_32F, 0, 1)
    edge = _plane(cv2.magnitude(across, down))
    measures += [edge, *(_plane(cv2.dilate(edge, np.ones((size, size), np.uint8))) for size in _EDGES_PX)]
    mean = cv2.blur(image, (5, 5))
    measures.append(np.sqrt(np.maximum(cv2.blur(image * image, (5, 5)) - mean * mean, 0)))
    for size in _REACHES_PX:
        square = np.ones((size, size), np.uint8)
        measures += [_plane(calm - cv2.erode(calm, square)), _plane(cv2.dilate(calm, square) - calm)]
    far = (_REACHES_PX[-1],) * 2
    measures.append(_plane(cv2.dilate(longest, np.ones(far, np.uint8))))
    measures.append(_plane(cv2.blur((image > quantiles[-1]).astype(np.float32), far)))
    return np.stack(measures)


def _filled(image: NDArray[np.float32], hidden: Mask) -> NDArray[np.float32]:
    """Fill what is hidden smoothly from what lies round it."""
    if not hidden.any() or hidden.all():
        return image
    weight = (~hidden).astype(np.float32)
    near = cv2.GaussianBlur(image * weight, (0, 0), _FILL_PX), cv2.GaussianBlur(weight, (0, 0), _FILL_PX)
    level = np.where(near[1] > 1e-3, near[0] / np.maximum(near[1], 1e-3), np.median(image[~hidden]))
    return np.asarray(np.where(hidden, level, image), np.float32)


def _plane(values: NDArray[Any]) -> NDArray[np.float32]:
    return np.asarray(values, np.float32)


def _disc(size: int) -> NDArray[np.uint8]:
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size)), np.uint8)


def _curvatures(blurred: NDArray[np.float32], size: float) -> list[NDArray[np.float32]]:
    """Eigenvalues of the second derivatives, by the square of the blur: least (a bright ridge), then greatest."""
    xx, yy = cv2.Sobel(blurred, cv2.CV_32F, 2, 0), cv2.Sobel(blurred, cv2.CV_32F, 0, 2)
    xy = cv2.Sobel(blurred, cv2.CV_32F, 1, 1)
    middle = (xx + yy) / 2
    apart = np.sqrt(((xx - yy) / 2) ** 2 + xy**2)
    scale = np.float32(size * size / 4)
    return [_plane(scale * (middle - apart)), _plane(scale * (middle + apart))]


def _straightness(raised: NDArray[np.float32], length: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Brightness that holds along a straight line through a pixel: in its best direction, and the mean of all."""
    best, total = np.zeros_like(raised), np.zeros_like(raised)
    for step in range(_DIRECTIONS):
        held = cv2.morphologyEx(raised, cv2.MORPH_OPEN, _line(length, 180.0 * step / _DIRECTIONS))
        cv2.max(best, held, best)
        cv2.add(total, held, total)
    return best, total / np.float32(_DIRECTIONS)


def _line(length: int, degrees: float) -> NDArray[np.uint8]:
    kernel, reach = np.zeros((length, length), np.uint8), (length - 1) / 2
    turn = np.radians(degrees)
    ends = [
        (round(reach + sign * reach * float(np.cos(turn))), round(reach - sign * reach * float(np.sin(turn))))
        for sign in (-1, 1)
    ]
    cv2.line(kernel, ends[0], ends[1], 1)
    kernel[round(reach), round(reach)] = 1  # without its middle, nothing of it may lie in a corner of the radiograph
    return kernel
