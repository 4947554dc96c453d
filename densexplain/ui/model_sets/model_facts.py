"""The model-facts label: purpose and performance of a model set, read in a minute.

Modelled on the label of Sendak et al., Presenting machine learning model
information to clinical end users with model facts labels, npj Digital Medicine
3, 41 (2020): purpose and what it is not for first, then figures, then the rest.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

import streamlit as st

from densexplain.classifier.model_sets.manifest import Manifest
from densexplain.evaluation.published_results import PAPER_LEADERBOARD_KAPPA, PAPER_TABLE_1, comparability
from densexplain.evaluation.records.evaluation_report import EvaluationReport, GroupMetrics, MetricEstimate
from densexplain.provenance import NOTICE
from densexplain.ui.model_sets.evaluations import EvaluationStatus, how_to_record

_FIGURES = {
    "accuracy": "Accuracy",
    "kappa": "Cohen's kappa",
    "sensitivity": "Sensitivity",
    "specificity": "Specificity",
    "auc": "AUC",
    "brier": "Brier score (0 is best)",
    "calibration_error": "Calibration error (0 is best)",
}
_OF_TRAINING = ("accuracy", "kappa", "sensitivity", "specificity", "auc")


def draw(manifest: Manifest, evaluation: EvaluationStatus) -> None:
    """Draw the label."""
    st.html(facts_html(manifest, evaluation))


def facts_html(manifest: Manifest, evaluation: EvaluationStatus) -> str:
    """The label as HTML; every text of the manifest is escaped, for anybody may have written it."""
    parts = (
        f"<header><h2>{escape(manifest.title)}</h2><p>Model facts, version {escape(manifest.version)}</p></header>",
        _rows([("For", escape(manifest.purpose)), ("Not for", f"<strong>{escape(manifest.not_for)}</strong>")]),
        _rows(_training(manifest.training)),
        _measured(manifest, evaluation),
        _rows([("Calibration", _calibration(manifest, evaluation)), ("Familiarity", _familiarity(manifest))]),
        _rows(_identity(manifest)),
        f"<footer>{NOTICE}</footer>",
    )
    return f'<article class="facts">{"".join(parts)}</article>'


def _rows(pairs: Iterable[tuple[str, str]]) -> str:
    return "<dl>" + "".join(f"<dt>{name}</dt><dd>{value}</dd>" for name, value in pairs) + "</dl>"


def _training(training: Mapping[str, Any]) -> list[tuple[str, str]]:
    train, valid = training.get("train"), training.get("valid")
    if not isinstance(train, int) or not isinstance(valid, int):
        said = training.get("source") or training.get("attribution") or "Not stated."
        return [("Trained on", escape(str(said)))]
    extremities = ", ".join(str(name) for name in training.get("extremities", ()))
    counts = f"{train:,} radiographs ({escape(extremities)}); epoch chosen on {valid:,} others"
    whose = escape(str(training.get("attribution") or "The source of these radiographs was not stated."))
    return [("Trained on", f"{counts}<details><summary>Whose radiographs</summary>{whose}</details>")]


def _measured(manifest: Manifest, evaluation: EvaluationStatus) -> str:
    if evaluation.recorded is None:
        reason = evaluation.problem or "No evaluation has been recorded, so there are no figures with intervals."
        how = f"To make one: <code>{escape(how_to_record(manifest.name))}</code>"
        figures = _of_training(manifest) if evaluation.problem is None else ""
        return f"<section><p><strong>Figures</strong> {escape(reason)}</p><p>{how}</p>{figures}</section>"
    report = evaluation.recorded.report
    overall = report.overall
    table = _figure_table(overall)
    heading = (
        f"<strong>Measured</strong> on {overall.images.units:,} radiographs of <em>{escape(report.split)}</em> "
        f"({overall.images.abnormal:,} abnormal); {overall.studies.units:,} studies of {overall.patients:,} patients"
    )
    parts = (table, _by_extremity(report), _beside_the_paper(report), _remarks(report))
    return f"<section><p>{heading}</p>{''.join(parts)}</section>"


def _figure_table(group: GroupMetrics) -> str:
    lines = "".join(
        f'<tr><th scope="row">{title}</th><td>{_with_interval(group.images.figures[name])}</td>'
        f"<td>{_with_interval(group.studies.figures[name])}</td></tr>"
        for name, title in _FIGURES.items()
    )
    head = "<tr><th>95 % interval in brackets</th><th>per image</th><th>per study</th></tr>"
    return f"<table><thead>{head}</thead><tbody>{lines}</tbody></table>"


def _with_interval(figure: MetricEstimate) -> str:
    if figure.value is None:
        return f'<span title="{escape(figure.reason)}">not defined</span>'
    interval = ""
    if figure.low is not None and figure.high is not None:
        interval = f" <small>({figure.low:.2f} to {figure.high:.2f})</small>"
    return f"<b>{figure.value:.3f}</b>{interval}".replace("-", "\N{MINUS SIGN}")


def _beside_the_paper(report: EvaluationReport) -> str:
    lines = "".join(
        f'<tr><th scope="row">{escape(result.model_set)}</th>'
        f"<td>{result.accuracy:.3f}</td><td>{result.kappa:.3f}</td></tr>"
        for result in PAPER_TABLE_1
    )
    head = "<tr><th>The paper's, on MURA, per image</th><th>accuracy</th><th>kappa</th></tr>"
    warning = escape(comparability(report.extremities))
    return f"<table><thead>{head}</thead><tbody>{lines}</tbody></table><p><small>{warning}</small></p>"


def _remarks(report: EvaluationReport) -> str:
    remarks = []
    if report.sample_sets is not None:
        sets = report.sample_sets
        remarks.append(
            f"Mean kappa of {sets.sets} random sample sets {sets.mean:.3f}; the paper's {PAPER_LEADERBOARD_KAPPA:.3f}."
        )
    if report.skipped:
        remarks.append(f"{report.skipped:,} images could not be read and are in none of the figures.")
    return f"<p><small>{' '.join(remarks)}</small></p>" if remarks else ""


def _by_extremity(report: EvaluationReport) -> str:
    if len(report.groups) < 3:
        return ""
    tables = "".join(
        f"<p>{escape(group.extremity.capitalize())}: {group.images.units:,} radiographs</p>{_figure_table(group)}"
        for group in report.groups[1:]
    )
    return f"<details><summary>By extremity type</summary>{tables}</details>"


def _of_training(manifest: Manifest) -> str:
    figures = manifest.evaluation.get("valid")
    if not isinstance(figures, Mapping) or figures.get("threshold") != manifest.threshold:
        return ""
    said = [f"{_FIGURES[name]} {figures[name]:.3f}" for name in _OF_TRAINING if isinstance(figures.get(name), float)]
    return f"<p>At the end of training, without intervals: {', '.join(said)}.</p>" if said else ""


def _calibration(manifest: Manifest, evaluation: EvaluationStatus) -> str:
    record = manifest.calibration
    if record is None:
        return "Not calibrated: probabilities rank radiographs, but are not frequencies."
    figures = None if evaluation.recorded is None else evaluation.recorded.report.calibration
    error = "" if figures is None else f"; calibration error with it {figures.calibration_error:.3f}"
    return (
        f"Temperature {record.temperature:.2f}, fitted on {record.images:,} of <em>{escape(record.split)}</em>{error}"
    )


def _familiarity(manifest: Manifest) -> str:
    record = manifest.familiarity
    if record is None:
        return "Does not recognise radiographs unlike those it was trained on."
    return (
        f"Knows {record.images:,} training radiographs; warns above distance {record.warn_above:.1f}, "
        f"withholds the label above {record.withhold_above:.1f}"
    )


def _identity(manifest: Manifest) -> list[tuple[str, str]]:
    specification = manifest.specification
    size = f"{specification.size_px} \N{MULTIPLICATION SIGN} {specification.size_px} px"
    return [
        ("Input", f"{size}, {specification.resize.value}; {escape(manifest.architecture_name)}"),
        ("Threshold", f"abnormal above {manifest.threshold:g}"),
        ("Weights", f'<code title="{manifest.weights_sha256}">{manifest.weights_sha256[:16]}</code> (sha256)'),
    ]
