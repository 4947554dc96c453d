"""Stability in the printed audit: the probability under each small change, beside the threshold."""

from __future__ import annotations

from densexplain.explain.audit.audit import Audit
from densexplain.explain.audit.stability import Stability
from densexplain.render.print.printed_page import HEADING_PX, INK, LEAST_SIZE, SOFT, PrintedPage, pitch_px
from densexplain.vocabulary import VariantKind

_ROW_PX, _TICKS_PX, _LABELS_PX = 54, 34, 150
_WORDS = 6
_SPREAD_PX = (-9, 0, 9)  # dots of one kind stand a little apart
_ACCENT, _GREY, _PALE = "#3a6ea5", "#6b7684", "#d3d8df"
_WITHHELD = "Stability is withheld with the label. It is in the record (JSON)."


def stability_height_px(audit: Audit) -> float:
    """What `draw_stability` takes."""
    if audit.explanation.label_withheld:
        return HEADING_PX + 2 * pitch_px(7.5)
    return HEADING_PX + 2 * _TICKS_PX + len(VariantKind) * _ROW_PX + _WORDS * pitch_px(LEAST_SIZE)


def draw_stability(page: PrintedPage, audit: Audit, left: float, top: float) -> None:
    """Draw a row of dots for each kind of change, and the figures in words."""
    top = page.heading(left, top, "Stability under small changes")
    width = page.right - left
    if audit.explanation.label_withheld:
        page.lines(left, top, page.wrap(_WITHHELD, width, 7.5), 7.5)
        return
    changes, axis, length = audit.stability, left + _LABELS_PX, width - _LABELS_PX - 16
    rows_top = top + _TICKS_PX
    bottom = rows_top + len(VariantKind) * _ROW_PX
    threshold, before = (
        axis + value * length for value in (audit.explanation.threshold, audit.explanation.probability)
    )
    for row, kind in enumerate(VariantKind):
        y = rows_top + (row + 0.5) * _ROW_PX
        page.text(left, y + 9, str(kind), 7)
        page.line([(axis, y), (axis + length, y)], _PALE, 0.5)
    page.line([(threshold, rows_top - 6), (threshold, bottom)], INK, 0.7, dashes=(2.5, 2))
    page.line([(before, rows_top - 6), (before, bottom)], _GREY, 0.8)
    _draw_heads(page, axis, length, threshold, before, top)
    for row, kind in enumerate(VariantKind):
        _draw_dots(page, changes, kind, axis, length, rows_top + (row + 0.5) * _ROW_PX)
    for value, side in ((0.0, "left"), (0.5, "center"), (1.0, "right")):
        page.text(axis + value * length, bottom + 24, f"{value:g}", LEAST_SIZE, SOFT, ha=side)
    page.mark(left + 8, bottom + 52, "o", 4, _ACCENT)
    page.text(left + 24, bottom + 61, "finding holds", LEAST_SIZE, SOFT)
    page.mark(left + 218, bottom + 52, "X", 5, INK)
    page.text(left + 236, bottom + 61, "finding flips", LEAST_SIZE, SOFT)
    words = page.lines(
        left, bottom + 72, page.wrap(_count(changes), width, 7.5, bold=changes.fragile)[:2], 7.5, bold=changes.fragile
    )
    page.lines(left, words, page.wrap(_figures(changes), width, LEAST_SIZE)[:3], LEAST_SIZE, SOFT)


def _draw_heads(page: PrintedPage, axis: float, length: float, threshold: float, before: float, top: float) -> None:
    """Name the two lines over them, each on the side away from the other."""
    left, right = (("right", "left"), ("left", "right"))[threshold > before]
    for x, words, side in ((threshold, "threshold", left), (before, "as it is", right)):
        room = x - axis if side == "right" else axis + length - x
        if room < 150:
            side = "left" if side == "right" else "right"
        page.text(x, top + 24, words, LEAST_SIZE, SOFT, ha=side)


def _draw_dots(page: PrintedPage, changes: Stability, kind: VariantKind, axis: float, length: float, y: float) -> None:
    found = [
        (probability, bool(flips))
        for variant, probability, flips in zip(changes.variants, changes.probabilities, changes.flips, strict=True)
        if variant.kind is kind
    ]
    for number, (probability, flips) in enumerate(sorted(found)):
        place = axis + probability * length, y + _SPREAD_PX[number % len(_SPREAD_PX)]
        page.mark(*place, "X" if flips else "o", 5 if flips else 4, INK if flips else _ACCENT)


def _count(changes: Stability) -> str:
    count, total = int(changes.flips.sum()), len(changes.variants)
    if not count:
        return f"The finding holds in all {total} small changes."
    return f"The finding flips in {count} of {total} small changes: fragile."


def _figures(changes: Stability) -> str:
    low, high = changes.probability_range
    words = f"Probability {low:.2f} to {high:.2f}; standard deviation of the logit {changes.logit_spread:.2f}"
    if changes.map_agreement is not None:
        words += f"; mean rank correlation of the maps with that of the radiograph {changes.map_agreement:.2f}"
    return f"{words}."
