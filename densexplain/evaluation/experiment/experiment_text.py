"""An experiment in words: the paper's questions, each with its figures and an answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from densexplain.classifier.wiring.registry import STAGES
from densexplain.evaluation.experiment.experiment import LEAST_PUSH_LOGITS, Experiment, ModelSetResult
from densexplain.evaluation.metrics.patient_mean import Estimate
from densexplain.provenance import NOTICE

Rows = tuple[tuple[str, str], ...]
"""Names of figures, and what each is called in a table."""

FOREGROUND: Rows = (
    *((f"{stage.name}/foreground/auc", f"{stage.heading}: area under the curve of the foreground") for stage in STAGES),
    *(
        (f"{stage.name}/foreground/lift", f"{stage.heading}: activation on the foreground, times its area")
        for stage in STAGES
    ),
)
DETAIL: Rows = tuple(
    (f"{stage.name}/{name}", f"{stage.heading}: {words}")
    for stage in STAGES
    for name, words in (("detail", "share of fine detail"), ("finer", "more than the initial convolution's"))
)
LEGEND: Rows = (
    *(
        (f"{stage.name}/text legend/lift", f"{stage.heading}: activation on the legend, times its area")
        for stage in STAGES
    ),
    ("abnormal/evidence/text legend/share", "share of the positive evidence on the legend, abnormal"),
    ("abnormal/evidence/text legend/area", "its share of the area, abnormal"),
    ("evidence/text legend/share", "share of the positive evidence on the legend, all"),
    ("evidence/text legend/net", "net evidence on the legend, logits"),
    ("abnormal/legend/push", "push of the legend, abnormal, logits"),
    ("legend/push", "push of the legend, all, logits"),
    ("abnormal/sham/push", "push of a patch of its shape elsewhere, abnormal, logits"),
    ("sham/push", "push of a patch of its shape elsewhere, all, logits"),
    ("legend/finding changes", "finding changes without the legend"),
    ("sham/finding changes", "finding changes without the patch"),
)
FRAME: Rows = (
    *(
        (f"{stage.name}/image frame/lift", f"{stage.heading}: activation on the frame, times its area")
        for stage in STAGES
    ),
    ("frame/evidence before", "share of the positive evidence on the frame"),
    ("frame/evidence after", "the same once cropped"),
    ("frame/area before", "share of the area that is frame"),
    ("frame/area after", "the same once cropped"),
    ("frame/logit change", "change of the logit by cropping"),
    ("frame/size of change", "size of that change"),
    ("frame/finding changes", "finding changes by cropping"),
    ("frame/correct before", "right before cropping"),
    ("frame/correct after", "right after cropping"),
)
COMPARED: Rows = (
    ("correct", "right"),
    *((f"{stage.name}/foreground/auc", f"{stage.heading}: area under the curve of the foreground") for stage in STAGES),
    ("evidence/abnormality/share", "share of the positive evidence on the abnormality"),
    ("evidence/text legend/share", "share of the positive evidence on the legend"),
    ("evidence/image frame/share", "share of the positive evidence on the frame"),
    ("legend/push", "push of the legend, logits"),
)

_HOW = f"""A pixel counts for one part: text legend, image frame, abnormality (hardware too), anatomy (bone and soft
tissue), or background, in this order. Foreground is anatomy and abnormality. Activation is that of the 16 maps with
the highest mean; divided by the part's area, 1 is chance. The area under the curve says how well a stage's mean map
separates a part from the rest, 0.5 by chance. Fine detail is the share of the mean map's variance in waves shorter
than eight cells; it is compared with the initial convolution's map averaged to the same grid. Evidence is the class
activation map, by area. The push of a legend is the logit less that with the legend painted over (Telea 2004); a
patch of its shape elsewhere, painted over in its place, shows what painting alone does. A model set rests on the text
legend when this push, in abnormal radiographs and towards the finding that the legend goes with, is above
{LEAST_PUSH_LOGITS:g} logits in the mean and its interval excludes 0. Intervals are 95 % percentile intervals over
resampled patients."""


_FOREGROUND_ANSWERS = (
    "The foreground stands out at the initial convolution",
    "The foreground is less active than the rest at the initial convolution",
    "The foreground does not stand out at the initial convolution",
)
_DETAIL_ANSWERS = (
    "Fine detail grows with depth",
    "Fine detail shrinks with depth",
    "Fine detail neither grows nor shrinks with depth",
)


def answers(entry: ModelSetResult) -> tuple[str, ...]:
    """Answers of one model set's figures to the paper's questions, in one sentence each."""
    figures = entry.figures
    found = [
        _answer(figures.get("conv1/foreground/auc"), 0.5, "area under the curve", _FOREGROUND_ANSWERS),
        _detail(figures),
        _verdict(entry),
        _frame(figures),
    ]
    return tuple(sentence for sentence in found if sentence)


def _answer(figure: Estimate | None, chance: float, unit: str, words: tuple[str, str, str]) -> str:
    """Above chance, below it, or neither, by the interval."""
    if figure is None or figure.low is None or figure.high is None:
        return ""
    found = words[0] if figure.low > chance else words[1] if figure.high < chance else words[2]
    return f"{found}: {in_words(figure)} {unit}, {chance:g} by chance."


def _detail(figures: Mapping[str, Estimate]) -> str:
    """Fine detail of the last stage beside that of the initial convolution."""
    last = [stage for stage in STAGES if f"{stage.name}/finer" in figures][-1:]
    if not last:
        return ""
    unit = f"{last[0].heading.lower()} less the initial convolution"
    return _answer(figures.get(f"{last[0].name}/finer"), 0.0, unit, _DETAIL_ANSWERS)


def _verdict(entry: ModelSetResult) -> str:
    verdict, figures = entry.verdict, entry.figures
    if verdict.rests is None or verdict.push is None:
        return "Rests on the text legend: not known, too few abnormal radiographs have one."
    share = figures.get("abnormal/evidence/text legend/share")
    area = figures.get("abnormal/evidence/text legend/area")
    beside = f"; {in_words(share)} of the positive evidence lies on it, which is {in_words(area)} of the area"
    return (
        f"Rests on the text legend: {'yes' if verdict.rests else 'no'}. In abnormal radiographs it moves the logit by "
        f"{in_words(verdict.push)}{beside if share and area else ''}."
    )


def _frame(figures: Mapping[str, Estimate]) -> str:
    if "frame/finding changes" not in figures:
        return ""
    words = {
        name: in_words(figures.get(f"frame/{name}")) for name in ("evidence before", "evidence after", "logit change")
    }
    return (
        f"{words['evidence before']} of the positive evidence lies on the image frame, and {words['evidence after']} "
        f"once it is cropped off; the logit changes by {words['logit change']} and "
        f"{100 * figures['frame/finding changes'].value:.0f} % of the findings change."
    )


def in_words(figure: Estimate | None) -> str:
    """A figure with its interval, ``0.123 (0.100 to 0.150)``."""
    if figure is None:
        return "-"
    interval = "" if figure.low is None or figure.high is None else f" ({figure.low:.3f} to {figure.high:.3f})"
    return f"{figure.value:.3f}{interval}".replace("-", "\N{MINUS SIGN}")


def experiment_text(experiment: Experiment) -> str:
    """The answers and the figures they rest on, to be printed."""
    lines = [_introduction(experiment)]
    for entry in experiment.model_sets:
        lines += ["", f"{entry.name}", *(f"  {sentence}" for sentence in answers(entry))]
    for heading, rows in _SECTIONS:
        table = _rows(experiment.model_sets, rows)
        if table:
            width = max(len(name) for name, _ in table)
            names = "  ".join(f"{entry.name:>24}" for entry in experiment.model_sets)
            lines += ["", f"{heading:<{width}}  {names}"]
            lines += [f"{name:<{width}}  {'  '.join(f'{value:>24}' for value in values)}" for name, values in table]
    return "\n".join([*lines, "", NOTICE])


def experiment_document(experiment: Experiment, pictures: Sequence[tuple[str, str]]) -> str:
    """The experiment as Markdown.

    Parameters
    ----------
    experiment
        With at least one model set.
    pictures
        Title and file name of each picture that lies beside it.
    """
    parts = ["# Where the stages are active", f"**{NOTICE}.**", _introduction(experiment)]
    for entry in experiment.model_sets:
        parts += [f"## {entry.title} (`{entry.name}` {entry.version})", "\n".join(f"- {one}" for one in answers(entry))]
    parts += [f"![{title}]({name})" for title, name in pictures]
    for heading, rows in _SECTIONS:
        table = _rows(experiment.model_sets, rows)
        if table:
            parts += [f"## {heading}", _markdown(["", *(entry.name for entry in experiment.model_sets)], table)]
    for other, figures in experiment.differences.items():
        table = [(name, [in_words(figures[figure])]) for figure, name in COMPARED if figure in figures]
        first = experiment.model_sets[0].name
        parts += [f"## {first} less {other}, on the same radiographs", _markdown(["", "difference"], table)]
    return "\n\n".join([*parts, "## How it was measured", _HOW]) + "\n"


def _introduction(experiment: Experiment) -> str:
    facts = experiment.facts
    return (
        f"{facts['images']} phantom radiographs ({facts['abnormal']} abnormal) of {facts['patients']} patients: "
        f"{facts['split']}, {', '.join(facts['extremities'])}. Means with 95 % intervals over "
        f"{facts['resamples']} resamples of the patients."
    )


def _rows(model_sets: Sequence[ModelSetResult], rows: Rows) -> list[tuple[str, list[str]]]:
    return [
        (name, [in_words(entry.figures.get(figure)) for entry in model_sets])
        for figure, name in rows
        if any(figure in entry.figures for entry in model_sets)
    ]


def _markdown(heading: Sequence[str], rows: Sequence[tuple[str, Sequence[str]]]) -> str:
    lines = [heading, ["---"] * len(heading), *([name, *values] for name, values in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


_SECTIONS = (
    ("Foreground", FOREGROUND),
    ("Fine detail", DETAIL),
    ("Text legend", LEGEND),
    ("Image frame", FRAME),
    ("In all", COMPARED),
)
