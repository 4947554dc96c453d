"""Pictures in rows and columns as one Plotly figure: zoom and pan in one move all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from textwrap import wrap

import plotly.graph_objects as go

from densexplain.ui import plots

_WIDTH_PX, _LINE_PX = 1080, 17
_MOST_PANEL_PX, _ONLY_ROW_PX = 340, 660  # two rows, or a tall one, in one look at 900 px
_ROWS_IN_ONE_LOOK = 2
_GAP_PX, _LINES_PX = 24, 340  # between two pictures; the longest line above one
_LETTER_PX = 5.7  # of a line, on average


@dataclass(frozen=True)
class Panel:
    """One picture of a matrix.

    Parameters
    ----------
    png
        The encoded picture, of any resolution.
    box
        What it covers, (left, top, right, bottom), in coordinates that all panels share.
    lines
        What stands above it.
    """

    png: bytes
    box: tuple[float, float, float, float]
    lines: Sequence[str]


def matrix(panels: Sequence[Sequence[Panel]], revision: str, ink: str) -> go.Figure:
    """Lay pictures out in rows and columns; zoom and pan in one move all.

    Parameters
    ----------
    panels
        Rows of equal length.
    revision
        Zoom and pan are kept as long as this stays the same.
    ink
        Colour of the text.

    Returns
    -------
    plotly.graph_objects.Figure
        Its height in pixels is set; all axes match the first, row 0 at the top.
    """
    left, top, right, bottom = _shown(panels)
    rows, columns = len(panels), len(panels[0])
    panel_px = _panel_px(panels)
    # Tall pictures stand as near to each other as the lines above them allow: what is compared is seen in one look.
    pitch = min(1 / columns, max(panel_px * (right - left) / (bottom - top) + _GAP_PX, _LINES_PX) / _WIDTH_PX)
    most_letters = int(pitch * _WIDTH_PX / _LETTER_PX)
    # What is too long for its column goes on below, not over the next column.
    headings = [
        [[part for line in panel.lines for part in wrap(line, most_letters)] for panel in row] for row in panels
    ]
    heading_px = _LINE_PX * max(len(heading) for row in headings for heading in row) + 6
    height_px = round(rows * (heading_px + panel_px))
    figure = go.Figure()
    for row, entries in enumerate(panels):
        for column, panel in enumerate(entries):
            name = "" if row == column == 0 else str(row * columns + column + 1)
            place = ((column + 0.02) * pitch, 1 - (row * (heading_px + panel_px) + heading_px) / height_px)
            _add_panel(figure, panel, name, (left, top, right, bottom))
            ends = (place[0], (column + 1) * pitch), (max(place[1] - panel_px / height_px, 0.0), place[1])
            figure.layout[f"xaxis{name}"].domain, figure.layout[f"yaxis{name}"].domain = ends
            figure.add_annotation(
                text="<br>".join(escape(line) for line in headings[row][column]),
                x=place[0],
                y=place[1],
                xref="paper",
                yref="paper",
                xanchor="left",
                yanchor="bottom",
                align="left",
                showarrow=False,
                font={"size": 12, "color": ink},
            )
    figure.update_layout(**plots.BARE_LAYOUT, height=height_px, dragmode="pan", uirevision=revision)
    return figure


def is_tall(panels: Sequence[Sequence[Panel]]) -> bool:
    """Whether height, not width, limits the pictures: a page that is higher may show them larger."""
    return len(panels) <= _ROWS_IN_ONE_LOOK and _panel_px(panels) == _most_panel_px(panels)


def _shown(panels: Sequence[Sequence[Panel]]) -> tuple[float, float, float, float]:
    """What all pictures cover together: left, top, right, bottom."""
    boxes = [panel.box for row in panels for panel in row]
    return (
        min(box[0] for box in boxes),
        min(box[1] for box in boxes),
        max(box[2] for box in boxes),
        max(box[3] for box in boxes),
    )


def _most_panel_px(panels: Sequence[Sequence[Panel]]) -> int:
    return _MOST_PANEL_PX if len(panels) > 1 else _ONLY_ROW_PX


def _panel_px(panels: Sequence[Sequence[Panel]]) -> float:
    left, top, right, bottom = _shown(panels)
    by_width = _WIDTH_PX / len(panels[0]) * (bottom - top) / (right - left)
    return min(max(by_width, 160), _most_panel_px(panels))


def _add_panel(figure: go.Figure, panel: Panel, name: str, shown: tuple[float, float, float, float]) -> None:
    """Add a picture on axes of its own, which match the first ones; `name` is empty for these."""
    left, top, right, bottom = panel.box
    x, y = f"x{name}", f"y{name}"
    # One invisible point in each corner: a pair of axes without a trace may not be drawn.
    figure.add_scatter(
        x=[left, right], y=[top, bottom], mode="markers", marker={"opacity": 0}, hoverinfo="skip", xaxis=x, yaxis=y
    )
    figure.add_layout_image(
        source=plots.data_uri(panel.png),
        x=left,
        y=top,
        sizex=right - left,
        sizey=bottom - top,
        xref=x,
        yref=y,
        sizing="stretch",
        layer="below",
    )
    # Only the first pair fixes the proportions; an axis takes one constraint.
    across = {"matches": "x"} if name else {}
    down = {"matches": "y"} if name else {"scaleanchor": "x"}
    figure.update_layout(
        {
            f"xaxis{name}": {
                "visible": False,
                "range": [shown[0], shown[2]],
                "anchor": y,
                "constrain": "domain",
                "constraintoward": "left",
                **across,
            },
            f"yaxis{name}": {
                "visible": False,
                "range": [shown[3], shown[1]],
                "anchor": x,
                "constrain": "domain",
                "constraintoward": "top",
                **down,
            },
        }
    )
