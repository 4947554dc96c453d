"""The matrix of a comparison: overlays or differences with linked zoom, and the stage grids."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from html import escape

import streamlit as st

from densexplain.explain.comparison.comparison import Cell, Comparison, Difference, differences
from densexplain.radiograph.geometry import View, whole_view
from densexplain.render.comparison.overlays import (
    ComparedStyle,
    cell_overlay,
    difference_limit,
    difference_overlay,
    difference_scale_text,
    scale_text,
    shared_limit,
)
from densexplain.render.comparison.text import logit_change_text, name_text, prediction_text
from densexplain.render.encoding import encode_png
from densexplain.render.montage import MontageStyle, render_montage
from densexplain.ui import plots
from densexplain.ui.comparison import matrix_plot
from densexplain.ui.explanation import map_controls
from densexplain.ui.explanation.maps import Display
from densexplain.ui.theme import ink, paper
from densexplain.vocabulary import Reference
from densexplain.workspace.case import Case

MAPS = "Maps"
_VIEWS = {Reference.MODEL_SET: "Minus first model set", Reference.INPUT: "Minus first input"}
_NO_GRIDS = "none"
_FEW_CELLS, _EDGES_PX = 4, (700, 440)  # of an overlay, where few cells are shown and where many


def choose_view(comparison: Comparison) -> Reference | None:
    """Draw the choice between the maps and their differences; None is the maps."""
    possible = {
        _VIEWS[reference]: reference
        for reference, several in (
            (Reference.MODEL_SET, len(comparison.rows) > 1),
            (Reference.INPUT, len(comparison.rows[0]) > 1),
        )
        if several
    }
    if st.session_state.get("compared_view") not in possible:
        st.session_state["compared_view"] = MAPS
    view = st.segmented_control(
        "View",
        [MAPS, *possible],
        required=True,
        key="compared_view",
        persist_state="session",
        label_visibility="collapsed",
    )
    return possible.get(view or MAPS)


def style_of(comparison: Comparison, display: Display) -> ComparedStyle:
    """How the page shows the maps of a comparison."""
    cells = sum(len(row) for row in comparison.rows)
    return ComparedStyle(display.map_colours, display.scale, display.opacity, _EDGES_PX[cells > _FEW_CELLS])


def draw(case: Case, comparison: Comparison, view: Reference | None, display: Display) -> None:
    """Draw one row per model set and one column per input, and say what the colours mean."""
    style = style_of(comparison, display)
    original = comparison.rows[0][0].version.geometry.whole
    whole = whole_view(case.radiograph.pixels, original)
    if view is None:
        limit = shared_limit(comparison)
        panels = [[_map_panel(cell, whole, style, limit) for cell in row] for row in comparison.rows]
        said, colours = scale_text(comparison, style), style.colour_map
    else:
        found = {id(one.second): one for one in differences(comparison, display.ranking) if one.reference is view}
        limit = difference_limit(found.values())
        panels = [[_difference_panel(cell, found, whole, style, limit) for cell in row] for row in comparison.rows]
        said, colours = difference_scale_text(found.values(), style), style.difference_colours
    map_controls.draw_colour_bar(colours, f"{said} \N{MIDDLE DOT} zoom and pan move all")
    if len(comparison.rows[0]) == 1:  # of one input all model sets stand side by side, as large as the page allows
        panels = [[row[0] for row in panels]]
    figure = matrix_plot.matrix(panels, f"{case.radiograph.sha256}{original}", ink())
    words = "; ".join(". ".join(panel.lines) for row in panels for panel in row)
    tall = matrix_plot.is_tall(panels)
    with st.container(key=f"tall_matrix_{len(panels)}" if tall else "low_matrix"):
        st.plotly_chart(
            figure,
            key="matrix",
            height="stretch" if tall else "content",
            theme=None,
            config=plots.VIEWER_CONFIG,
            alt=f"{said}. {words}",
        )


def _map_panel(cell: Cell, whole: View, style: ComparedStyle, limit: float) -> matrix_plot.Panel:
    overlay = cell_overlay(cell, style, limit)
    lines = [name_text(cell), prediction_text(cell)]
    if cell.explanation.warning and not cell.explanation.label_withheld:
        lines.append(cell.explanation.warning)
    return matrix_plot.Panel(encode_png(overlay.image), _box(cell, whole), lines)


def _difference_panel(
    cell: Cell, found: Mapping[int, Difference], whole: View, style: ComparedStyle, limit: float
) -> matrix_plot.Panel:
    difference = found.get(id(cell))
    if difference is None:
        overlay = cell_overlay(cell, ComparedStyle(opacity=0, edge_px=style.edge_px), 1.0)
        lines = [name_text(cell), "what is subtracted (A)"]
        return matrix_plot.Panel(encode_png(overlay.image), _box(cell, whole), lines)
    overlay = difference_overlay(difference, style, limit)
    lines = [f"{name_text(cell)}, minus A", f"logit {logit_change_text(difference)}"]
    return matrix_plot.Panel(encode_png(overlay.image), _box(difference.first, whole), lines)


def _box(cell: Cell, whole: View) -> tuple[float, float, float, float]:
    """Where a cell's crop lies on the whole radiograph; a tilted one as if it were upright about its middle."""
    crop = cell.version.geometry.crop
    return (
        (-0.5, -0.5, whole.pixels.shape[1] - 0.5, whole.pixels.shape[0] - 0.5)
        if crop is None
        else whole.from_crop(crop)
    )


def draw_stages(comparison: Comparison, display: Display) -> None:
    """Draw the five stage grids of several cells, one row per cell and one column per stage, on request."""
    by_input = {
        f"all model sets, {cells[0].version.version}": list(cells) for cells in zip(*comparison.rows, strict=True)
    }
    by_model_set = {f"all inputs, {row[0].manifest.title}": list(row) for row in comparison.rows}
    choices = {**by_input, **by_model_set} if len(comparison.rows[0]) > 1 else by_input
    if st.session_state.get("compared_stages") not in choices:
        st.session_state["compared_stages"] = _NO_GRIDS
    chosen = st.selectbox(
        "Stage grids", [_NO_GRIDS, *choices], key="compared_stages", persist_state="session", width=380
    )
    if chosen in choices:
        st.html(_stage_table(choices[chosen], display))


def _stage_table(cells: Sequence[Cell], display: Display) -> str:
    style = MontageStyle(tile_px=84, gap_px=4, background=paper(), ink=_rgb(ink()))
    heads = "".join(f"<b>{stage.stage.heading}</b>" for stage in cells[0].explanation.stages)
    rows = []
    for cell in cells:
        rows.append(f"<h4>{escape(name_text(cell))} <small>{escape(prediction_text(cell))}</small></h4>")
        for stage in cell.explanation.stages:
            ranked = stage.ranked(display.ranking)
            montage = render_montage(
                ranked.maps, ranked.channels, ranked.strengths, colour_map=display.grid_colours, style=style
            )
            source = base64.b64encode(encode_png(montage)).decode("ascii")
            said = f"{name_text(cell)}, {stage.stage.heading}: channels {', '.join(map(str, ranked.channels.tolist()))}"
            rows.append(f'<img src="data:image/png;base64,{source}" alt="{escape(said)}">')
    return f'<div class="stage-table">{heads}{"".join(rows)}</div>'


def _rgb(colour: str) -> tuple[int, int, int]:
    red, green, blue = bytes.fromhex(colour.removeprefix("#"))
    return red, green, blue
