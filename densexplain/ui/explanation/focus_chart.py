"""Stage focus as a Plotly figure: lines that differ in dash and marker, not in colour alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

# Loaded before Plotly looks for it; see densexplain.ui.plots.
import pandas  # type: ignore[import-untyped]  # noqa: F401
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from densexplain.explain.focus.stage_focus import StageFocus
from densexplain.ui.model_sets.performance_charts import lay_out
from densexplain.ui.theme import ChartColours
from densexplain.vocabulary import FocusPart

_LINES = {
    FocusPart.ANATOMY: ("solid", "circle-open"),
    FocusPart.ABNORMALITY: ("solid", "diamond"),
    FocusPart.TEXT_LEGEND: ("dash", "square"),
    FocusPart.IMAGE_FRAME: ("dot", "triangle-up"),
    FocusPart.BACKGROUND: ("dashdot", "x"),
}
_MEASURES = (
    ("lift", "activation, as a multiple of chance", 1.0),
    ("auc", "how well the mean map separates it from the rest", 0.5),
)


def focus(stages: Sequence[StageFocus], names: Mapping[FocusPart, str], colours: ChartColours) -> go.Figure:
    """Draw how much of each stage's activation falls on each part, and how well it separates the part from the rest.

    Parameters
    ----------
    stages
        In forward order.
    names
        What each part is called; one that is left out is not drawn.
    colours
        The abnormality takes the accent.
    """
    figure = make_subplots(rows=1, cols=2, subplot_titles=[words for _, words, _ in _MEASURES], horizontal_spacing=0.07)
    headings = [one.stage.heading for one in stages]
    ink = {
        FocusPart.ABNORMALITY: colours.accent,
        FocusPart.IMAGE_FRAME: colours.quiet,
        FocusPart.BACKGROUND: colours.quiet,
    }
    for column, (measure, _, chance) in enumerate(_MEASURES, start=1):
        for part, name in names.items():
            values = [getattr(one.parts[part], measure) for one in stages]
            if all(value is None for value in values):
                continue
            dash, symbol = _LINES[part]
            colour = ink.get(part, colours.ink)
            figure.add_scatter(
                x=headings,
                y=values,
                mode="lines+markers",
                name=name,
                line={"color": colour, "width": 2, "dash": dash},
                marker={"symbol": symbol, "size": 8, "color": colour},
                customdata=[[one.parts[part].activation, one.parts[part].area] for one in stages],
                hovertemplate="%{y:.2f}<br>%{customdata[0]:.1%} of the activation<br>%{customdata[1]:.1%} of the area"
                f"<extra>{name}</extra>",
                showlegend=column == 1,
                row=1,
                col=column,
            )
        figure.add_hline(y=chance, line={"color": colours.quiet, "width": 1.5, "dash": "dash"}, row=1, col=column)
    lay_out(figure, colours, showlegend=True, margin={"l": 8, "r": 8, "t": 46, "b": 8})
    figure.update_annotations(font={"size": 13, "color": colours.ink})
    figure.update_layout(legend={"y": 1.11})
    figure.update_yaxes(rangemode="tozero", row=1, col=1)
    figure.update_yaxes(range=[-0.02, 1.02], dtick=0.25, row=1, col=2)
    return figure
