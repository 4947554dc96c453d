"""What-ifs in the printed audit: each changed copy small, and what the network says of it."""

from __future__ import annotations

from densexplain.explain.audit.audit import Audit
from densexplain.explain.audit.what_if import WhatIfResult
from densexplain.render.overlay import fit_within, render_radiograph, with_sign
from densexplain.render.print.printed_page import HEADING_PX, LEAST_SIZE, SOFT, PrintedPage, pitch_px
from densexplain.vocabulary import RegionChange

_FEWEST_COLUMNS, MOST_TILES = 5, 6
"""Copies that there is room for; of more, those that flip the finding come first, then what is taken away."""

_TILE_GAP_PX, _MOST_TILE_PX = 30, 330
_MOST_NAME_LINES = 2
_UNDER_PX, _FLIP_PX = 70, 30
_ARROW = "\N{RIGHTWARDS ARROW}"


class WhatIfStrip:
    """The changed copies side by side, as high as there is room for.

    Parameters
    ----------
    page
        Where they are drawn.
    audit
        Audit that they belong to.
    """

    def __init__(self, page: PrintedPage, audit: Audit) -> None:
        self._page, self._audit, self._shown = page, audit, shown_what_ifs(audit)
        columns = max(len(self._shown), _FEWEST_COLUMNS)
        self._tile_px = (page.width - (columns - 1) * _TILE_GAP_PX) / columns
        self.around_px: float = HEADING_PX
        """What heading, names and numbers take."""
        self._name_lines = min(max((len(self._name(*one)) for one in self._shown), default=0), _MOST_NAME_LINES)
        if self._shown:
            self.around_px += self._name_lines * pitch_px(LEAST_SIZE) + 8 + _UNDER_PX
            self.around_px += _FLIP_PX * any(one.flips for _, one in self._shown)
        else:
            self.around_px += pitch_px(7.5)

    def tiles_px(self, room: float) -> float:
        """Height of the copies in a given free height; 0 where there are none."""
        shapes = (one.what_if.pixels.shape for _, one in self._shown)
        heights = (fit_within(shape[0], shape[1], _MOST_TILE_PX, int(self._tile_px))[0] for shape in shapes)
        return min(max(heights, default=0), max(room, 1)) if self._shown else 0

    def draw(self, top: float, height_px: float) -> float:
        """Draw them, and return the bottom."""
        page, audit = self._page, self._audit
        left_out = len(audit.what_ifs) - len(self._shown)
        heading = page.heading(page.left, top, "What if")
        words = f"probability of {audit.explanation.output_class} before and after, and the change of the logit"
        if audit.explanation.label_withheld:
            words = "the numbers are withheld with the label; they are in the record (JSON)"
        if left_out:
            words += f"; {left_out} more are in the record (JSON)"
        page.text(page.left + 140, top + 30, words, LEAST_SIZE, SOFT)
        if not self._shown:
            page.lines(page.left, heading, ["There is no region to remove or to keep."], 7.5)
        for place, (number, result) in enumerate(self._shown):
            left = page.left + place * (self._tile_px + _TILE_GAP_PX)
            self._draw_tile(number, result, left, heading, height_px)
        return top + self.around_px + height_px

    def _name(self, number: int, result: WhatIfResult) -> list[str]:
        return self._page.wrap(f"{number} {result.what_if.name}", self._tile_px, LEAST_SIZE)

    def _draw_tile(self, number: int, result: WhatIfResult, left: float, top: float, height_px: float) -> None:
        page, explanation = self._page, self._audit.explanation
        lines = self._name(number, result)
        if len(lines) > _MOST_NAME_LINES:
            rest = " ".join(lines[_MOST_NAME_LINES - 1 :])
            lines = [*lines[: _MOST_NAME_LINES - 1], page.cut(rest, self._tile_px, LEAST_SIZE)]
        top = page.lines(left, top + (self._name_lines - len(lines)) * pitch_px(LEAST_SIZE), lines, LEAST_SIZE) + 8
        rows, columns = result.what_if.pixels.shape
        height, width = fit_within(rows, columns, int(height_px), int(self._tile_px))
        page.paste(render_radiograph(result.what_if.pixels, height_px=height, width_px=width), round(left), round(top))
        top += height_px
        if explanation.label_withheld:
            return
        page.text(left, top + 34, f"{explanation.probability:.2f} {_ARROW} {result.probability:.2f}", 8.5)
        page.text(left, top + 62, f"logit {with_sign(result.change, 2)}", LEAST_SIZE, SOFT)
        if result.flips:
            page.text(
                left, top + 92, f"\N{NOT EQUAL TO} now {explanation.wording.finding(result.finding)}", 7, weight="bold"
            )


def shown_what_ifs(audit: Audit) -> list[tuple[int, WhatIfResult]]:
    """Those with a place on the page, with their numbers in the record, in its order."""
    numbered = list(enumerate(audit.what_ifs, 1))

    def rank(one: tuple[int, WhatIfResult]) -> tuple[bool, bool, float]:
        result = one[1]
        return not result.flips, result.what_if.change is RegionChange.KEPT, -abs(result.change)

    return sorted(sorted(numbered, key=rank)[:MOST_TILES], key=lambda one: one[0])
