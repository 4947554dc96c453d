"""An evaluation in words and tables, for the report and for the model card."""

from __future__ import annotations

from collections.abc import Sequence

from densexplain.evaluation.published_results import (
    BEST_ENSEMBLE_KAPPA,
    LEADERBOARD_KAPPAS,
    PAPER_LEADERBOARD_KAPPA,
    PAPER_TABLE_1,
    comparability,
)
from densexplain.evaluation.records.evaluation_report import (
    EvaluationReport,
    GroupMetrics,
    LevelMetrics,
    MetricEstimate,
)
from densexplain.provenance import NOTICE
from densexplain.vocabulary import Split

_NAMES = {
    "accuracy": "accuracy",
    "kappa": "Cohen's kappa",
    "sensitivity": "sensitivity",
    "specificity": "specificity",
    "auc": "area under the ROC curve",
    "brier": "Brier score",
    "calibration_error": "expected calibration error, 15 bins",
    "loss": "binary cross-entropy, nats",
}
_IN_SHORT = ("accuracy", "kappa", "sensitivity", "specificity", "auc", "brier", "calibration_error")


def report_document(report: EvaluationReport, skipped: Sequence[str] = ()) -> str:
    """A whole Markdown document.

    Parameters
    ----------
    report
        The figures.
    skipped
        Images that could not be read.
    """
    parts = [
        f"# Evaluation of the model set {report.model_set}",
        f"**{NOTICE}.**",
        f"Version {report.version}, weights {report.weights_sha256}.",
        measured_text(report),
    ]
    if skipped:
        parts += ["### Left out because it could not be read", "\n".join(f"- `{image}`" for image in skipped)]
    return "\n\n".join(parts) + "\n"


def measured_text(report: EvaluationReport) -> str:
    """The tables and what they mean: the same in the report and in the model card."""
    parts = [_introduction(report), _main_table(report)]
    if len(report.extremities) > 1:
        parts += ["### Per extremity type, per image", _extremity_table(report, "images")]
        parts += ["### Per extremity type, per study", _extremity_table(report, "studies")]
    if report.abnormalities:
        parts += ["### What is found", _abnormalities(report)]
    if report.classes:
        parts += ["### By class", _classes(report)]
    parts += ["### Probabilities", _calibration(report)]
    parts += ["### Beside published results", _published(report)]
    return "\n\n".join(parts)


def _introduction(report: EvaluationReport) -> str:
    overall = report.overall
    images, studies = overall.images, overall.studies
    data = f"{report.split}, {', '.join(report.extremities)}"
    vote = "A study is what most of its radiographs are predicted to be; ties that the mean probability decided: "
    vote += f"{studies.ties}."
    if images.units == studies.units:
        vote = "Every study holds one radiograph, so the figures per study are those per image."
    sentences = [
        f"Measured on {images.units} radiographs ({images.abnormal} abnormal) in {studies.units} studies "
        f"({studies.abnormal} abnormal) of {overall.patients} patients: {data}.",
        f"{report.skipped} more could not be read and are left out." if report.skipped else "",
        vote,
        f"Intervals are 95 % percentile intervals over {report.resamples} resamples of the patients; that of the "
        "calibration error lies high, because every resample adds to it by chance.",
    ]
    if report.split == Split.VALID:
        sentences.append(
            "Where an epoch or a temperature was chosen on these radiographs, as `train` does on valid, a little less "
            "is to be expected on new ones."
        )
    return " ".join(sentence for sentence in sentences if sentence)


def _main_table(report: EvaluationReport) -> str:
    images, studies = report.overall.images.figures, report.overall.studies.figures
    rows = [
        (_NAMES[name], _value(images[name]), _range(images[name]), _value(studies[name]), _range(studies[name]))
        for name in _NAMES
    ]
    heading = (f"threshold {report.threshold:g}", "per image", "95 % interval", "per study", "95 % interval")
    missing = _reasons((report.overall,))
    return "\n\n".join(part for part in (_table(heading, rows), missing) if part)


def _extremity_table(report: EvaluationReport, level: str) -> str:
    rows = []
    for group in report.groups:
        figures = _level(group, level)
        counts = f"{figures.units} ({figures.abnormal})"
        rows.append((group.extremity, counts, *(_with_range(figures.figures[name]) for name in _IN_SHORT)))
    short = ("accuracy", "kappa", "sensitivity", "specificity", "AUC", "Brier score", "calibration error")
    table = _table(("extremity type", f"{level} (abnormal)", *short), rows)
    return "\n\n".join(part for part in (table, _reasons(report.groups[1:])) if part)


def _abnormalities(report: EvaluationReport) -> str:
    """Sensitivity of every kind, in all and by severity."""
    ranges = sorted({(one.above, one.up_to) for kind in report.abnormalities for one in kind.severities})
    rows = []
    for kind in report.abnormalities:
        by_range = {(one.above, one.up_to): f"{one.found} of {one.radiographs}" for one in kind.severities}
        rows.append(
            (
                kind.kind,
                f"{kind.found} of {kind.radiographs}",
                f"{kind.found / kind.radiographs:.3f} ({kind.low:.3f} to {kind.high:.3f})",
                f"{kind.auc:.3f}",
                *(by_range.get(one, "-") for one in ranges),
            )
        )
    heading = ("abnormality", "found", "sensitivity", "AUC against normal", *(_severity_words(*one) for one in ranges))
    return (
        "Sensitivity per image at the threshold, by what was simulated and how plainly it shows (severity 0: hardly "
        "visible, 1: plain). Intervals are 95 % Wilson intervals.\n\n" + _table(heading, rows)
    )


def _severity_words(above: float, up_to: float) -> str:
    return "severity 1" if up_to == 1.0 else f"{above:g} to {up_to:.2f}"


def _classes(report: EvaluationReport) -> str:
    rows = [
        (
            one.name,
            f"{one.present} of {one.radiographs}",
            f"{one.threshold:.3f}",
            f"{one.auc:.3f}",
            f"{one.sensitivity:.3f}",
            f"{one.specificity:.3f}",
        )
        for one in report.classes
    ]
    heading = ("class", "present", "threshold", "AUC", "sensitivity", "specificity")
    return (
        "Each on the radiographs of which it is known whether it is present. A threshold that was chosen on these "
        "radiographs flatters sensitivity and specificity.\n\n" + _table(heading, rows)
    )


def _reasons(groups: tuple[GroupMetrics, ...]) -> str:
    """Which figures or intervals are missing, and why."""
    found: dict[str, list[str]] = {}
    for group in groups:
        for level in ("images", "studies"):
            for name, figure in _level(group, level).figures.items():
                if figure.reason:
                    found.setdefault(f"{group.extremity}, per {level}: {{}} {figure.reason}", []).append(_NAMES[name])
    return "\n".join(f"- {sentence.format(', '.join(names))}." for sentence, names in found.items())


def _calibration(report: EvaluationReport) -> str:
    calibration, raw = report.calibration, report.overall.images.figures
    if calibration is None:
        return "No temperature has been fitted to this model set, so its probabilities stand as they are."
    where = "fitted on these very radiographs, which flatters it" if calibration.fitted_here else "fitted before"
    rows = [
        (_NAMES[name], _value(raw[name]), f"{getattr(calibration, name):.3f}")
        for name in ("brier", "calibration_error", "loss")
    ]
    return (
        f"Temperature {calibration.temperature:.3f}, {where}. The finding rests on the raw probability; at the "
        "threshold 0.5 a temperature could not change it, at another one it could.\n\n"
        + _table(("per image", "raw", "calibrated"), rows)
    )


def _published(report: EvaluationReport) -> str:
    images, studies = report.overall.images.figures, report.overall.studies.figures
    own = f"**this model set, on this data ({report.split}, {', '.join(report.extremities)})**"
    table_1 = [(own, _with_range(images["accuracy"]), _with_range(images["kappa"]))]
    table_1 += [(f"paper: {row.model_set}", f"{row.accuracy:.3f}", f"{row.kappa:.3f}") for row in PAPER_TABLE_1]
    kappas, ensemble = LEADERBOARD_KAPPAS, BEST_ENSEMBLE_KAPPA
    place = f"this paper's, {kappas.index(PAPER_LEADERBOARD_KAPPA) + 1}th of {len(kappas)}"
    leaderboard = [(own, _with_range(studies["kappa"])), ("best ensemble", f"{ensemble:.3f}")]
    leaderboard += [
        (f"single DenseNet: {which}", f"{kappa:.3f}")
        for which, kappa in (
            ("best", kappas[0]),
            (place, PAPER_LEADERBOARD_KAPPA),
            ("median", kappas[len(kappas) // 2]),
            ("lowest", kappas[-1]),
        )
    ]
    parts = [
        comparability(report.extremities),
        "Table 1 of the paper, each model set on its own extremity type in MURA:",
        _table(("per image", "accuracy", "kappa"), table_1),
        f"MURA's leaderboard, whose single DenseNets reach {', '.join(f'{kappa:.3f}' for kappa in kappas)}:",
        _table(("per study", "kappa"), leaderboard),
        _sample_sets(report),
    ]
    return "\n\n".join(part for part in parts if part)


def _sample_sets(report: EvaluationReport) -> str:
    if report.sample_sets is None:
        return ""
    return (
        "The paper compares itself with the leaderboard by the average kappa of 100 randomly drawn sample sets. Here, "
        f"over {report.sample_sets.sets} sets drawn from the radiographs with replacement, each as large as all of "
        f"them: {report.sample_sets.mean:.3f}, standard deviation {report.sample_sets.deviation:.3f}."
    )


def _level(group: GroupMetrics, level: str) -> LevelMetrics:
    return group.images if level == "images" else group.studies


def _value(figure: MetricEstimate) -> str:
    return "-" if figure.value is None else f"{figure.value:.3f}"


def _range(figure: MetricEstimate) -> str:
    return "-" if figure.low is None or figure.high is None else f"{figure.low:.3f} to {figure.high:.3f}"


def _with_range(figure: MetricEstimate) -> str:
    return _value(figure) if figure.low is None else f"{_value(figure)} ({_range(figure)})"


def _table(heading: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [heading, ["---"] * len(heading), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
