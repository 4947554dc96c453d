"""Which pixels are image frame or collimation border, peeled off from the outside.

First what is of one brightness and ends along straight lines or a circle: paper,
film holder, shutter. Then, along what is left, a bright rim or band that ends
along straight lines or a circle: the hardly exposed border round a collimated field. Both may
be tilted. `densexplain.radiograph.image_frame` suggests the crop that leaves a
frame out; here it is the frame itself that is wanted.
"""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from densexplain.radiograph.collimated_border import TURNS, bright_band, bright_rim, round_band
from densexplain.radiograph.drawn_regions import DrawnBox
from densexplain.radiograph.film_divider import find_divider
from densexplain.radiograph.image_frame import find_image_frame
from densexplain.radiograph.regions import Mask
from densexplain.vocabulary import Region

_FLAT = 2  # grey levels within 3 x 3 pixels
_ALIKE = 4  # grey levels within one surround
_LEAST_SURROUND = 0.0015  # of the area
_CONSTANT = 0.12  # mean of that spread: paper and shutter have no noise
_ONE_VALUE = 0.9  # share of a surround that has its commonest grey level
_LEAST_JUMP = 4.0  # grey levels; air fades by less
_LEAST_CLEAN_JUMP = 2.0  # of what has one grey level throughout
_LEAST_STRAIGHT = 0.5  # of the surround's inner outline
_STEEPER = 1.2  # times the fall along straight lines, from which a circle is preferred


def mark_frame(grey: NDArray[np.uint8]) -> Mask:
    """Mark the frame.

    Parameters
    ----------
    grey
        Shape (rows, columns), 8 bit, of `densexplain.radiograph.dense_objects.working_grey`.

    Returns
    -------
    numpy.ndarray
        Shape (rows, columns), bool; all False where no frame is found.
    """
    divider = find_divider(grey)
    if divider is None:
        return _of_one_exposure(grey)
    one, strip, other = divider.windows()
    frame = np.zeros(grey.shape, np.bool_)
    frame[strip] = True
    for panel in (one, other):
        frame[panel] = _of_one_exposure(np.ascontiguousarray(grey[panel]))
    return frame


def _of_one_exposure(grey: NDArray[np.uint8]) -> Mask:
    surround = _flat_surround(grey)
    if not surround.any():
        surround = _uneven_surround(grey)
    # A circle can be laid over a straight border, and a chord over a round one: the steeper is right.
    straight, fall = bright_band(grey, surround)
    circle, round_fall = round_band(grey, surround)
    band = circle if round_fall > _STEEPER * fall else straight
    if surround.any() and not band.any():
        band = bright_rim(grey, surround)
    frame = surround | band
    if not frame.any():
        return frame
    # Thin gaps are where surround and band meet.
    return np.asarray(cv2.morphologyEx(frame.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8)), np.bool_)


def _flat_surround(grey: NDArray[np.uint8]) -> Mask:
    """Parts without any noise that reach the edge of the radiograph and end along lines or a circle."""
    square = np.ones((3, 3), np.uint8)
    spread = np.asarray(cv2.subtract(cv2.dilate(grey, square), cv2.erode(grey, square)), np.uint8)
    even = ((spread <= _FLAT) & (cv2.blur(spread.astype(np.float32), (5, 5)) <= 4 * _CONSTANT)).astype(np.uint8)
    ring = np.zeros(grey.shape, np.bool_)
    ring[:2], ring[-2:], ring[:, :2], ring[:, -2:] = True, True, True, True
    _, found, stats, _ = cv2.connectedComponentsWithStats(even, connectivity=4)
    labels, boxes = np.asarray(found, np.int32), np.asarray(stats, np.int32)
    total = _even_surround(grey, spread, labels, boxes, ring)
    if not total.any():
        return total
    # A shutter may lie within paper.
    near = cv2.dilate(total.astype(np.uint8), np.ones((7, 7), np.uint8)) > 0
    return total | _even_surround(grey, spread, labels, boxes, near & ~total)


def _even_surround(
    grey: NDArray[np.uint8],
    spread: NDArray[np.uint8],
    labels: NDArray[np.int32],
    boxes: NDArray[np.int32],
    ring: Mask,
) -> Mask:
    """Of the even parts that reach into a ring, those that are surround."""
    total = np.zeros(grey.shape, np.bool_)
    for number in np.unique(labels[ring & (labels > 0)]):
        part = labels == number
        if boxes[number, cv2.CC_STAT_AREA] < _LEAST_SURROUND * grey.size or spread[part].mean() > _CONSTANT:
            continue  # air has noise
        values = np.bincount(grey[part])
        if values.max() < _ONE_VALUE * values.sum():
            continue  # or fades
        # What is without noise ends before its surround does.
        wide = cv2.dilate(part.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
        wide &= np.abs(grey.astype(np.int16) - int(np.median(grey[part]))) <= _ALIKE
        wide |= part
        least = _LEAST_JUMP if spread[part].any() else _LEAST_CLEAN_JUMP
        if _jump(grey, wide) >= least and _straightness(wide) >= _LEAST_STRAIGHT:
            total |= wide
    return total


def _jump(grey: NDArray[np.uint8], part: Mask) -> float:
    """Grey levels by which a part differs from what lies three pixels beyond two thirds of its outline."""
    mask = part.astype(np.uint8)
    ring = (cv2.dilate(mask, np.ones((7, 7), np.uint8)) > 0) & (cv2.dilate(mask, np.ones((5, 5), np.uint8)) == 0)
    if not ring.any():
        return 0.0
    return float(np.quantile(np.abs(grey[ring].astype(np.float32) - float(np.median(grey[part]))), 0.33))


def _straightness(part: Mask) -> float:
    """Share of a part's inner outline that lies on two pairs of parallel lines, or on a circle."""
    inner = cv2.dilate(part.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    inner &= ~part
    y, x = np.nonzero(inner)
    if len(x) < 20:
        return 0.0
    if len(x) > 1500:
        x, y = x[:: len(x) // 1000], y[:: len(y) // 1000]
    best = 0.0
    for degrees in TURNS:
        cosine, sine = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
        on_lines = 0.0
        for place in (cosine * x + sine * y, cosine * y - sine * x):
            counts = np.bincount(np.rint((place - place.min()) / 2).astype(int))
            near = np.convolve(counts, np.ones(3), "same")
            for _ in range(2):
                peak = int(np.argmax(near))
                if near[peak] >= 0.08 * len(x):
                    on_lines += near[peak]
                near[max(0, peak - 2) : peak + 3] = 0
        best = max(best, min(1.0, on_lines / len(x)))
    if best >= _LEAST_STRAIGHT:
        return best
    # Least squares for x^2 + y^2 = 2 a x + 2 b y + c.
    system = np.column_stack([2.0 * x, 2.0 * y, np.ones(len(x))])
    (a, b, c), *_ = np.linalg.lstsq(system, (x**2 + y**2).astype(np.float64), rcond=None)
    radius = math.sqrt(max(0.0, c + a * a + b * b))
    if not 0.35 * min(part.shape) < radius < 0.75 * max(part.shape):
        return best
    return max(best, float(np.mean(np.abs(np.hypot(x - a, y - b) - radius) <= 2.5)))


def _uneven_surround(grey: NDArray[np.uint8]) -> Mask:
    """What lies outside the crop that `find_image_frame` suggests: a frame with noise, from a scan or a JPEG file."""
    suggestion = find_image_frame(grey.astype(np.float32) / np.float32(255))
    if suggestion is None:
        return np.zeros(grey.shape, np.bool_)
    return ~DrawnBox(Region.IMAGE_FRAME, suggestion.crop, suggestion.rotate_degrees).mask(grey.shape[0], grey.shape[1])
