"""The JSON that the figures of an evaluation are kept as.

`densexplain.evaluation.records.recorded_evaluation` draws it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from densexplain.classifier.model_sets import json_fields
from densexplain.errors import RecordedEvaluationError
from densexplain.evaluation.records.evaluation_report import (
    ALL,
    FIGURES,
    CalibrationFigures,
    EvaluationReport,
    Figure,
    GroupFigures,
    LevelFigures,
    SampleSets,
)

FORMAT_VERSION = 1
"""Version of the layout; a newer one is refused."""


def report_to_json(report: EvaluationReport) -> dict[str, Any]:
    """The entries of ``evaluation.json``; `report_from_json` gives the same report back."""
    notice = "Research use only, not for diagnosis"
    return {"format_version": FORMAT_VERSION, "notice": notice, **json_fields.to_json(report)}


def report_from_json(entries: object) -> EvaluationReport:
    """Check the entries of ``evaluation.json`` and make a report of them; none is ignored.

    Raises
    ------
    ManifestError
        If an entry is missing, not known, or of a wrong type.
    RecordedEvaluationError
        If a newer version of this software wrote it, or it holds no group.
    """
    version = json_fields.integer(json_fields.mapping(entries, "evaluation").get("format_version"), "format_version")
    if version != FORMAT_VERSION:
        raise RecordedEvaluationError(
            f"expected an evaluation of version {FORMAT_VERSION}; received version {version}, "
            "which needs another densexplain"
        )
    table = json_fields.table(entries, "evaluation", {"format_version", "notice", *_READERS})
    report = EvaluationReport(**{key: read(table[key], key) for key, read in _READERS.items()})
    if not report.groups or report.groups[0].extremity != ALL:
        raise RecordedEvaluationError(f"expected the figures of {ALL} radiographs to come first; they do not")
    return report


def _group(value: object, key: str) -> GroupFigures:
    entries = json_fields.table(value, key, {"extremity", "patients", "images", "studies"})
    return GroupFigures(
        json_fields.text(entries["extremity"], "extremity"),
        json_fields.integer(entries["patients"], "patients"),
        _level(entries["images"], "images"),
        _level(entries["studies"], "studies"),
    )


_COUNTS = ("units", "abnormal", "ties", "true_positives", "false_positives", "true_negatives", "false_negatives")


def _level(value: object, key: str) -> LevelFigures:
    entries = json_fields.table(value, key, {*_COUNTS, "figures"})
    figures = json_fields.table(entries["figures"], "figures", set(FIGURES))
    return LevelFigures(
        **{name: json_fields.integer(entries[name], name) for name in _COUNTS},
        figures={name: _figure(figures[name], name) for name in FIGURES},
    )


def _figure(value: object, key: str) -> Figure:
    entries = json_fields.table(value, key, {"value", "low", "high", "reason"})
    value, low, high = (
        None if entries[name] is None else json_fields.number(entries[name], key) for name in ("value", "low", "high")
    )
    return Figure(value, low, high, json_fields.text(entries["reason"], "reason"))


def _sample_sets(value: object, key: str) -> SampleSets | None:
    if value is None:
        return None
    entries = json_fields.table(value, key, {"sets", "mean", "deviation"})
    return SampleSets(
        json_fields.integer(entries["sets"], "sets"),
        json_fields.number(entries["mean"], "mean"),
        json_fields.number(entries["deviation"], "deviation"),
    )


def _calibration(value: object, key: str) -> CalibrationFigures | None:
    if value is None:
        return None
    numbers = ("temperature", "brier", "calibration_error", "loss")
    entries = json_fields.table(value, key, {*numbers, "fitted_here"})
    if not isinstance(entries["fitted_here"], bool):
        raise RecordedEvaluationError(f"expected `fitted_here` to be true or false; received {entries['fitted_here']}")
    return CalibrationFigures(
        fitted_here=entries["fitted_here"], **{name: json_fields.number(entries[name], name) for name in numbers}
    )


def _groups(value: object, key: str) -> tuple[GroupFigures, ...]:
    return tuple(_group(group, key) for group in json_fields.array(value, key))


_READERS: Mapping[str, Any] = {
    "model_set": json_fields.text,
    "version": json_fields.text,
    "weights_sha256": json_fields.text,
    "split": json_fields.text,
    "threshold": json_fields.number,
    "resamples": json_fields.integer,
    "seed": json_fields.integer,
    "skipped": json_fields.integer,
    "predictions_sha256": json_fields.text,
    "groups": _groups,
    "sample_sets": _sample_sets,
    "calibration": _calibration,
}
