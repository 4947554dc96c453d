"""Letters as they are burnt into radiographs and cast in lead."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum, unique

import cv2
import numpy as np

from densexplain.phantom.artefacts.picture import Weight

_FINE = 3
"""Letters are drawn so many times larger and then reduced, so that their edges are smooth."""

_GAP = 0.5
"""Room between two lines, by the height of a line of size 1."""


@unique
class Font(StrEnum):
    """Fonts of text legends; stroke fonts that come with OpenCV."""

    PLAIN = "plain"
    DUPLEX = "duplex"
    SERIF = "serif"


_FACES = {
    Font.PLAIN: cv2.FONT_HERSHEY_SIMPLEX,
    Font.DUPLEX: cv2.FONT_HERSHEY_DUPLEX,
    Font.SERIF: cv2.FONT_HERSHEY_COMPLEX,
}

_CAPITALS = 21.0  # height of a capital of these fonts at scale 1, pixels


def text_block(lines: Sequence[tuple[str, float]], height_px: float, stroke: float, font: Font) -> Weight:
    """Draw lines of text below one another, flush left.

    Parameters
    ----------
    lines
        Each line and its size.
    height_px
        Of a capital in a line of size 1.
    stroke
        Width of the strokes, by the height of the capital.
    font
        Of all lines.

    Returns
    -------
    numpy.ndarray
        Cover, no larger than the block needs.
    """
    drawn = [_line(text, height_px * size, stroke, font) for text, size in lines]
    gap = round(_GAP * height_px)
    rows = sum(line.shape[0] for line in drawn) + gap * (len(drawn) - 1)
    block = np.zeros((rows, max(line.shape[1] for line in drawn)), np.float32)
    top = 0
    for line in drawn:
        block[top : top + line.shape[0], : line.shape[1]] = line
        top += line.shape[0] + gap
    return block


def block_letter(letter: str, height_px: float, stroke: float) -> Weight:
    """A capital with square ends, as cast in lead; cover, no larger than it needs."""
    fine_px = _FINE * height_px
    width = max(1, round(stroke * fine_px))
    thin = _written(letter, fine_px - width, 1, cv2.FONT_HERSHEY_SIMPLEX, margin=width)
    return _reduced(np.asarray(cv2.dilate(thin, np.ones((width, width), np.uint8)), np.uint8))


def softened(weight: Weight, sigma_px: float) -> Weight:
    """Blur a drawing, with the room round it that the blur needs."""
    room = int(np.ceil(3 * sigma_px)) + 1
    padded = np.pad(weight, room)
    return np.asarray(cv2.GaussianBlur(padded, (0, 0), sigma_px), np.float32) if sigma_px > 0 else padded


def turned(weight: Weight, quarter_turns: int, mirrored: bool) -> Weight:
    """Mirror a drawing left to right, then turn it counter-clockwise."""
    return np.ascontiguousarray(np.rot90(weight[:, ::-1] if mirrored else weight, quarter_turns))


def _line(text: str, height_px: float, stroke: float, font: Font) -> Weight:
    fine_px = _FINE * height_px
    width = max(1, round(stroke * fine_px))
    return _reduced(_written(text, fine_px - width, width, _FACES[font], margin=width))


def _written(
    text: str, height: float, thickness: int, face: int, margin: int
) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    scale = max(height, 4.0) / _CAPITALS
    (wide, tall), below = cv2.getTextSize(text, face, scale, thickness)
    page = np.zeros((tall + below + 2 * margin, wide + 2 * margin), np.uint8)
    cv2.putText(page, text, (margin, margin + tall), face, scale, 255, thickness, cv2.LINE_AA)
    return page


def _reduced(page: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]) -> Weight:
    """Cut to what is drawn and reduce to the final size."""
    left, top, wide, tall = cv2.boundingRect(page)
    if not wide:
        return np.zeros((1, 1), np.float32)
    cut = page[top : top + tall, left : left + wide]
    size = (max(1, round(wide / _FINE)), max(1, round(tall / _FINE)))
    return np.asarray(cv2.resize(cut, size, interpolation=cv2.INTER_AREA), np.float32) / np.float32(255.0)
