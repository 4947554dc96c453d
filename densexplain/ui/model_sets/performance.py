"""Charts of a model set's performance, each with its figure and how to read it."""

from __future__ import annotations

import plotly.graph_objects as go
import streamlit as st

from densexplain.classifier.model_sets.manifest import Manifest
from densexplain.classifier.probability import calibrated_probabilities
from densexplain.evaluation.metrics.reliability import reliability_diagram
from densexplain.evaluation.metrics.roc import roc_curve
from densexplain.evaluation.records.evaluation_report import MetricEstimate
from densexplain.evaluation.records.learning_curves import learning_curves
from densexplain.evaluation.records.recorded_evaluation import RecordedEvaluation
from densexplain.ui.model_sets import performance_charts as charts
from densexplain.ui.model_sets.evaluations import EvaluationStatus
from densexplain.ui.theme import chart_colours


def draw(manifest: Manifest, evaluation: EvaluationStatus) -> None:
    """Draw the four charts; those that an evaluation is needed for only where there is one."""
    with st.container(key="performance"):
        if evaluation.recorded is not None:
            left, right = st.columns(2, gap="medium")
            with left:
                _draw_roc(evaluation.recorded)
            with right:
                _draw_reliability(manifest, evaluation.recorded)
        left, right = st.columns(2, gap="medium")
        if evaluation.recorded is not None:
            with left:
                _draw_confusion(evaluation.recorded)
        with right if evaluation.recorded is not None else left:
            _draw_learning(manifest)


def _draw_roc(recorded: RecordedEvaluation) -> None:
    level, predictions = recorded.report.overall.images, recorded.predictions
    curve = roc_curve(predictions.labels, predictions.logits)
    if curve is None:
        _head("ROC", "needs normal and abnormal radiographs")
        return
    _head("ROC per image", f"AUC {_in_words(level.figures['auc'])}")
    figure = charts.roc(curve, level, recorded.report.threshold, chart_colours())
    _chart("roc", figure, "Closer to the upper left corner is better; the diagonal is guessing.")


def _draw_reliability(manifest: Manifest, recorded: RecordedEvaluation) -> None:
    predictions, calibration = recorded.predictions, manifest.calibration
    raw = reliability_diagram(predictions.labels, predictions.probabilities)
    calibrated = None
    if calibration is not None:
        probabilities = calibrated_probabilities(predictions.logits, calibration.temperature)
        calibrated = reliability_diagram(predictions.labels, probabilities)
    _head("Reliability", f"calibration error {_in_words(recorded.report.overall.images.figures['calibration_error'])}")
    figure = charts.reliability(raw, calibrated, chart_colours())
    _chart("reliability", figure, "On the diagonal, a probability of 0.8 means that eight in ten were abnormal.")


def _draw_confusion(recorded: RecordedEvaluation) -> None:
    overall = recorded.report.overall
    ties = f", {overall.studies.ties} ties by mean probability" if overall.studies.ties else ""
    _head("Label and prediction", f"threshold {recorded.report.threshold:g}{ties}")
    figure = charts.confusion([("Images", overall.images), ("Studies", overall.studies)], chart_colours())
    _chart("confusion", figure, "Shares are of each label: upper right the sensitivity, lower left the specificity.")


def _draw_learning(manifest: Manifest) -> None:
    curves = learning_curves(manifest.training)
    if curves is None:
        _head("Learning curves", "the history of its training was not recorded")
        return
    partial = curves.partial_epochs
    aside = f", the first {partial} on part of the input" if partial else ""
    _head("Learning curves", f"{len(curves.epochs)} epochs{aside}")
    figure = charts.learning(curves, chart_colours())
    _chart("learning", figure, "Training much better than validation is a sign of overfitting.")


def _head(title: str, figure: str) -> None:
    st.markdown(f"**{title}** :gray[{figure}]")


def _chart(name: str, figure: go.Figure, how_to_read: str) -> None:
    st.plotly_chart(
        figure, key=f"chart_{name}", height="stretch", theme=None, config=charts.CHART_CONFIG, alt=how_to_read
    )
    st.caption(how_to_read)


def _in_words(figure: MetricEstimate) -> str:
    if figure.value is None:
        return "not defined"
    if figure.low is None or figure.high is None:
        return f"{figure.value:.3f}"
    return f"{figure.value:.3f} ({figure.low:.2f} to {figure.high:.2f})"
