"""The reader's words in the printed audit: why the verdict is overruled, and a remark; always whole."""

from __future__ import annotations

from dataclasses import dataclass

from densexplain.explain.audit.verdict import Overruling
from densexplain.render.audit.report_head import font_note
from densexplain.render.print.printed_page import HEADING_PX, LEAST_SIZE, SOFT, PrintedPage, pitch_px

_SIZES = (8.0, 7.5, 7.0, LEAST_SIZE, 6.0, 5.5, 5.0, 4.5, 4.0, 3.5, 3.0, 2.5, 2.0)
"""Points tried in turn; the last are for letters as wide as W, two thousand of them twice."""

_LEAST_SHARE = 0.3  # of the width, for the shorter of two texts
_GAP_PX = 60
_READS_WELL = 3  # lines over the whole width; more stand in two columns


@dataclass(frozen=True)
class _Column:
    title: str
    lines: tuple[str, ...]
    left: float


@dataclass(frozen=True)
class Words:
    """Texts laid out, ready to be drawn.

    Parameters
    ----------
    height_px
        What they take; 0 where there are none.
    """

    height_px: float
    size: float = LEAST_SIZE
    columns: tuple[_Column, ...] = ()
    note: str = ""

    def draw(self, page: PrintedPage, top: float) -> None:
        """Write them from `top` down."""
        for column in self.columns:
            if column.title:
                page.heading(page.left + column.left, top, column.title)
            page.lines(page.left + column.left, top + HEADING_PX, column.lines, self.size)
        if self.note:
            page.text(page.right, top + 30, self.note, LEAST_SIZE, SOFT, ha="right")


def set_words(page: PrintedPage, overruling: Overruling | None, remark: str, most_px: float) -> Words:
    """Lay out the reader's words in the largest type with which they take no more than `most_px`."""
    texts = []
    if overruling is not None:
        texts.append(("Reason for overruling", overruling.reason))
    if remark:
        texts.append(("The reader's remark", remark))
    if not texts:
        return Words(0)
    note = font_note(*(text for _, text in texts))
    for size in _SIZES:
        for joined in (False, True):  # line breaks are given up before the letters become smaller
            given = [(title, " ".join(text.split()) if joined else text) for title, text in texts]
            words = _two(page, given, size, note) if len(given) == 2 else _one(page, *given[0], size, note)
            if words.height_px <= most_px:
                return words
    return words


def _one(page: PrintedPage, title: str, text: str, size: float, note: str) -> Words:
    lines = page.wrap(text, page.width, size)
    if len(lines) <= _READS_WELL:
        return _words((_Column(title, tuple(lines), 0.0),), size, note)
    width = (page.width - _GAP_PX) / 2
    lines = page.wrap(text, width, size)
    half = (len(lines) + 1) // 2
    columns = _Column(title, tuple(lines[:half]), 0.0), _Column("", tuple(lines[half:]), width + _GAP_PX)
    return _words(columns, size, note)


def _two(page: PrintedPage, texts: list[tuple[str, str]], size: float, note: str) -> Words:
    room = page.width - _GAP_PX
    share = len(texts[0][1]) / sum(len(text) for _, text in texts)
    first = room * min(max(share, _LEAST_SHARE), 1 - _LEAST_SHARE)
    columns, left = [], 0.0
    for (title, text), width in zip(texts, (first, room - first), strict=True):
        columns.append(_Column(title, tuple(page.wrap(text, width, size)), left))
        left += width + _GAP_PX
    return _words(tuple(columns), size, note)


def _words(columns: tuple[_Column, ...], size: float, note: str) -> Words:
    most = max(len(column.lines) for column in columns)
    return Words(HEADING_PX + most * pitch_px(size), size, columns, note)
