"""Pictures as Plotly figures, so that the mouse can zoom, pan, drag a box and click a tile.

The picture is a layout image in original pixel coordinates: what the mouse
returns needs no conversion.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence

# Plotly looks into a pandas that it finds loaded. Another thread may be halfway through
# loading it then, with the model set, and the page would fail; so it is loaded here first.
import pandas  # type: ignore[import-untyped]  # noqa: F401
import plotly.graph_objects as go

from densexplain.render.colour import look_up_table
from densexplain.render.montage import MontageStyle, tile_centres
from densexplain.vocabulary import ColourMap

ACCENT = "#4fb8a8"
"""The one accent colour; red and blue belong to the maps."""

VIEWER_CONFIG = {
    "scrollZoom": True,
    "displaylogo": False,
    "doubleClick": "reset",
    "modeBarButtonsToRemove": ["lasso2d", "autoScale2d", "toImage", "zoom2d"],
}
GRID_CONFIG = {"displayModeBar": False, "doubleClick": False}

BARE_LAYOUT = {
    "margin": {"l": 0, "r": 0, "t": 0, "b": 0},
    "autosize": True,
    "paper_bgcolor": "rgba(0,0,0,0)",
    "plot_bgcolor": "rgba(0,0,0,0)",
    "showlegend": False,
}
"""Configuration of a figure that is only a picture."""

_SHADE = "rgba(0, 0, 0, 0.55)"
_SUGGESTION = {"color": "#e8c468", "width": 2, "dash": "dash"}


def picture(png: bytes, rows: int, columns: int, revision: str, drag: str) -> go.Figure:
    """Lay a picture out in its own pixel coordinates, row 0 at the top.

    Parameters
    ----------
    png
        The encoded picture, of any resolution.
    rows, columns
        Coordinates it covers: x from -0.5 to columns - 0.5, y likewise; whole
        numbers are the centres of pixels, as in `densexplain.radiograph.geometry.Box`.
    revision
        Zoom and pan are kept as long as this stays the same.
    drag
        What dragging does: "select" or "pan".

    Returns
    -------
    plotly.graph_objects.Figure
        Transparent round the picture, without axes.
    """
    # One invisible point in each corner: without a trace Plotly sends no box.
    corners = go.Scatter(
        x=[-0.5, columns - 0.5],
        y=[-0.5, rows - 0.5],
        mode="markers",
        marker={"opacity": 0, "size": 1},
        hoverinfo="skip",
        showlegend=False,
    )
    figure = _bare(go.Figure(corners), png, rows, columns)
    figure.update_layout(dragmode=drag, uirevision=revision)
    return figure


def mark_crop(figure: go.Figure, box: tuple[float, float, float, float], rows: int, columns: int) -> None:
    """Shade what lies outside a crop and outline it; `box` is (left, top, right, bottom)."""
    left, top, right, bottom = box
    last_x, last_y = columns - 0.5, rows - 0.5
    for x0, y0, x1, y1 in (
        (-0.5, -0.5, last_x, top),
        (-0.5, bottom, last_x, last_y),
        (-0.5, top, left, bottom),
        (right, top, last_x, bottom),
    ):
        figure.add_shape(type="rect", x0=x0, y0=y0, x1=x1, y1=y1, fillcolor=_SHADE, line={"width": 0})
    figure.add_shape(type="rect", x0=left, y0=top, x1=right, y1=bottom, line={"color": ACCENT, "width": 2})


def mark_suggestion(figure: go.Figure, corners: Sequence[tuple[float, float]]) -> None:
    """Outline the exposed field that was found, dashed; `corners` as (x, y)."""
    path = "M " + " L ".join(f"{x:.1f},{y:.1f}" for x, y in corners) + " Z"
    figure.add_shape(type="path", path=path, line=_SUGGESTION)


def mark_region(figure: go.Figure, corners: Sequence[tuple[float, float]], name: str) -> None:
    """Outline a region that the reader drew, dotted and named; `corners` as (x, y)."""
    path = "M " + " L ".join(f"{x:.1f},{y:.1f}" for x, y in corners) + " Z"
    label = {"text": name, "textposition": "top left", "font": {"size": 11, "color": ACCENT}}
    figure.add_shape(type="path", path=path, line={"color": ACCENT, "width": 2, "dash": "dot"}, label=label)


def grid(
    png: bytes, names: Sequence[str], labels: Sequence[str], picked: int | None, style: MontageStyle, ink: str
) -> go.Figure:
    """Lay a 4x4 montage out with a place to click on each tile.

    Parameters
    ----------
    png
        The montage as `style` lays it out.
    names
        What each tile says when the mouse rests on it.
    labels
        What stands under each tile.
    picked
        Index of the tile to outline.
    style
        Layout of the montage.
    ink
        Colour of the labels.

    Returns
    -------
    plotly.graph_objects.Figure
        Coordinates in montage pixels; the first trace's points are the tiles.
    """
    centres = tile_centres(style)[: len(names)]
    half = style.tile_px / 2
    tiles = go.Scatter(
        x=[x for x, _ in centres],
        y=[y for _, y in centres],
        mode="markers",
        marker={"opacity": 0, "size": 44, "symbol": "square"},
        selected={"marker": {"opacity": 0}},
        unselected={"marker": {"opacity": 0}},
        hovertext=list(names),
        hoverinfo="text",
        showlegend=False,
    )
    # One trace of texts: Plotly takes ten times as long for an annotation each.
    texts = go.Scatter(
        x=tiles.x,
        y=[y + half + style.label_px / 2 for _, y in centres],
        mode="text",
        text=list(labels),
        textfont={"size": 9.5, "color": ink},
        hoverinfo="skip",
        showlegend=False,
    )
    figure = _bare(go.Figure([tiles, texts]), png, *style.shape_px)
    if picked is not None:
        x, y = centres[picked]
        outline = {"color": ACCENT, "width": 3}
        figure.add_shape(type="rect", x0=x - half, y0=y - half, x1=x + half, y1=y + half, line=outline)
    figure.update_xaxes(fixedrange=True)
    figure.update_yaxes(fixedrange=True)
    figure.update_layout(clickmode="event+select", dragmode=False, hoverlabel={"font": {"size": 12}})
    return figure


def _bare(figure: go.Figure, png: bytes, rows: int, columns: int) -> go.Figure:
    figure.add_layout_image(
        source=data_uri(png),
        x=-0.5,
        y=-0.5,
        sizex=columns,
        sizey=rows,
        xref="x",
        yref="y",
        sizing="stretch",
        layer="below",
    )
    figure.update_xaxes(visible=False, range=[-0.5, columns - 0.5], constrain="domain")
    figure.update_yaxes(
        visible=False, range=[rows - 0.5, -0.5], constrain="domain", constraintoward="top", scaleanchor="x"
    )
    figure.update_layout(**BARE_LAYOUT)
    return figure


def data_uri(png: bytes) -> str:
    """Address that holds a picture itself."""
    return "data:image/png;base64," + base64.b64encode(png).decode("ascii")


def colour_stops(colour_map: ColourMap, count: int = 17) -> list[str]:
    """Colours evenly along a colour map, low end first, for a CSS gradient."""
    table = look_up_table(colour_map)
    return [f"rgb({r},{g},{b})" for r, g, b in table[[round(255 * i / (count - 1)) for i in range(count)]].tolist()]
