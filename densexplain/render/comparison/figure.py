"""A comparison as one printed figure: the matrix of overlays, the differences, and the numbers."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from matplotlib.figure import Figure

from densexplain.classifier.classifier import Stage
from densexplain.explain.comparison.comparison import Comparison, Difference, differences
from densexplain.provenance import NOTICE
from densexplain.render.comparison.overlays import (
    ComparedStyle,
    cell_overlay,
    difference_limit,
    difference_overlay,
    difference_scale_text,
    scale_text,
    shared_limit,
)
from densexplain.render.comparison.text import (
    agreement_texts,
    found_text,
    logit_change_text,
    name_text,
    prediction_text,
    shared_channel_texts,
    source_text,
)
from densexplain.render.overlay import Overlay, colour_bar, with_sign
from densexplain.render.print.sheet import INK, SOFT
from densexplain.vocabulary import ColourMap, ColourScale, Ranking, Reference

PANEL_IN, HEAD_IN = 3.4, 0.55
"""Edge of a cell's picture and height of what stands above it, inches."""

LEAST_WIDTH_IN = 10.0
"""The table of numbers takes as much."""

_LINE_IN, _BAR_IN = 0.2, 0.55
_DPI = 150
_HEADINGS = ("B", "A", "logit, B minus A", "rank corr.", "overlap")
_HOW_TO_READ = (
    "Overlap: intersection over union of the warmest tenth of either map. "
    "Stage: how many of its first 16 channels in A are among those in B."
)


def comparison_figure(
    comparison: Comparison, style: ComparedStyle | None = None, ranking: Ranking = Ranking.MEAN
) -> bytes:
    """Draw the figure as PNG.

    Parameters
    ----------
    comparison, style, ranking
        As `compose_comparison`.

    Returns
    -------
    bytes
        The same arguments give the same bytes, for the file holds no date.
    """
    stream = io.BytesIO()
    metadata = {"Title": "densexplain, comparison", "Disclaimer": NOTICE, "Software": "densexplain"}
    compose_comparison(comparison, style, ranking).savefig(stream, format="png", metadata=metadata)
    return stream.getvalue()


def compose_comparison(
    comparison: Comparison, style: ComparedStyle | None = None, ranking: Ranking = Ranking.MEAN
) -> Figure:
    """Compose the figure: overlays, colour bars, the table of what differs.

    On one absolute scale one colour bar stands for all maps; where each map has
    its own, each has its own bar.

    Parameters
    ----------
    comparison
        One row a model set, one column an input. Where there are several model
        sets, the evidence of each minus that of the first follows in a second matrix.
    style
        Colours, scale and opacity; the defaults are the page's.
    ranking
        By which the channels that stayed are counted.
    """
    style, found = style or ComparedStyle(), differences(comparison, ranking)
    between = {id(one.second): one for one in found if one.reference is Reference.MODEL_SET}
    rows, columns = len(comparison.rows), len(comparison.rows[0])
    bands = rows + max(rows - 1, 0)
    own = style.scale is ColourScale.RELATIVE
    limit, difference_end = shared_limit(comparison), difference_limit(between.values())
    said = [(scale_text(comparison, style), style.colour_map, limit)]
    if between:
        said.append((difference_scale_text(between.values(), style), style.difference_colours, difference_end))
    lines = [_sentence(text) for text, _, _ in said] if own else []
    lines += [*found_text(comparison), _HOW_TO_READ, source_text(comparison)]
    words_in = _LINE_IN * (len(found) + 2 + 0.8 * len(lines))
    heights = [bands * (PANEL_IN + HEAD_IN + 0.35 * own), 0 if own else _BAR_IN, words_in]
    width = max(columns * PANEL_IN, LEAST_WIDTH_IN)
    figure = Figure(figsize=(width, sum(heights)), dpi=_DPI, layout="constrained")
    parts: Any = figure.subfigures(2 if own else 3, 1, height_ratios=[height for height in heights if height])
    grid = parts[0].subplots(bands, columns, squeeze=False)
    for row, cells in enumerate(comparison.rows):
        for column, cell in enumerate(cells):
            title = f"{name_text(cell)}\n{prediction_text(cell)}"
            _show(grid[row][column], cell_overlay(cell, style, limit), title, style.colour_map if own else None)
            if row:
                title = (
                    f"{cell.manifest.title} minus {comparison.rows[0][column].manifest.title}\n{cell.version.version}"
                )
                overlay = difference_overlay(between[id(cell)], style, difference_end)
                _show(grid[rows + row - 1][column], overlay, title, style.difference_colours if own else None)
    if not own:
        for axes, (text, colours, end) in zip(parts[1].subplots(1, len(said), squeeze=False)[0], said, strict=True):
            draw_bar(axes, colours, (-end, end))
            axes.set_title(_sentence(text), fontsize=6.5, loc="left", color=INK, parse_math=False)
    _write(parts[-1], found, comparison.stages, lines, words_in)
    return figure


def draw_bar(axes: Any, colours: ColourMap, ends: tuple[float, float]) -> None:
    """Draw a colour bar with its ends and its middle in logits; ends that are equal are one number."""
    low, high = ends
    decimals = 1 if max(abs(low), abs(high)) >= 0.95 else 3
    axes.imshow(colour_bar(colours, height_px=1), aspect="auto", extent=(0.0, 1.0, 0.0, 1.0))
    axes.set_yticks([])
    values = (low, (low + high) / 2, high) if low < high else (low,)
    axes.set_xticks([0.0, 0.5, 1.0] if low < high else [0.5], [_number(value, decimals) for value in values])
    axes.tick_params(labelsize=6, length=2, colors=SOFT)
    for spine in axes.spines.values():
        spine.set_visible(False)


def _number(value: float, decimals: int) -> str:
    return f"{'0' if value == 0 else with_sign(value, decimals)} logits"


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


def _show(axes: Any, overlay: Overlay, title: str, own_colours: ColourMap | None) -> None:
    axes.imshow(overlay.image, interpolation="none")
    axes.set_axis_off()
    axes.set_title(title, fontsize=7, loc="left", color=INK, parse_math=False)
    if own_colours is not None:
        under = axes.inset_axes((0.0, -0.06, 1.0, 0.025))
        draw_bar(under, own_colours, (overlay.limits.low, overlay.limits.high))


def _write(
    words: Any, found: tuple[Difference, ...], stages: Sequence[Stage], lines: list[str], height_in: float
) -> None:
    axes = words.subplots()
    axes.set_axis_off()
    axes.text(0, 0, "\n".join(lines), fontsize=6.5, color=SOFT, va="bottom", transform=axes.transAxes, parse_math=False)
    if not found:
        return
    share = _LINE_IN * (len(found) + 1) / height_in
    headings = (*_HEADINGS, *(f"stage {number}" for number in range(1, len(stages) + 1)))
    table = axes.table(
        [
            [
                name_text(one.second),
                name_text(one.first),
                logit_change_text(one),
                *agreement_texts(one),
                *shared_channel_texts(one, stages),
            ]
            for one in found
        ],
        colLabels=headings,
        colWidths=[0.24, 0.24, 0.12, *[0.4 / (len(headings) - 3)] * (len(headings) - 3)],
        bbox=(0, 1 - share, 1, share),
        edges="horizontal",
        cellLoc="left",
        colLoc="left",
    )
    table.auto_set_font_size(False)
    table.set_fontsize(6)
    for cell in table.get_celld().values():
        cell.get_text().set_parse_math(False)
