"""The attribution of the printed audit: what each region adds to the logit, as a waterfall that ends at it."""

from __future__ import annotations

import math
from dataclasses import dataclass

from densexplain.classifier.probability import threshold_logit
from densexplain.explain.audit.attribution import PRIORITY, LogitAttribution, RegionAttribution, attribution_sentence
from densexplain.explain.audit.audit import Audit
from densexplain.render.audit.pictures import REGION_COLOURS
from densexplain.render.overlay import with_sign
from densexplain.render.print.printed_page import HEADING_PX, INK, LEAST_SIZE, SOFT, PrintedPage, hexadecimal, pitch_px
from densexplain.vocabulary import Finding

MOST_REGIONS = 7
"""Regions with a row of their own; the least of more are joined, so that the rows still add up."""

_ROW_PX, _HEAD_PX, _AXIS_PX = 36, 34, 44
_FOR, _AGAINST, _GREY = "#b5483a", "#3a6ea5", "#6b7684"
_BARS, _NET, _SHARE = (0.3, 0.65), 0.75, 0.89  # of the width: bars from and to, right ends of the columns
_WITHHELD = "The attribution is withheld with the label: its rows add up to the logit. It is in the record (JSON)."


@dataclass(frozen=True)
class AttributionRow:
    """One step of the waterfall.

    Parameters
    ----------
    name
        For a reader.
    net
        Logits that it adds.
    share
        Share of the evidence for the finding, 0 to 1; None where there is none.
    area
        Share of the area, 0 to 1; None where it has none, as the bias.
    colour
        Colour of its region, or None.
    """

    name: str
    net: float
    share: float | None
    area: float | None
    colour: str | None = None


def attribution_rows(audit: Audit) -> list[AttributionRow]:
    """Bias, regions and elsewhere, in this order; they add up to the logit."""
    attribution, finding = audit.attribution, audit.explanation.finding
    # As in the attribution: by priority, of one kind as given; the number is that of the record.
    order = sorted(range(len(audit.cropped)), key=lambda place: PRIORITY.index(audit.cropped[place].kind))
    regions = [(f"{place + 1} {entry.name}", entry) for place, entry in zip(order, attribution.entries, strict=True)]
    joined: list[RegionAttribution] = []
    if len(regions) > MOST_REGIONS:
        by_size = sorted(regions, key=lambda one: -abs(one[1].evidence.net))
        kept = by_size[: MOST_REGIONS - 1]
        joined = [entry for _, entry in by_size[MOST_REGIONS - 1 :]]
        regions = [one for one in regions if one in kept]
    rows = [AttributionRow("bias", attribution.bias, None, None)]
    rows += [
        _row(name, [entry], attribution, finding, hexadecimal(REGION_COLOURS[entry.kind])) for name, entry in regions
    ]
    if joined:
        rows.append(_row(f"{len(joined)} further regions", joined, attribution, finding))
    return [*rows, _row("elsewhere", [attribution.elsewhere], attribution, finding)]


def _row(
    name: str,
    entries: list[RegionAttribution],
    attribution: LogitAttribution,
    finding: Finding,
    colour: str | None = None,
) -> AttributionRow:
    shares = [attribution.share(entry, finding) for entry in entries]
    return AttributionRow(
        name,
        sum(entry.evidence.net for entry in entries),
        None if None in shares else sum(share for share in shares if share is not None),
        sum(entry.evidence.area for entry in entries),
        colour,
    )


def account_height_px(page: PrintedPage, audit: Audit, width: float) -> float:
    """What `draw_attribution` takes."""
    if audit.explanation.label_withheld:
        return HEADING_PX + len(_words(page, audit, width)) * pitch_px(7.5)
    sentence, blur = (len(lines) for lines in (_words(page, audit, width), _blur(page, audit, width)))
    rows = len(attribution_rows(audit)) + 1
    return HEADING_PX + sentence * pitch_px(7.5) + _HEAD_PX + rows * _ROW_PX + _AXIS_PX + blur * pitch_px(LEAST_SIZE)


def _words(page: PrintedPage, audit: Audit, width: float) -> list[str]:
    if audit.explanation.label_withheld:
        return page.wrap(_WITHHELD, width, 7.5)
    explanation = audit.explanation
    said = attribution_sentence(audit.attribution, explanation.finding, explanation.wording)
    return page.wrap(said, width, 7.5)[:3]


def _blur(page: PrintedPage, audit: Audit, width: float) -> list[str]:
    return page.wrap(audit.attribution.blur, width, LEAST_SIZE)


def draw_attribution(page: PrintedPage, audit: Audit, left: float, top: float, width: float) -> None:
    """Draw sentence, waterfall and the limits of the attribution."""
    top = page.heading(left, top, "Attribution of the logit")
    top = page.lines(left, top, _words(page, audit, width), 7.5)
    if audit.explanation.label_withheld:
        return
    wording = audit.explanation.wording
    evidence = wording.evidence(audit.explanation.finding)
    for place, words in ((_NET, "logits"), (_SHARE, evidence), (1.0, "of area")):
        page.text(left + place * width, top + 25, words, LEAST_SIZE, SOFT, ha="right")
    top += _HEAD_PX
    rows, logit = attribution_rows(audit), audit.attribution.logit
    axis = _Axis.over(rows, logit, threshold_logit(audit.explanation.threshold), left, width)
    bottom = top + (len(rows) + 1) * _ROW_PX
    axis.draw(page, top, bottom)
    start = 0.0
    for row in rows:
        _draw_row(page, row, axis, start, left, top, width)
        start, top = start + row.net, top + _ROW_PX
        page.line([(axis.x(start), top - 6), (axis.x(start), top + 6)], _GREY, 0.6)
    page.bar(left, top, width, _ROW_PX, "#eef1f4")
    _draw_bar(page, axis, 0.0, logit, top, INK)
    page.text(left + 10, top + 26, "logit", 7, weight="bold")
    page.text(left + _NET * width, top + 26, with_sign(logit, 2), 7, ha="right", weight="bold")
    for place, colour, towards in ((0.0, _FOR, Finding.ABNORMAL), (0.15, _AGAINST, Finding.NORMAL)):
        page.bar(left + place * width, bottom + 12, 18, 14, colour)
        page.text(left + place * width + 26, bottom + 26, wording.evidence(towards), LEAST_SIZE, SOFT)
    page.lines(left, bottom + _AXIS_PX, _blur(page, audit, width), LEAST_SIZE, SOFT)


def _draw_row(
    page: PrintedPage, row: AttributionRow, axis: _Axis, start: float, left: float, top: float, width: float
) -> None:
    if row.colour is not None:
        page.bar(left, top + 8, 20, 20, SOFT)
        page.bar(left + 1.5, top + 9.5, 17, 17, row.colour)
    page.short_text(left + 30, top + 26, _BARS[0] * width - 44, row.name, LEAST_SIZE)
    _draw_bar(page, axis, start, start + row.net, top, _FOR if row.net > 0 else _AGAINST)
    page.text(left + _NET * width, top + 26, with_sign(row.net, 2), LEAST_SIZE, ha="right")
    if row.area == 0:
        page.text(left + width, top + 26, "not in the crop", LEAST_SIZE, SOFT, ha="right")
        return
    for place, share in ((_SHARE, row.share), (1.0, row.area)):
        if share is not None:
            page.text(left + place * width, top + 26, f"{100 * share:.0f} %", LEAST_SIZE, ha="right")


def _draw_bar(page: PrintedPage, axis: _Axis, start: float, end: float, top: float, colour: str) -> None:
    low, high = sorted((axis.x(start), axis.x(end)))
    page.bar(low, top + 6, max(high - low, 2), _ROW_PX - 12, colour)


@dataclass(frozen=True)
class _Axis:
    low: float
    high: float
    left: float
    right: float
    threshold: float

    @classmethod
    def over(cls, rows: list[AttributionRow], logit: float, threshold: float, left: float, width: float) -> _Axis:
        ends, total = [0.0, logit], 0.0
        for row in rows:
            total += row.net
            ends.append(total)
        if math.isfinite(threshold):
            ends.append(threshold)
        low, high = min(ends), max(ends)
        room = 0.04 * (high - low) or 1.0
        return cls(low - room, high + room, left + _BARS[0] * width, left + _BARS[1] * width, threshold)

    def x(self, value: float) -> float:
        return self.left + (value - self.low) / (self.high - self.low) * (self.right - self.left)

    def draw(self, page: PrintedPage, top: float, bottom: float) -> None:
        """Zero, and where the finding changes; words under them that do not meet."""
        zero, threshold = self.x(0.0), self.x(self.threshold)
        page.line([(zero, top - 4), (zero, bottom)], _GREY, 0.5)
        page.line([(threshold, top - 4), (threshold, bottom)], INK, 0.7, dashes=(2.5, 2))
        middle = (self.left + self.right) / 2
        side = "right" if threshold > middle else "left"
        same = abs(threshold - zero) < 1
        page.text(threshold, bottom + 26, "0, threshold" if same else "threshold", LEAST_SIZE, SOFT, ha=side)
        if abs(threshold - zero) > 30:
            far = (side == "right") == (zero < threshold)
            page.text(zero, bottom + 26, "0" if far else "", LEAST_SIZE, SOFT, ha="center")
