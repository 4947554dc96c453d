"""From predictions to a report: every figure at both levels, in all and per extremity type."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from densexplain.classifier.model_sets.manifest import CalibrationRecord, Manifest
from densexplain.classifier.probability import calibrated_probabilities
from densexplain.data_sets.mura import LabelledRadiograph, check_both_findings
from densexplain.evaluation.by_abnormality import abnormality_metrics, class_metrics, known_abnormalities
from densexplain.evaluation.metrics.calibration import fit_temperature
from densexplain.evaluation.metrics.intervals import RESAMPLES, patient_intervals
from densexplain.evaluation.metrics.labelled_predictions import (
    LabelledPredictions,
    labels_of,
    predictions_per_image,
    predictions_per_study,
)
from densexplain.evaluation.metrics.performance_metrics import (
    confusion,
    kappas_of_sample_sets,
    performance_metrics,
    probability_metrics,
)
from densexplain.evaluation.predicted_images import PredictedImages, recorded_predictions
from densexplain.evaluation.records.evaluation_report import (
    ALL,
    METRICS,
    CalibrationMetrics,
    EvaluationReport,
    GroupMetrics,
    LevelMetrics,
    MetricEstimate,
    SampleSets,
)
from densexplain.evaluation.records.recorded_predictions import RecordedPredictions, encode_predictions
from densexplain.vocabulary import Split

_LEAST_DEFINED = 0.95
"""Share of the resamples in which a figure must be defined for its interval to be given: about three patients of
each finding."""


@dataclass(frozen=True, eq=False)
class Evaluation:
    """A report and what belongs to it.

    Parameters
    ----------
    report
        The figures.
    predictions
        What they are made of, without paths and patients.
    calibration
        The temperature fitted on these radiographs; None if it was not fitted on them.
    """

    report: EvaluationReport
    predictions: RecordedPredictions
    calibration: CalibrationRecord | None

    @property
    def temperature(self) -> float | None:
        """Temperature of the calibrated probabilities, whatever it was fitted on; None where there is none."""
        return None if self.report.calibration is None else self.report.calibration.temperature


def evaluate(
    predicted: PredictedImages,
    manifest: Manifest,
    *,
    resamples: int = RESAMPLES,
    seed: int = 0,
    skipped: int = 0,
    refit: bool = False,
    truth: Path | None = None,
) -> Evaluation:
    """Make the whole evaluation of a model set.

    Parameters
    ----------
    predicted
        Radiographs of one split with their predictions.
    manifest
        Manifest of the model set that predicted them.
    resamples, seed
        Number and seed of the bootstrap; see `densexplain.evaluation.metrics.intervals`.
    skipped
        Images that could not be read and are not among `predicted`.
    refit
        On the validation split, fit a temperature even if the manifest has one.
        The training split is never fitted to: the network knows it by heart.
    truth
        Root of a data set that knows the abnormalities of its radiographs, for the figures by abnormality and class.

    Raises
    ------
    DataSetError
        If normal or abnormal radiographs are missing.
    OptionError
        If a logit is not finite.
    """
    items, split = predicted.items, predicted.items[0].split
    check_both_findings(items)
    calibration = None
    if split is Split.VALID and (refit or manifest.calibration is None):
        calibration = _fit(predicted)
    predictions = recorded_predictions(predicted)
    known = known_abnormalities(truth, items)
    names = sorted({item.extremity for item in items})
    images = predictions_per_image(items, predicted.probabilities, manifest.threshold)
    report = EvaluationReport(
        model_set=manifest.name,
        version=manifest.version,
        weights_sha256=manifest.weights_sha256,
        split=str(split),
        threshold=manifest.threshold,
        resamples=resamples,
        seed=seed,
        skipped=skipped,
        predictions_sha256=sha256(encode_predictions(predictions)).hexdigest(),
        groups=tuple(_group(predicted, name, manifest.threshold, resamples, seed) for name in (None, *names)),
        sample_sets=_sample_sets(images, seed),
        calibration=_calibration_figures(predicted, calibration or manifest.calibration, calibration is not None),
        abnormalities=abnormality_metrics(items, known, predicted.logits, manifest.threshold),
        classes=()
        if predicted.log_odds is None
        else class_metrics(items, known, predicted.log_odds, manifest.full_head),
    )
    return Evaluation(report, predictions, calibration)


def _fit(predicted: PredictedImages) -> CalibrationRecord:
    fit = fit_temperature(labels_of(predicted.items), predicted.logits)
    split = str(predicted.items[0].split)
    return CalibrationRecord(fit.temperature, split, len(predicted.items), fit.loss_before, fit.loss_after)


def _calibration_figures(
    predicted: PredictedImages, calibration: CalibrationRecord | None, fitted_here: bool
) -> CalibrationMetrics | None:
    if calibration is None:
        return None
    probabilities = calibrated_probabilities(predicted.logits, calibration.temperature)
    figures = probability_metrics(labels_of(predicted.items), probabilities)
    return CalibrationMetrics(calibration.temperature, fitted_here, **figures)


def _sample_sets(images: LabelledPredictions, seed: int) -> SampleSets | None:
    kappas = kappas_of_sample_sets(images, seed)
    if len(kappas) < 2:
        return None
    return SampleSets(len(kappas), float(kappas.mean()), float(kappas.std(ddof=1)))


def _group(
    predicted: PredictedImages, extremity: str | None, threshold: float, resamples: int, seed: int
) -> GroupMetrics:
    chosen = [row for row, item in enumerate(predicted.items) if extremity in (None, item.extremity)]
    items: tuple[LabelledRadiograph, ...] = tuple(predicted.items[row] for row in chosen)
    images, studies = (
        level(items, predicted.probabilities[chosen], threshold)
        for level in (predictions_per_image, predictions_per_study)
    )
    return GroupMetrics(
        ALL if extremity is None else extremity.lower(),
        len(set(images.patients.tolist())),
        _level(images, resamples, seed),
        _level(studies, resamples, seed),
    )


def _level(predictions: LabelledPredictions, resamples: int, seed: int) -> LevelMetrics:
    points = performance_metrics(predictions)
    several = bool(predictions.patients.max() > 0)
    intervals = patient_intervals(predictions, resamples, seed) if several else {}
    figures = {}
    for name in METRICS:
        interval, value = intervals.get(name), points[name]
        if value is None:
            figures[name] = MetricEstimate(None, None, None, f"not defined: {_missing(predictions)} missing")
        elif interval is None:
            figures[name] = MetricEstimate(value, None, None, "no interval: of one patient only")
        elif interval.defined < _LEAST_DEFINED:
            figures[name] = MetricEstimate(value, None, None, "no interval: too few patients of one finding")
        else:
            figures[name] = MetricEstimate(value, interval.low, interval.high)
    true_positives, false_positives, true_negatives, false_negatives = confusion(predictions)
    return LevelMetrics(
        units=len(predictions.labels),
        abnormal=int(predictions.labels.sum()),
        ties=predictions.ties,
        true_positives=true_positives,
        false_positives=false_positives,
        true_negatives=true_negatives,
        false_negatives=false_negatives,
        figures=figures,
    )


def _missing(predictions: LabelledPredictions) -> str:
    return "normal ones are" if predictions.labels.any() else "abnormal ones are"
