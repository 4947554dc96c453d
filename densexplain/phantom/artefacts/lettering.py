"""Letters as they are burnt into radiographs and cast in lead."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum, unique

import cv2
import numpy as np
from numpy.typing import NDArray

from densexplain.errors import OptionError
from densexplain.phantom.artefacts.picture import Weight

_FINE = 3
"""Letters are drawn so many times larger and then reduced, so that their edges are smooth."""

_GAP = 0.5
"""Room between two lines, by the height of a line of size 1."""


@unique
class Font(StrEnum):
    """Weights of the text of legends."""

    REGULAR = "regular"
    BOLD = "bold"
    HEAVY = "heavy"


_FACES = {
    Font.REGULAR: (cv2.FONT_HERSHEY_SIMPLEX, 1),
    Font.BOLD: (cv2.FONT_HERSHEY_SIMPLEX, 3),
    Font.HEAVY: (cv2.FONT_HERSHEY_COMPLEX, 3),
}
"""OpenCV's fonts and line widths; since its release 5 a face and a width name a weight of one built-in font."""

_CAPITALS = 21.0  # height of a capital of these fonts at scale 1, pixels

_STEM = ((0.0, 0.0), (0.0, 1.0))
_STROKES: dict[str, tuple[tuple[tuple[float, float], ...], ...]] = {
    "L": (_STEM, ((0.0, 1.0), (0.56, 1.0))),
    "R": (
        _STEM,
        ((0.0, 0.0), (0.4, 0.0), (0.56, 0.07), (0.63, 0.2), (0.63, 0.32), (0.56, 0.45), (0.4, 0.52), (0.0, 0.52)),
        ((0.36, 0.52), (0.66, 1.0)),
    ),
}
"""Middles of the strokes of a lead letter, (right, below), by the height between the middles."""


def text_block(lines: Sequence[tuple[str, float]], height_px: float, font: Font) -> Weight:
    """Draw lines of text below one another, flush left.

    Parameters
    ----------
    lines
        Each line and its size.
    height_px
        Height of a capital in a line of size 1.
    font
        Font of all lines.

    Returns
    -------
    numpy.ndarray
        Cover, no larger than the block needs.
    """
    drawn = [_line(text, height_px * size, font) for text, size in lines]
    gap = round(_GAP * height_px)
    rows = sum(line.shape[0] for line in drawn) + gap * (len(drawn) - 1)
    block = np.zeros((rows, max(line.shape[1] for line in drawn)), np.float32)
    top = 0
    for line in drawn:
        block[top : top + line.shape[0], : line.shape[1]] = line
        top += line.shape[0] + gap
    return block


def block_letter(letter: str, height_px: float, stroke: float) -> Weight:
    """Draw a side letter with square ends, as cast in lead.

    Parameters
    ----------
    letter
        L or R.
    height_px
        Height of the letter.
    stroke
        Width of its strokes, by its height.

    Returns
    -------
    numpy.ndarray
        Cover, no larger than the letter needs.

    Raises
    ------
    OptionError
        If it is another letter.
    """
    if letter not in _STROKES:
        raise OptionError(f"`letter` must be one of {', '.join(_STROKES)}; received {letter!r}")
    fine_px = _FINE * height_px
    width = max(1, round(stroke * fine_px))
    side = round(fine_px) + 2 * width
    page = np.zeros((side, side), np.uint8)
    paths = [np.round(np.array(path) * (fine_px - width) + width).astype(np.int32) for path in _STROKES[letter]]
    cv2.polylines(page, paths, False, 255, 1)
    return _reduced(np.asarray(cv2.dilate(page, np.ones((width, width), np.uint8)), np.uint8))


def softened(weight: Weight, sigma_px: float) -> Weight:
    """Blur a drawing, with the room round it that the blur needs."""
    room = int(np.ceil(3 * sigma_px)) + 1
    padded = np.pad(weight, room)
    return np.asarray(cv2.GaussianBlur(padded, (0, 0), sigma_px), np.float32) if sigma_px > 0 else padded


def turned(weight: Weight, quarter_turns: int, mirrored: bool) -> Weight:
    """Mirror a drawing left to right, then turn it counter-clockwise."""
    return np.ascontiguousarray(np.rot90(weight[:, ::-1] if mirrored else weight, quarter_turns))


def _line(text: str, height_px: float, font: Font) -> Weight:
    face, width = _FACES[font]
    scale = _FINE * height_px / _CAPITALS
    (wide, tall), below = cv2.getTextSize(text, face, scale, width)
    margin = round(_FINE * height_px)
    page = np.zeros((tall + below + 2 * margin, wide + 2 * margin), np.uint8)
    cv2.putText(page, text, (margin, margin + tall), face, scale, 255, width, cv2.LINE_AA)
    return _reduced(page)


def _reduced(page: NDArray[np.uint8]) -> Weight:
    """Cut to what is drawn and reduce to the final size."""
    left, top, wide, tall = cv2.boundingRect(page)
    if not wide:
        return np.zeros((1, 1), np.float32)
    cut = page[top : top + tall, left : left + wide]
    size = (max(1, round(wide / _FINE)), max(1, round(tall / _FINE)))
    return np.asarray(cv2.resize(cut, size, interpolation=cv2.INTER_AREA), np.float32) / np.float32(255.0)
