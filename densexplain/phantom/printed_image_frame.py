"""Lay a radiograph, tilted, into an image frame with a text legend, as scanned films come."""

from __future__ import annotations

import math
from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

_FOG = 0.11  # of film base and scanner, so that air inside the field is brighter than the frame


def print_in_image_frame(
    pixels: NDArray[np.float64], tilt_degrees: float, legend: Sequence[str], rows: int, columns: int
) -> NDArray[np.float64]:
    """Print a radiograph on a black frame.

    Parameters
    ----------
    pixels
        Shape (rows, columns), float64 in [0, 1].
    tilt_degrees
        Counter-clockwise turn of the radiograph on the frame.
    legend
        Lines of text, upper left, on the frame.
    rows, columns
        Size of the image frame; the radiograph is scaled to fit with a margin.

    Returns
    -------
    numpy.ndarray
        Shape (rows, columns), float64 in [0, 1].
    """
    height, width = pixels.shape
    angle = math.radians(tilt_degrees)
    cosine, sine = math.cos(angle), math.sin(angle)
    tall, wide = height * cosine + width * abs(sine), width * cosine + height * abs(sine)
    room = rows - 34 * len(legend) - 40
    scale = min(room / tall, 0.95 * columns / wide)
    forward = scale * np.array([[cosine, sine], [-sine, cosine]])
    middle = np.array([columns / 2, rows - room / 2 - 12])
    shift = middle - forward @ np.array([width / 2, height / 2])
    field = (_FOG + (1.0 - _FOG) * pixels).astype(np.float32)
    printed = cv2.warpAffine(field, np.column_stack([forward, shift]), (columns, rows), flags=cv2.INTER_LINEAR)
    text = np.zeros((rows, columns), np.uint8)
    for number, line in enumerate(legend):
        place = (24, 40 + 34 * number)
        cv2.putText(text, line, place, cv2.FONT_HERSHEY_SIMPLEX, 0.85, 255, 2, cv2.LINE_AA)
    return np.clip(np.maximum(np.asarray(printed, np.float64), 0.9 * (text / 255.0)), 0.0, 1.0)
