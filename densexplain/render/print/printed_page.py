"""One page of A4 on which text never runs beyond its place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from densexplain.render.print.printed_text import printable, shortened, width_pt, wrapped
from densexplain.render.print.sheet import INK, SOFT, BlankSheet

LEAST_SIZE = 6.5
"""Points of the smallest print that is read without effort."""

_DPI = 254  # a pixel is a tenth of a millimetre
_ROWS, _COLUMNS = 2970, 2100
_POINT_PX = _DPI / 72
_LEADING = 1.24  # from baseline to baseline, in sizes of the letters


class PrintedPage(BlankSheet):
    """An upright page of A4, addressed in tenths of a millimetre from its top left corner."""

    margin_px = 120
    gutter_px = 50

    def __init__(self) -> None:
        super().__init__(_ROWS, _COLUMNS, _DPI)
        self.left = self.margin_px
        self.width = self.right - self.left
        self.bottom = _ROWS - 90

    def text(self, x: float, y: float, text: str, size: float = 7, colour: str = INK, **style: Any) -> None:
        """Write a line as `BlankSheet.text` does; what the font has no letter for is shown by its stand-in."""
        super().text(x, y, printable(text), size, colour, **style)

    def short_text(
        self, x: float, y: float, most_px: float, text: str, size: float = 7, colour: str = INK, *, bold: bool = False
    ) -> None:
        """Write a line from `x` on, cut off with an ellipsis where it would be wider than `most_px`."""
        line = shortened(text, most_px / _POINT_PX, size, bold)
        self.text(x, y, line, size, colour, weight="bold" if bold else "normal")

    def wrap(self, text: str, most_px: float, size: float, *, bold: bool = False) -> list[str]:
        """Break a text into lines no wider than `most_px`."""
        return wrapped(text, most_px / _POINT_PX, size, bold)

    def cut(self, text: str, most_px: float, size: float, *, bold: bool = False) -> str:
        """A line no wider than `most_px`, with an ellipsis for what is cut off."""
        return shortened(text, most_px / _POINT_PX, size, bold)

    def lines(
        self, x: float, top: float, lines: Sequence[str], size: float = 7, colour: str = INK, *, bold: bool = False
    ) -> float:
        """Write lines from `top` down, and give the bottom of the last."""
        pitch = pitch_px(size)
        for number, line in enumerate(lines):
            self.text(
                x, top + number * pitch + size * _POINT_PX, line, size, colour, weight="bold" if bold else "normal"
            )
        return top + len(lines) * pitch

    def heading(self, x: float, top: float, text: str) -> float:
        """Write the title of a part of the page, and give where the part goes on."""
        self.text(x, top + 30, text, 8, weight="bold")
        return top + HEADING_PX


HEADING_PX = 46
"""What the title of a part takes."""


def pitch_px(size: float) -> float:
    """From one baseline to the next, at a size in points."""
    return size * _LEADING * _POINT_PX


def width_px(text: str, size: float, *, bold: bool = False) -> float:
    """Width of a line on the page."""
    return width_pt(printable(text), size, bold) * _POINT_PX


def hexadecimal(colour: tuple[int, int, int]) -> str:
    """RGB, 0 to 255 each, as the sheet takes it."""
    return "#{:02x}{:02x}{:02x}".format(*colour)


__all__ = ["HEADING_PX", "INK", "LEAST_SIZE", "SOFT", "PrintedPage", "hexadecimal", "pitch_px", "width_px"]
