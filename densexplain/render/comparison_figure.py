"""A comparison as one printed figure: the matrix of overlays, what differs, and the numbers."""

from __future__ import annotations

import io
from typing import Any

from matplotlib.figure import Figure

from densexplain import __version__
from densexplain.explain.comparison import Comparison, Difference, differences
from densexplain.render.comparison import (
    ComparedStyle,
    cell_overlay,
    difference_limit,
    difference_overlay,
    difference_scale_text,
    scale_text,
    shared_limit,
)
from densexplain.render.comparison_text import (
    agreement_texts,
    kept_texts,
    logit_change_text,
    name_text,
    prediction_text,
)
from densexplain.render.figure import NOTICE
from densexplain.render.overlay import Overlay
from densexplain.render.sheet import INK, SOFT
from densexplain.vocabulary import Ranking, Reference, Stage

_PANEL_IN, _HEAD_IN, _LINE_IN = 3.4, 0.55, 0.2
_LEAST_WIDTH_IN = 10.0  # the table of numbers takes as much
_DPI = 150
_HEADINGS = ("B", "A", "logit, B minus A", "rank corr.", "overlap", *(f"stage {stage.number}" for stage in Stage))


def comparison_figure(
    comparison: Comparison, style: ComparedStyle | None = None, ranking: Ranking = Ranking.MEAN
) -> bytes:
    """Draw the figure as PNG.

    Parameters
    ----------
    comparison
        One row a model set, one column an input. Where there are several model
        sets, the evidence of each minus that of the first follows in a second matrix.
    style
        Colours, scale and opacity; the defaults are the page's.
    ranking
        By which the channels that stayed are counted.

    Returns
    -------
    bytes
        The same arguments give the same bytes, for the file holds no date.
    """
    style, found = style or ComparedStyle(), differences(comparison, ranking)
    between = {id(one.second): one for one in found if one.reference is Reference.MODEL_SET}
    rows, columns = len(comparison.rows), len(comparison.rows[0])
    bands = rows + max(rows - 1, 0)
    numbers_in = _LINE_IN * (len(found) + 6)
    size = max(columns * _PANEL_IN, _LEAST_WIDTH_IN), bands * (_PANEL_IN + _HEAD_IN) + numbers_in
    figure = Figure(figsize=size, dpi=_DPI, layout="constrained")
    parts: Any = figure.subfigures(2, 1, height_ratios=[size[1] - numbers_in, numbers_in])
    pictures, words = parts
    grid = pictures.subplots(bands, columns, squeeze=False)
    limit, difference_end = shared_limit(comparison), difference_limit(between.values())
    for row, cells in enumerate(comparison.rows):
        for column, cell in enumerate(cells):
            title = f"{name_text(cell)}\n{prediction_text(cell)}"
            _show(grid[row][column], cell_overlay(cell, style, limit), title)
            if row:
                title = (
                    f"{cell.manifest.title} minus {comparison.rows[0][column].manifest.title}\n{cell.version.version}"
                )
                overlay = difference_overlay(between[id(cell)], style, difference_end)
                _show(grid[rows + row - 1][column], overlay, title)
    said = [scale_text(comparison, style)]
    if between:
        said.append(difference_scale_text(between.values(), style))
    lines = [f"{one[:1].upper()}{one[1:]}." for one in said]
    _write(words, comparison, found, lines)
    stream = io.BytesIO()
    metadata = {"Title": "densexplain, comparison", "Disclaimer": NOTICE, "Software": "densexplain"}
    figure.savefig(stream, format="png", metadata=metadata)
    return stream.getvalue()


def _show(axes: Any, overlay: Overlay, title: str) -> None:
    axes.imshow(overlay.image, interpolation="none")
    axes.set_axis_off()
    axes.set_title(title, fontsize=7, loc="left", color=INK, parse_math=False)


def _write(words: Any, comparison: Comparison, found: tuple[Difference, ...], lines: list[str]) -> None:
    axes = words.subplots()
    axes.set_axis_off()
    weights = sorted({f"{cell.manifest.name} {cell.manifest.weights_sha256[:12]}" for cell in comparison})
    lines += [
        "Overlap: intersection over union of the warmest tenth of either map. "
        "Stage: how many of its first 16 channels in A are among those in B.",
        f"{NOTICE}. densexplain {__version__}, radiograph {comparison.radiograph.sha256[:12]}, {', '.join(weights)}",
    ]
    axes.text(0, 0, "\n".join(lines), fontsize=6.5, color=SOFT, va="bottom", transform=axes.transAxes, parse_math=False)
    if not found:
        return
    share = (len(found) + 1) / (len(found) + 6)
    table = axes.table(
        [
            [
                name_text(one.second),
                name_text(one.first),
                logit_change_text(one),
                *agreement_texts(one),
                *kept_texts(one),
            ]
            for one in found
        ],
        colLabels=_HEADINGS,
        colWidths=[0.24, 0.24, 0.12, *[0.4 / (len(_HEADINGS) - 3)] * (len(_HEADINGS) - 3)],
        bbox=(0, 1 - share, 1, share),
        edges="horizontal",
        cellLoc="left",
        colLoc="left",
    )
    table.auto_set_font_size(False)
    table.set_fontsize(6)
    for cell in table.get_celld().values():
        cell.get_text().set_parse_math(False)
