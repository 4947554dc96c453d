"""The figures of an evaluation as plain values.

`densexplain.evaluation.records.evaluation_json` is their JSON.

One level (images or studies) of one group (all radiographs, or one extremity
type) has the figures of `METRICS`, each with a 95 % interval.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from densexplain import schema
from densexplain.evaluation.records.abnormality_metrics import AbnormalityMetrics, OutputClassMetrics

ALL = "all"
"""Name of the group of all radiographs."""

METRICS = ("accuracy", "kappa", "sensitivity", "specificity", "auc", "brier", "calibration_error", "loss")
"""Accuracy, sensitivity, specificity and AUC in [0, 1]; Cohen's kappa in [-1, 1]; Brier score and expected
calibration error in [0, 1], 0 being best; loss is the mean binary cross-entropy in nats."""


@dataclass(frozen=True)
class MetricEstimate:
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
class LevelMetrics:
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
        Name, one of `METRICS`, to figure.
    """

    units: int
    abnormal: int
    ties: int
    true_positives: int
    false_positives: int
    true_negatives: int
    false_negatives: int
    figures: Mapping[str, MetricEstimate]


@dataclass(frozen=True)
class GroupMetrics:
    """Figures of one extremity type (lower case), or of `ALL`, at both levels."""

    extremity: str
    patients: int
    images: LevelMetrics
    studies: LevelMetrics


@dataclass(frozen=True)
class SampleSets:
    """Kappa per image over randomly drawn sample sets, as in the paper: mean and standard deviation."""

    sets: int
    mean: float
    deviation: float


@dataclass(frozen=True)
class CalibrationMetrics:
    """The effect of temperature scaling on the probabilities, per image.

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
        Number and seed of the bootstrap by patient that gives the intervals.
    skipped
        Images that could not be read and are in none of the figures.
    predictions_sha256
        SHA-256 of ``predictions.csv``, which holds the predictions that the figures are made of.
    groups
        `ALL` first, then each extremity type by name.
    sample_sets
        None where kappa is not defined.
    calibration
        None where there is no temperature.
    abnormalities
        By kind of abnormality, all kinds first; empty where the data set knows none.
    classes
        Of a head with several classes; empty for one.
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
    groups: tuple[GroupMetrics, ...]
    sample_sets: SampleSets | None
    calibration: CalibrationMetrics | None
    abnormalities: tuple[AbnormalityMetrics, ...] = field(default=(), metadata=schema.MAY_BE_MISSING)
    classes: tuple[OutputClassMetrics, ...] = field(default=(), metadata=schema.MAY_BE_MISSING)

    @property
    def overall(self) -> GroupMetrics:
        """The group of all radiographs."""
        return self.groups[0]

    @property
    def extremities(self) -> tuple[str, ...]:
        """Extremity types, lower case, by name."""
        return tuple(group.extremity for group in self.groups[1:])
