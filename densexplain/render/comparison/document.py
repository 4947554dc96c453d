"""A comparison as a document: the printed figure, and after it a page a stage with the feature maps of every cell.

Each page has its cells where the first has its overlays, so that turning the
pages follows one cell through the forward pass, and a page compares one stage.
"""

from __future__ import annotations

import io
from typing import Any

from matplotlib.backends.backend_pdf import PdfPages
from matplotlib.figure import Figure

from densexplain.classifier.classifier import Stage
from densexplain.explain.comparison.comparison import Cell, Comparison
from densexplain.provenance import NOTICE
from densexplain.render.comparison.figure import HEAD_IN, LEAST_WIDTH_IN, PANEL_IN, compose_comparison
from densexplain.render.comparison.overlays import ComparedStyle
from densexplain.render.comparison.text import name_text, prediction_text, source_text
from densexplain.render.figure import CHOSEN_BY
from densexplain.render.montage import render_montage
from densexplain.render.overlay import colour_bar
from densexplain.render.print.sheet import INK, SOFT
from densexplain.render.stage_grid import FIGURE_STYLE
from densexplain.vocabulary import ColourMap, Ranking

_FOOT_IN = 0.75


def comparison_document(
    comparison: Comparison,
    style: ComparedStyle | None = None,
    ranking: Ranking = Ranking.MEAN,
    grid_colours: ColourMap = ColourMap.BWR,
) -> bytes:
    """Draw the document as PDF.

    Parameters
    ----------
    comparison, style, ranking
        As `densexplain.render.comparison.figure.compose_comparison`; the ranking also chooses the feature maps.
    grid_colours
        Colour map of the feature maps.

    Returns
    -------
    bytes
        One page, and one for each stage; the same arguments give the same bytes, for the file holds no date.
    """
    stream = io.BytesIO()
    metadata = {"Title": "densexplain, comparison", "Subject": NOTICE, "CreationDate": None}
    with PdfPages(stream, metadata=metadata) as pages:
        pages.savefig(compose_comparison(comparison, style, ranking))
        for stage in comparison.stages:
            pages.savefig(_stage_page(comparison, stage, ranking, grid_colours))
    return stream.getvalue()


def _stage_page(comparison: Comparison, stage: Stage, ranking: Ranking, colours: ColourMap) -> Figure:
    rows, columns = len(comparison.rows), len(comparison.rows[0])
    heights = [rows * (PANEL_IN * FIGURE_STYLE.shape_px[0] / FIGURE_STYLE.shape_px[1] + HEAD_IN) + 0.3, _FOOT_IN]
    size = max(columns * PANEL_IN, LEAST_WIDTH_IN), sum(heights)
    figure = Figure(figsize=size, layout="constrained")
    parts: Any = figure.subfigures(2, 1, height_ratios=heights)
    title = f"{stage.heading}: of each cell the 16 feature maps that come first by {CHOSEN_BY[ranking]}"
    parts[0].suptitle(title, fontsize=9, x=0.005, ha="left", color=INK, parse_math=False)
    grid = parts[0].subplots(rows, columns, squeeze=False)
    for axes, cell in zip(grid.flat, comparison, strict=True):
        _show(axes, cell, stage, ranking, colours)
    _draw_foot(parts[1], comparison, colours)
    return figure


def _show(axes: Any, cell: Cell, stage: Stage, ranking: Ranking, colours: ColourMap) -> None:
    axes.set_axis_off()
    found = next((one for one in cell.explanation.stages if one.stage.name == stage.name), None)
    if found is None:  # a network of another family
        axes.set_title(f"{name_text(cell)}, has no such stage", fontsize=7, loc="left", color=INK, parse_math=False)
        return
    ranked = found.ranked(ranking)
    montage = render_montage(ranked.maps, ranked.channels, ranked.strengths, colour_map=colours, style=FIGURE_STYLE)
    axes.imshow(montage, interpolation="none")
    times = "\N{MULTIPLICATION SIGN}"
    size = f"{found.channels} maps of {found.rows} {times} {found.columns} cells"
    title = f"{name_text(cell)}, {size}\n{prediction_text(cell)}"
    axes.set_title(title, fontsize=7, loc="left", color=INK, parse_math=False)


def _draw_foot(part: Any, comparison: Comparison, colours: ColourMap) -> None:
    bar, words = part.subplots(2, 1, height_ratios=[1, 4])
    bar.imshow(colour_bar(colours, height_px=1), aspect="auto", extent=(0.0, 0.3, 0.0, 1.0))
    bar.set_xlim(0.0, 1.0)
    bar.set_axis_off()
    said = "from 0 to each map's own maximum. Under each map its channel and its strength."
    bar.text(0.31, 0.5, said, fontsize=6.5, color=SOFT, va="center", parse_math=False)
    words.set_axis_off()
    words.text(0, 0.5, source_text(comparison), fontsize=6.5, color=SOFT, va="center", parse_math=False)
