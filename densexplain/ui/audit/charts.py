"""An audit as Plotly figures: the attribution of the logit as a waterfall, and the probability under small changes."""

from __future__ import annotations

import math
from html import escape

# Loaded before Plotly looks for it; see densexplain.ui.plots.
import pandas  # type: ignore[import-untyped]  # noqa: F401
import plotly.graph_objects as go

from densexplain.classifier.probability import probability_of, threshold_logit
from densexplain.explain.audit.attribution import LogitAttribution, RegionAttribution
from densexplain.explain.audit.stability import Stability, Variant
from densexplain.explain.wording import PAPERS_WORDING, Wording
from densexplain.render.overlay import with_sign
from densexplain.ui.model_sets.performance_charts import lay_out
from densexplain.ui.theme import ChartColours
from densexplain.vocabulary import Finding, VariantKind

_ROW_PX, _AXIS_PX, _LONGEST_NAME = 22, 50, 26
_KIND_ROWS = {
    VariantKind.SHIFT: "shift",
    VariantKind.ROTATION: "rotation",
    VariantKind.CROP: "crop",
    VariantKind.EXPOSURE: "exposure",
}


def waterfall(
    attribution: LogitAttribution, threshold: float, colours: ChartColours, wording: Wording = PAPERS_WORDING
) -> go.Figure:
    """Draw the logit as a sum: the bias, the evidence on each region and elsewhere, and the total.

    Parameters
    ----------
    attribution
        Attribution of the logit.
    threshold
        Probability above which the class is found; its logit is marked.
    colours
        Evidence for the class takes the accent, evidence against it is grey.
    wording
        Words for the class whose logit it is.
    """
    lines = (*attribution.entries, attribution.elsewhere)
    values = [attribution.bias, *(entry.evidence.net for entry in lines), attribution.total]
    figure = go.Figure(
        go.Waterfall(
            orientation="h",
            y=list(range(len(values))),
            x=[*values[:-1], 0.0],
            measure=["relative"] * (len(values) - 1) + ["total"],
            text=[with_sign(value, 2) for value in values],
            textposition="outside",
            cliponaxis=False,
            increasing={"marker": {"color": colours.accent}},
            decreasing={"marker": {"color": colours.quiet}},
            totals={"marker": {"color": colours.ink}},
            connector={"line": {"color": colours.quiet, "width": 1, "dash": "dot"}},
            customdata=[
                "of the head, the same for every radiograph",
                *(_detail(line, wording) for line in lines),
                "bias and all evidence",
            ],
            hovertemplate="%{customdata}<extra></extra>",
        )
    )
    names = ["bias", *(_short(entry.name) for entry in lines), "logit"]
    lay_out(figure, colours, showlegend=False, height=_ROW_PX * len(values) + _AXIS_PX)
    low, high = _range(values, attribution.bias, threshold_logit(threshold))
    figure.update_yaxes(
        tickvals=list(range(len(values))), ticktext=names, range=[len(values) - 0.4, -0.6], showgrid=False, ticks=""
    )
    title = f"logits; to the right {wording.evidence(Finding.ABNORMAL)}"
    figure.update_xaxes(title_text=title, range=[low, high], zeroline=True)
    figure.update_xaxes(zerolinecolor=colours.quiet, zerolinewidth=1)
    _add_threshold(figure, threshold_logit(threshold), colours)
    return figure


def stability_strip(
    changes: Stability, logit: float, threshold: float, colours: ChartColours, wording: Wording = PAPERS_WORDING
) -> go.Figure:
    """Draw the probability of each small change by its kind, the threshold, and the radiograph as it is.

    Parameters
    ----------
    changes
        Under small changes.
    logit, threshold
        Logit of the unchanged radiograph, and threshold of the model set.
    colours
        Where the finding flips, a mark is a triangle in the ink; elsewhere a circle in the accent.
    wording
        Words for the class whose probability it is.
    """
    rows, own = list(_KIND_ROWS), probability_of(logit)
    figure = go.Figure()
    for flips, symbol, colour, name in (
        (False, "circle", colours.accent, "same finding"),
        (True, "triangle-up", colours.ink, "the finding flips"),
    ):
        chosen = [place for place, flipped in enumerate(changes.flips.tolist()) if flipped is flips]
        figure.add_scatter(
            x=[changes.probabilities[place] for place in chosen],
            y=[_level(changes, place, rows) for place in chosen],
            mode="markers",
            name=name,
            marker={"symbol": symbol, "size": 9, "color": colour, "opacity": 0.85},
            customdata=[_in_words(changes.variants[place]) for place in chosen],
            hovertemplate="%{x:.2f}<br>%{customdata}<extra>" + name + "</extra>",
        )
    lay_out(figure, colours, showlegend=False, height=_ROW_PX * len(rows) + _AXIS_PX)
    figure.update_yaxes(
        tickvals=list(range(len(rows))), ticktext=list(_KIND_ROWS.values()), range=[len(rows) - 0.5, -0.5]
    )
    figure.update_xaxes(title_text=wording.probability, range=[-0.03, 1.03], dtick=0.2)
    figure.add_vline(x=own, line={"color": colours.ink, "width": 1.5})
    _add_threshold(figure, threshold, colours)
    return figure


def _add_threshold(figure: go.Figure, value: float, colours: ChartColours) -> None:
    if math.isfinite(value):
        figure.add_vline(x=value, line={"color": colours.quiet, "width": 1.5, "dash": "dash"})


def _range(values: list[float], bias: float, threshold: float) -> tuple[float, float]:
    """From the least to the greatest sum on the way, with room for the numbers beside the bars."""
    sums, reached = [0.0, bias], bias
    for value in values[1:-1]:
        reached += value
        sums.append(reached)
    if math.isfinite(threshold):
        sums.append(threshold)
    low, high = min(sums), max(sums)
    room = 0.16 * max(high - low, 0.5)
    return low - room, high + room


def _detail(entry: RegionAttribution, wording: Wording) -> str:
    evidence = entry.evidence
    return (
        f"<b>{escape(entry.name)}</b><br>{wording.evidence(Finding.ABNORMAL)} {with_sign(evidence.positive, 2)}, "
        f"{wording.evidence(Finding.NORMAL)} {with_sign(evidence.negative, 2)}<br>on {evidence.area:.1%} of the area"
    )


def _short(name: str) -> str:
    return escape(name if len(name) <= _LONGEST_NAME else name[: _LONGEST_NAME - 1] + "\N{HORIZONTAL ELLIPSIS}")


def _level(changes: Stability, place: int, rows: list[VariantKind]) -> float:
    """Row of a mark, those of one kind a little apart so that equal ones are seen."""
    kind = changes.variants[place].kind
    alike = [other for other, variant in enumerate(changes.variants) if variant.kind is kind]
    apart = alike.index(place) - (len(alike) - 1) / 2
    return rows.index(kind) + 0.56 * apart / max(len(alike) - 1, 1)


def _in_words(variant: Variant) -> str:
    if variant.kind is VariantKind.ROTATION:
        return f"turned by {with_sign(variant.turn_degrees, 1)}°"
    if variant.kind is VariantKind.EXPOSURE:
        return f"gamma {variant.gamma:.2f}, {'darker' if variant.gamma > 1 else 'brighter'}"
    if variant.kind is VariantKind.CROP:
        return f"{1 - 1 / variant.scale:.1%} of each side cropped off"
    return f"shifted by {variant.right:.1%} to the right, {variant.down:.1%} down"
