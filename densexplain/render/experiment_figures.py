"""An experiment as pictures: focus over the stages, and evidence beside area."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib.figure import Figure

from densexplain.classifier.wiring.registry import STAGES
from densexplain.evaluation.experiment.experiment import ModelSetResult
from densexplain.evaluation.metrics.patient_mean import Estimate
from densexplain.provenance import NOTICE
from densexplain.vocabulary import FigureFormat, FocusPart

_INK, _SOFT = "#222222", "#767676"
# Distinguished by dash, marker and grey alike.
_LINES = (
    ("-", "o", "#222222"),
    ("--", "s", "#5f6f80"),
    ("-.", "^", "#8a6d3b"),
    (":", "D", "#3b7a6e"),
    ("-", "x", "#999999"),
)
_PARTS = ("foreground", *(str(part) for part in FocusPart if part is not FocusPart.ANATOMY))
_MEASURES = (("lift", "activation, times area", 1.0), ("auc", "area under the curve", 0.5))
_SHORTER = {"Initial convolution": "initial", "Dense b": "b", "Residual s": "s"}


def focus_curves(model_sets: Sequence[ModelSetResult], kind: FigureFormat) -> bytes:
    """Draw lift and area under the curve of each part over the stages, one line per model set, with intervals."""
    figure = Figure(figsize=(3.1 * len(_PARTS), 6.2), dpi=100, layout="constrained")
    stages = [
        stage
        for stage in STAGES
        if any(name.startswith(f"{stage.name}/") for entry in model_sets for name in entry.figures)
    ]
    grid = figure.subplots(len(_MEASURES), len(_PARTS), squeeze=False, sharex=True)
    for axes_row, (measure, words, chance) in zip(grid, _MEASURES, strict=True):
        for axes, part in zip(axes_row, _PARTS, strict=True):
            for number, entry in enumerate(model_sets):
                found = [entry.figures.get(f"{stage.name}/{part}/{measure}") for stage in stages]
                _add_line(axes, found, number, entry.name)
            axes.axhline(chance, color=_SOFT, linewidth=0.8, linestyle=":")
            axes.set_title(part, fontsize=10)
            axes.set_xticks(range(len(stages)), [_short(stage.heading) for stage in stages], fontsize=7)
            axes.spines[["top", "right"]].set_visible(False)
        axes_row[0].set_ylabel(f"{words} ({chance:g} by chance)")
    grid[0][0].legend(frameon=False, fontsize=8)
    return _saved(figure, kind)


def evidence_bars(model_sets: Sequence[ModelSetResult], kind: FigureFormat) -> bytes:
    """Draw the share of the positive evidence on each part beside its share of the area, for each model set."""
    figure = Figure(figsize=(3.6 * len(model_sets) + 1.2, 3.8), dpi=100, layout="constrained")
    for axes, entry in zip(figure.subplots(1, len(model_sets), squeeze=False, sharey=True)[0], model_sets, strict=True):
        for offset, (measure, words, colour) in enumerate(
            (("share", "positive evidence", _INK), ("area", "area: chance", "#c4c4c4"))
        ):
            found = [entry.figures.get(f"evidence/{part}/{measure}") for part in FocusPart]
            places = [place + 0.38 * offset for place, one in enumerate(found) if one is not None]
            shown = [one for one in found if one is not None]
            axes.barh(
                places, [one.value for one in shown], 0.36, xerr=_errors(shown), color=colour, ecolor=_SOFT, label=words
            )
        axes.set_yticks([place + 0.19 for place in range(len(FocusPart))], [str(part) for part in FocusPart])
        axes.set_title(entry.name, fontsize=10)
        axes.set_xlabel("share")
        axes.spines[["top", "right"]].set_visible(False)
    figure.axes[0].invert_yaxis()
    figure.axes[0].legend(frameon=False, fontsize=8)
    return _saved(figure, kind)


def experiment_figures(model_sets: Sequence[ModelSetResult]) -> Mapping[str, bytes]:
    """Every picture of an experiment in every format, by file name."""
    return {
        f"{name}.{kind}": draw(model_sets, kind)
        for name, draw in (("focus", focus_curves), ("evidence", evidence_bars))
        for kind in FigureFormat
    }


def _add_line(axes: Any, estimates: Sequence[Estimate | None], number: int, name: str) -> None:
    found = [(place, one) for place, one in enumerate(estimates) if one is not None]
    style, mark, colour = _LINES[number % len(_LINES)]
    places, shown = [place for place, _ in found], [one for _, one in found]
    values, errors = [one.value for one in shown], _errors(shown)
    axes.errorbar(
        places, values, errors, linestyle=style, marker=mark, markersize=4, color=colour, capsize=2, label=name
    )


def _short(heading: str) -> str:
    for long, short in _SHORTER.items():
        heading = heading.replace(long, short)
    return heading


def _errors(estimates: Sequence[Estimate]) -> list[list[float]]:
    """Lengths of the intervals below and above the values; 0 where there is none."""
    lows = [max(one.value - (one.value if one.low is None else one.low), 0.0) for one in estimates]
    highs = [max((one.value if one.high is None else one.high) - one.value, 0.0) for one in estimates]
    return [lows, highs]


def _saved(figure: Figure, kind: FigureFormat) -> bytes:
    figure.supxlabel(NOTICE, fontsize=8, color=_SOFT)
    content = io.BytesIO()
    figure.savefig(content, format=str(kind))
    return content.getvalue()
