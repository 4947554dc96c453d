"""Words on a printed page: how wide they are, where their lines break, and what the font has no letter for."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from pathlib import Path

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
"""Stands for a letter that the font of the print does not have."""

_ELLIPSIS = "\N{HORIZONTAL ELLIPSIS}"
_FONTS = {False: "DejaVuSans.ttf", True: "DejaVuSans-Bold.ttf"}  # ship with Matplotlib
_SLACK = 1.02  # Matplotlib hints letters at their own size, which may widen a line by a little


def printable(text: str) -> str:
    """Put the replacement character for what cannot be printed, and a space for what is not seen.

    Line breaks stay. Controls, among them those that turn the direction of
    writing and could make a text read otherwise than it is, become spaces.
    """
    letters = _advances(False)
    return "".join(
        letter
        if letter == "\n" or (letter in letters and not _is_control(letter))
        else (" " if _is_control(letter) or letter.isspace() else REPLACEMENT)
        for letter in text.replace("\r\n", "\n").replace("\r", "\n")
    )


def unprintable_letters(text: str) -> int:
    """Number of characters for which the replacement character is printed."""
    return printable(text).count(REPLACEMENT) - text.count(REPLACEMENT)


def width_pt(text: str, size: float, bold: bool = False) -> float:
    """Width of a line in points, at a size in points; never less than it takes."""
    advances = _advances(bold)
    widest = advances[REPLACEMENT]
    return _SLACK * size * sum(advances.get(letter, widest) for letter in text)


def wrapped(text: str, most_pt: float, size: float, bold: bool = False) -> list[str]:
    """Break a text into lines no wider than `most_pt`; a word that is wider is broken itself.

    Line breaks of the text stay; those at its ends and empty lines do not.
    """
    lines: list[str] = []
    for paragraph in printable(text).split("\n"):
        line = ""
        for word in re.split(r"[ \t]+", paragraph.strip()):  # not at spaces that hold words together
            longer = f"{line} {word}" if line else word
            if width_pt(longer, size, bold) <= most_pt:
                line = longer
                continue
            if line:
                lines.append(line)
            *full, line = _broken(word, most_pt, size, bold)
            lines += full
        if line:
            lines.append(line)
    return lines


def shortened(text: str, most_pt: float, size: float, bold: bool = False) -> str:
    """One line no wider than `most_pt`; an ellipsis marks what is cut off."""
    line = " ".join(printable(text).split())
    if width_pt(line, size, bold) <= most_pt:
        return line
    while line and width_pt(line + _ELLIPSIS, size, bold) > most_pt:
        line = line[:-1]
    return line.rstrip() + _ELLIPSIS


def _broken(word: str, most_pt: float, size: float, bold: bool) -> list[str]:
    parts = [""]
    for letter in word:
        if parts[-1] and width_pt(parts[-1] + letter, size, bold) > most_pt:
            parts.append("")
        parts[-1] += letter
    return parts


def _is_control(letter: str) -> bool:
    return unicodedata.category(letter) in ("Cc", "Cf", "Cs")


@lru_cache(maxsize=2)
def _advances(bold: bool) -> dict[str, float]:
    """Advance width of each letter of the font, in units of its size."""
    # Here, and not above: what has nothing to print does not wait for it.
    import matplotlib
    from matplotlib.ft2font import FT2Font, LoadFlags

    font = FT2Font(str(Path(matplotlib.get_data_path()) / "fonts" / "ttf" / _FONTS[bold]))
    return {
        chr(code): font.load_glyph(glyph, flags=LoadFlags.NO_SCALE).horiAdvance / font.units_per_EM
        for code, glyph in font.get_charmap().items()
    }
