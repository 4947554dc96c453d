"""The uniform surround of an exposed field: what it looks like and how far it reaches."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

_WORKING_SIDE_PX = 800
_LEAK_PX = 7  # of the working copy; a narrower way in does not lead from the surround into the field


def to_working_grey(pixels: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Make a small copy without single noisy pixels.

    Parameters
    ----------
    pixels
        Shape (rows, columns), float32 in [0, 1].

    Returns
    -------
    numpy.ndarray
        Shape (fewer rows, fewer columns), uint8, grey levels.
    """
    rows, columns = pixels.shape
    scale = _WORKING_SIDE_PX / max(rows, columns)
    small = np.ascontiguousarray(pixels, np.float32)
    if scale < 1.0:
        size = (round(columns * scale), round(rows * scale))
        small = np.asarray(cv2.resize(small, size, interpolation=cv2.INTER_AREA), np.float32)
    grey = np.asarray(np.clip(small * 255.0 + 0.5, 0, 255), np.uint8)
    return np.asarray(cv2.medianBlur(grey, 5), np.uint8)


def guess_values(grey: NDArray[np.uint8]) -> Iterator[int]:
    """Guess the grey level of the surround: the commonest along the border, and the corners.

    Parameters
    ----------
    grey
        Shape (rows, columns), uint8, grey levels.
    """
    ring = np.concatenate([grey[:2].ravel(), grey[-2:].ravel(), grey[:, :2].ravel(), grey[:, -2:].ravel()])
    counts = np.bincount(ring, minlength=256).astype(float)
    spread = np.convolve(counts, np.ones(9), mode="same")
    values: list[int] = []
    for _ in range(2):
        peak = int(np.argmax(spread))
        if spread[peak] < 0.04 * len(ring):
            break
        near = slice(max(0, peak - 4), peak + 5)
        values.append(round(float(np.average(np.arange(256)[near], weights=counts[near]))))
        spread[max(0, peak - 16) : peak + 17] = 0
    side = max(4, min(grey.shape) // 40)
    for corner in (grey[:side, :side], grey[:side, -side:], grey[-side:, :side], grey[-side:, -side:]):
        value = int(np.median(corner))
        if all(abs(value - other) > 8 for other in values):
            values.append(value)
    yield from values


def mark_surround(grey: NDArray[np.uint8], value: int) -> NDArray[np.bool_]:
    """Mark what has the surround's value and is connected to the border of the image.

    Parameters
    ----------
    grey
        Shape (rows, columns), uint8, grey levels.
    value
        Grey level of the surround, 0 to 255.

    Returns
    -------
    numpy.ndarray
        Shape (rows, columns), bool.
    """
    difference = cv2.absdiff(grey, np.full_like(grey, value))
    ring = np.concatenate([difference[0], difference[-1], difference[:, 0], difference[:, -1]])
    near = ring[ring <= 24]
    noise = 1.4826 * float(np.median(near)) if len(near) else 0.0
    alike = (difference <= min(30.0, 5.0 + 4.0 * noise)).astype(np.uint8)
    width = _LEAK_PX
    padded = cv2.copyMakeBorder(alike, width, width, width, width, cv2.BORDER_CONSTANT, value=1)
    kernel = np.ones((width, width), np.uint8)
    opened = cv2.morphologyEx(padded, cv2.MORPH_OPEN, kernel)  # no leaking into tissue that happens to be as bright
    cv2.floodFill(opened, None, (0, 0), 2)
    reached = np.asarray(cv2.dilate((opened == 2).astype(np.uint8), kernel), np.uint8)[width:-width, width:-width]
    return np.asarray((reached > 0) & (alike > 0))


def largest_part(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Keep the largest connected part, filled, which drops a text legend on the image frame.

    Parameters
    ----------
    mask
        Shape (rows, columns), bool.

    Returns
    -------
    numpy.ndarray
        Same shape, bool.
    """
    opened = cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    outlines, _ = cv2.findContours(opened, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    part = np.zeros_like(opened)
    if outlines:
        cv2.drawContours(part, [max(outlines, key=cv2.contourArea)], -1, 1, cv2.FILLED)
    return np.asarray(part > 0)


def uniform_share(half_planes: Iterable[tuple[float, float, float]], surround: NDArray[np.bool_]) -> float:
    """Share of what lies beyond the half-planes that has the surround's value; the rest may be a text legend.

    Parameters
    ----------
    half_planes
        Each as (a, b, c): the field has a * x + b * y <= c, in pixels.
    surround
        Shape (rows, columns), bool; True where the surround's value is.
    """
    rows, columns = surround.shape
    x, y = np.arange(columns, dtype=np.float32) + 0.5, np.arange(rows, dtype=np.float32)[:, None] + 0.5
    beyond = np.zeros(surround.shape, np.bool_)
    for a, b, c in half_planes:
        beyond |= np.float32(a) * x + np.float32(b) * y > np.float32(c + 2.0)
    return float(surround[beyond].mean()) if beyond.any() else 1.0
