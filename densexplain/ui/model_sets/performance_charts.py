"""A model set's performance as Plotly figures: an accent for what is measured, grey for what it is compared with.

Nothing is conveyed by colour alone: lines differ in their dashes, points in their
shape, and the cells of a table say what they count.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

# Loaded before Plotly looks for it; see densexplain.ui.plots.
import pandas  # type: ignore[import-untyped]  # noqa: F401
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from densexplain.evaluation.metrics.reliability import ReliabilityDiagram
from densexplain.evaluation.metrics.roc import RocCurve
from densexplain.evaluation.records.evaluation_report import LevelMetrics
from densexplain.evaluation.records.learning_curves import LearningCurves
from densexplain.ui.theme import ChartColours
from densexplain.vocabulary import Finding

CHART_CONFIG = {"displayModeBar": False}
_FONT_PX = 13
_MOST_TICKS = 8
_FONT = '"Source Sans", sans-serif'  # Streamlit's own, which the page has loaded


def roc(curve: RocCurve, level: LevelMetrics, threshold: float, colours: ChartColours) -> go.Figure:
    """Draw the ROC curve, the line of guessing, and where the threshold stands on it."""
    figure = go.Figure()
    _add_diagonal(figure, "guessing", colours)
    figure.add_scatter(
        x=curve.false_positive_rate,
        y=curve.sensitivity,
        mode="lines",
        name="ROC curve",
        line={"color": colours.accent, "width": 2.5},
        hovertemplate="specificity %{customdata:.3f}<br>sensitivity %{y:.3f}<extra></extra>",
        customdata=1 - curve.false_positive_rate,
    )
    sensitivity = level.true_positives / level.abnormal
    specificity = level.true_negatives / (level.units - level.abnormal)
    figure.add_scatter(
        x=[1 - specificity],
        y=[sensitivity],
        mode="markers+text",
        name=f"threshold {threshold:g}",
        marker={"symbol": "diamond", "size": 12, "color": colours.ink, "line": {"width": 1, "color": colours.least}},
        text=[f"  threshold {threshold:g}<br>  sensitivity {sensitivity:.2f}<br>  specificity {specificity:.2f}"],
        textposition="bottom right",
        textfont={"color": colours.ink, "size": _FONT_PX},
        hoverinfo="skip",
    )
    lay_out(figure, colours, showlegend=False)
    figure.update_xaxes(title_text="1 - specificity", range=[-0.02, 1.02], dtick=0.2)
    figure.update_yaxes(title_text="sensitivity", range=[-0.02, 1.02], dtick=0.2)
    return figure


def reliability(raw: ReliabilityDiagram, calibrated: ReliabilityDiagram | None, colours: ChartColours) -> go.Figure:
    """Draw how often each probability was right, over how many radiographs each bin holds."""
    figure = make_subplots(rows=2, cols=1, shared_xaxes=True, row_heights=[0.76, 0.24], vertical_spacing=0.04)
    _add_diagonal(figure, "ideal", colours, row=1, col=1)
    both = calibrated is not None
    series = [(raw, "as predicted", "circle-open" if both else "diamond", "dot" if both else "solid", not both)]
    if calibrated is not None:
        series.append((calibrated, "calibrated", "diamond", "solid", True))
    for diagram, name, symbol, dash, main in series:
        colour = colours.accent if main else colours.quiet
        filled = diagram.counts > 0
        figure.add_scatter(
            x=diagram.probabilities[filled],
            y=diagram.shares[filled],
            mode="lines+markers",
            name=name,
            line={"color": colour, "width": 2, "dash": dash},
            marker={"symbol": symbol, "size": 8, "color": colour},
            customdata=diagram.counts[filled],
            hovertemplate="said %{x:.2f}, was %{y:.2f}<br>%{customdata} images<extra>" + name + "</extra>",
            row=1,
            col=1,
        )
        figure.add_bar(
            name=name,
            x=(diagram.edges[1:] + diagram.edges[:-1]) / 2,
            y=diagram.counts,
            width=np.diff(diagram.edges) * 0.86,
            marker={"color": colour if main else "rgba(0,0,0,0)", "line": {"color": colour, "width": 1}},
            hovertemplate="%{y} images<extra>" + name + "</extra>",
            showlegend=False,
            row=2,
            col=1,
        )
    lay_out(figure, colours, showlegend=True, barmode="overlay")
    figure.update_xaxes(range=[-0.02, 1.02], dtick=0.2)
    figure.update_xaxes(title_text="probability of abnormal", row=2, col=1)
    figure.update_yaxes(title_text="share abnormal", range=[-0.02, 1.02], dtick=0.2, row=1, col=1)
    figure.update_yaxes(title_text="images", nticks=3, row=2, col=1)
    return figure


def confusion(levels: Sequence[tuple[str, LevelMetrics]], colours: ChartColours) -> go.Figure:
    """Draw a table of label against prediction for each level, with counts and shares of each label."""
    titles = [f"{name}: {level.units:,}" for name, level in levels]
    figure = make_subplots(rows=1, cols=len(levels), subplot_titles=titles, horizontal_spacing=0.06)
    for column, (_, level) in enumerate(levels, start=1):
        counts = np.array(
            [[level.false_negatives, level.true_positives], [level.true_negatives, level.false_positives]], np.float64
        )
        labelled = counts.sum(axis=1, keepdims=True)
        shares = np.divide(counts, labelled, out=np.zeros_like(counts), where=labelled > 0)
        names = (("false negative", "true positive"), ("true negative", "false positive"))
        figure.add_heatmap(
            x=[Finding.NORMAL.value, Finding.ABNORMAL.value],
            y=[Finding.ABNORMAL.value, Finding.NORMAL.value],
            z=shares,
            zmin=0,
            zmax=1,
            colorscale=[[0, colours.least], [1, colours.most]],
            showscale=False,
            xgap=3,
            ygap=3,
            text=[
                [f"<b>{counts[i, j]:,.0f}</b><br>{names[i][j]}<br>{100 * shares[i, j]:.0f} %" for j in (0, 1)]
                for i in (0, 1)
            ],
            texttemplate="%{text}",
            textfont={"color": colours.ink, "size": _FONT_PX},
            hoverinfo="skip",
            row=1,
            col=column,
        )
    lay_out(figure, colours, showlegend=False, margin={"l": 8, "r": 8, "t": 24, "b": 8})
    figure.update_annotations(font={"size": _FONT_PX + 1, "color": colours.ink})
    figure.update_xaxes(title_text="predicted", showgrid=False, fixedrange=True)
    figure.update_yaxes(showgrid=False, fixedrange=True, autorange="reversed", tickangle=-90)
    figure.update_yaxes(title_text="labelled", row=1, col=1)
    for column in range(2, len(levels) + 1):
        figure.update_yaxes(showticklabels=False, row=1, col=column)
    return figure


def learning(curves: LearningCurves, colours: ChartColours) -> go.Figure:
    """Draw accuracy and loss on the training and the validation radiographs, and the epoch that was kept."""
    figure = make_subplots(rows=1, cols=2, subplot_titles=["accuracy", "loss, nats"], horizontal_spacing=0.12)
    pairs = ((curves.accuracy, curves.valid_accuracy), (curves.loss, curves.valid_loss))
    for column, (train, valid) in enumerate(pairs, start=1):
        for values, name, colour, dash, symbol in (
            (train, "training", colours.quiet, "dash", "circle-open"),
            (valid, "validation", colours.accent, "solid", "circle"),
        ):
            figure.add_scatter(
                x=curves.epochs,
                y=values,
                mode="lines+markers",
                name=name,
                line={"color": colour, "width": 2, "dash": dash},
                marker={"symbol": symbol, "size": 5},
                hovertemplate="epoch %{x}: %{y:.3f}<extra>" + name + "</extra>",
                showlegend=column == 1,
                row=1,
                col=column,
            )
        if curves.kept is not None:
            figure.add_scatter(
                x=[curves.kept],
                y=[valid[curves.epochs.index(curves.kept)]],
                mode="markers",
                name=f"kept: epoch {curves.kept}",
                marker={"symbol": "diamond", "size": 12, "color": colours.ink},
                hoverinfo="skip",
                showlegend=column == 1,
                row=1,
                col=column,
            )
    lay_out(figure, colours, showlegend=True, margin={"l": 8, "r": 8, "t": 46, "b": 8})
    figure.update_annotations(font={"size": _FONT_PX + 1, "color": colours.ink})
    figure.update_layout(legend={"y": 1.13})
    last = max(curves.epochs, default=1)
    steps = {"tick0": 1, "dtick": 1} if last <= _MOST_TICKS else {"nticks": _MOST_TICKS}  # no ticks between epochs
    figure.update_xaxes(title_text="epoch", tickformat="d", **steps)
    return figure


def _add_diagonal(figure: go.Figure, name: str, colours: ChartColours, **place: int) -> None:
    figure.add_scatter(
        x=[0, 1],
        y=[0, 1],
        mode="lines",
        name=name,
        line={"color": colours.quiet, "width": 1.5, "dash": "dash"},
        hoverinfo="skip",
        **place,
    )


def lay_out(figure: go.Figure, colours: ChartColours, **layout: Any) -> None:
    """Give a chart the page's font and colours; `layout` as Plotly takes it comes first."""
    figure.update_layout(
        **{
            "margin": {"l": 8, "r": 8, "t": 8, "b": 8},
            "autosize": True,
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "font": {"color": colours.ink, "size": _FONT_PX, "family": _FONT},
            "hoverlabel": {"font": {"size": _FONT_PX}},
            "legend": {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom", "xanchor": "left"},
            **layout,
        }
    )
    axis = {"gridcolor": colours.rule, "linecolor": colours.quiet, "zeroline": False, "automargin": True}
    title = {"title_font_size": _FONT_PX, "title_standoff": 6}
    figure.update_xaxes(**axis, **title, fixedrange=True)
    figure.update_yaxes(**axis, **title, fixedrange=True)
