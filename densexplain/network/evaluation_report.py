"""The figures of an evaluation as plain values, and the JSON that they are kept as.

One level (images or studies) of one group (all radiographs, or one extremity
type) has the figures of `FIGURES`, each with a 95 % interval.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from densexplain.errors import RecordedEvaluationError
from densexplain.network import json_fields

FORMAT_VERSION = 1
"""Version of the layout; a newer one is refused."""

ALL = "all"
"""Name of the group of all radiographs."""

FIGURES = ("accuracy", "kappa", "sensitivity", "specificity", "auc", "brier", "calibration_error", "loss")
"""Accuracy, sensitivity, specificity and AUC in [0, 1]; Cohen's kappa in [-1, 1]; Brier score and expected
calibration error in [0, 1], 0 being best; loss is the mean binary cross-entropy in nats."""


@dataclass(frozen=True)
class Figure:
    """One figure of merit.

    Parameters
    ----------
    value
        None where it is not defined, for example the sensitivity of normal radiographs alone.
    low, high
        95 % interval; None where there is none.
    reason
        Why `value` or the interval is missing; empty where neither is.
    """

    value: float | None
    low: float | None
    high: float | None
    reason: str = ""


@dataclass(frozen=True)
class LevelFigures:
    """Figures per image or per study.

    Parameters
    ----------
    units, abnormal
        Images or studies in all, and how many of them are abnormal.
    ties
        Studies whose images vote half for each finding, so that their mean
        probability decides; 0 per image.
    true_positives, false_positives, true_negatives, false_negatives
        At the threshold; positive is abnormal.
    figures
        Name, one of `FIGURES`, to figure.
    """

    units: int
    abnormal: int
    ties: int
    true_positives: int
    false_positives: int
    true_negatives: int
    false_negatives: int
    figures: Mapping[str, Figure]


@dataclass(frozen=True)
class GroupFigures:
    """Figures of one extremity type (lower case), or of `ALL`, at both levels."""

    extremity: str
    patients: int
    images: LevelFigures
    studies: LevelFigures


@dataclass(frozen=True)
class SampleSets:
    """Kappa per image over randomly drawn sample sets, as in the paper: mean and standard deviation."""

    sets: int
    mean: float
    deviation: float


@dataclass(frozen=True)
class CalibrationFigures:
    """What temperature scaling makes of the probabilities, per image.

    Parameters
    ----------
    temperature
        What a logit is divided by before the sigmoid.
    fitted_here
        Whether it was fitted on these very radiographs, which flatters it.
    brier, calibration_error, loss
        With the calibrated probabilities; those of the raw ones are in the group `ALL`.
    """

    temperature: float
    fitted_here: bool
    brier: float
    calibration_error: float
    loss: float


@dataclass(frozen=True)
class EvaluationReport:
    """A whole evaluation of one model set on one split.

    Parameters
    ----------
    model_set, version, weights_sha256
        Which model set, and which weights of it.
    split, threshold
        What was predicted, and above which probability a finding is abnormal.
    resamples, seed
        Of the bootstrap by patient that gives the intervals.
    skipped
        Images that could not be read and are in none of the figures.
    predictions_sha256
        Of ``predictions.csv``, which holds the predictions that the figures are made of.
    groups
        `ALL` first, then each extremity type by name.
    sample_sets
        None where kappa is not defined.
    calibration
        None where there is no temperature.
    """

    model_set: str
    version: str
    weights_sha256: str
    split: str
    threshold: float
    resamples: int
    seed: int
    skipped: int
    predictions_sha256: str
    groups: tuple[GroupFigures, ...]
    sample_sets: SampleSets | None
    calibration: CalibrationFigures | None

    @property
    def overall(self) -> GroupFigures:
        """The group of all radiographs."""
        return self.groups[0]

    @property
    def extremities(self) -> tuple[str, ...]:
        """Extremity types, lower case, by name."""
        return tuple(group.extremity for group in self.groups[1:])


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
