"""Small numbers under small tiles, from glyphs that are rasterised once."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from densexplain.errors import OptionError

_CHARACTERS = "0123456789.+\N{MINUS SIGN}<"
_FONT = Path("fonts/ttf/DejaVuSans.ttf")  # ships with Matplotlib


def strength_text(strength: float, signed: bool = False) -> str:
    """Write a strength in at most six characters: ``0.42``, ``12.3``, ``0.042``.

    Parameters
    ----------
    strength
        Mean or maximum activation, or contribution to the logit; finite.
    signed
        Write the plus sign too, as contributions need it.
    """
    size = abs(strength)
    sign = "\N{MINUS SIGN}" if strength < 0 else "+" if signed and strength > 0 else ""
    if size == 0:
        return "0"
    if size < 0.0005:
        return f"{sign}0.000" if sign else "<0.001"
    decimals = 3 if size < 0.0995 else 2 if size < 9.995 else 1 if size < 99.95 else 0
    return f"{sign}{size:.{decimals}f}"


def text_width_px(text: str, font_px: int) -> int:
    """Width of `text` as `draw_text` draws it, in pixels."""
    return sum(glyph.shape[1] for glyph in _glyphs_of(text, font_px))


def draw_text(coverage: NDArray[np.uint8], text: str, left: int, font_px: int) -> None:
    """Write digits into a strip, from `left` on.

    Parameters
    ----------
    coverage
        Shape (at least `line_height_px`, columns), uint8, from 0 = paper
        to 255 = ink; written to in place. What does not fit is cut off.
    text
        Digits, point, plus, minus and less-than only.
    left
        First column, in pixels.
    font_px
        Size of the type in pixels.

    Raises
    ------
    OptionError
        If a character is none of these.
    """
    for glyph in _glyphs_of(text, font_px):
        part = coverage[: glyph.shape[0], left : left + glyph.shape[1]]
        np.maximum(part, glyph[:, : part.shape[1]], out=part)
        left += glyph.shape[1]


def line_height_px(font_px: int) -> int:
    """Rows of a line of digits, with an empty pixel above and below."""
    return int(_glyphs(font_px)["0"].shape[0])


def _glyphs_of(text: str, font_px: int) -> list[NDArray[np.uint8]]:
    glyphs = _glyphs(font_px)
    try:
        return [glyphs[character] for character in text]
    except KeyError as unknown:
        raise OptionError(f"a tile's label is made of {_CHARACTERS!r}; received {unknown} in {text!r}") from None


@lru_cache(maxsize=8)
def _glyphs(font_px: int) -> dict[str, NDArray[np.uint8]]:
    import matplotlib  # here, so that the first page, which has no label yet, does not wait for it

    font = ImageFont.truetype(str(Path(matplotlib.get_data_path()) / _FONT), font_px)
    _, top, _, bottom = font.getbbox("0123456789")
    rows = round(bottom - top) + 2
    glyphs = {}
    for character in _CHARACTERS:
        columns = max(1, round(font.getlength(character)))
        image = Image.new("L", (columns, rows), 0)
        ImageDraw.Draw(image).text((0, 1 - top), character, fill=255, font=font)
        glyphs[character] = np.asarray(image, np.uint8)
    return glyphs
