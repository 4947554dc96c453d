"""What linear probes of the stages say, as a small curve under the stages' maps."""

from __future__ import annotations

from collections.abc import Sequence

# Loaded before Plotly looks for it; see densexplain.ui.plots.
import pandas  # type: ignore[import-untyped]  # noqa: F401
import plotly.graph_objects as go
import streamlit as st

from densexplain.classifier.model_sets.manifest import Manifest
from densexplain.explain.explanation import Explanation
from densexplain.explain.probes import ProbeAnswer
from densexplain.ui.model_sets import performance_charts as charts
from densexplain.ui.theme import ChartColours, chart_colours


def draw(manifest: Manifest, explanation: Explanation) -> None:
    """Draw the curve, and say what it is not; nothing where the model set has no probes or withholds its label."""
    if not explanation.probes or explanation.label_withheld:
        return
    st.markdown(
        "**If the network ended here** :small[:gray[probability of an abnormal finding by a linear probe on each "
        "stage's pooled maps; bars: its usual error on other radiographs. Probes are no part of the network.]]"
    )
    st.plotly_chart(
        curve(explanation.probes, manifest.threshold, chart_colours()),
        key="probes_chart",
        height="stretch",
        theme=None,
        config=charts.CHART_CONFIG,
        alt="; ".join(f"{one.heading}: {one.probability:.2f}" for one in explanation.probes),
    )


def curve(answers: Sequence[ProbeAnswer], threshold: float, colours: ChartColours) -> go.Figure:
    """Draw the probability at each stage with its usual error, and the threshold.

    Parameters
    ----------
    answers
        In forward order.
    threshold
        Of the model set, in (0, 1).
    colours
        The curve takes the accent.
    """
    values = [one.probability for one in answers]
    figure = go.Figure(
        go.Scatter(
            x=[one.heading for one in answers],
            y=values,
            mode="lines+markers+text",
            text=[f"{value:.2f}" for value in values],
            textposition="top right",
            textfont={"color": colours.ink, "size": 13},
            line={"color": colours.accent, "width": 2},
            marker={"symbol": "circle", "size": 8, "color": colours.accent},
            error_y={
                "type": "data",
                "symmetric": False,
                "array": [min(one.error, 1 - one.probability) for one in answers],
                "arrayminus": [min(one.error, one.probability) for one in answers],
                "color": colours.quiet,
                "thickness": 1.5,
                "width": 5,
            },
            customdata=[[one.error, one.auc] for one in answers],
            hovertemplate="%{y:.2f}, usual error %{customdata[0]:.2f}<br>AUC of the probe %{customdata[1]:.2f}"
            "<extra></extra>",
        )
    )
    figure.add_hline(y=threshold, line={"color": colours.quiet, "width": 1.5, "dash": "dash"})
    charts.lay_out(figure, colours, showlegend=False, margin={"l": 8, "r": 8, "t": 8, "b": 8})
    figure.update_yaxes(range=[-0.06, 1.12], dtick=0.5)
    return figure
