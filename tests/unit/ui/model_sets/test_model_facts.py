"""The model-facts label, whatever a manifest says and whatever it leaves out."""

from dataclasses import replace
from typing import Any

import pytest

from densexplain.classifier.model_sets.manifest import Manifest, read_manifest
from densexplain.classifier.model_sets.manifest_parts import CalibrationRecord, FamiliarityRecord
from densexplain.evaluation.records.evaluation_report import MetricEstimate
from densexplain.evaluation.records.recorded_evaluation import RecordedEvaluation
from densexplain.settings import PROJECT_FOLDER
from densexplain.ui.model_sets.evaluations import EvaluationStatus
from densexplain.ui.model_sets.model_facts import facts_html
from tests.recorded import report_and_predictions

NOTHING_KEPT = EvaluationStatus(None)


@pytest.fixture
def manifest() -> Manifest:
    return replace(read_manifest(PROJECT_FOLDER / "models" / "knee"), calibration=None, familiarity=None)


def kept(*extremities: str) -> EvaluationStatus:
    rows = [
        (f"{number:064x}", extremity, number % 2 == 0, number - 2.5) for number, extremity in enumerate(extremities * 3)
    ]
    return EvaluationStatus(RecordedEvaluation(*report_and_predictions("knee", "0" * 64, 0.5, rows), stale=False))


def test_purpose_limits_figures_and_identity_stand_on_it(manifest: Manifest) -> None:
    said = facts_html(manifest, kept("knee"))
    for expected in (
        manifest.not_for,
        "4,732 radiographs (knee)",
        "CC BY 4.0",
        "<b>0.750</b> <small>(0.50 to 0.90)</small>",
        "Mean kappa of 100 random sample sets 0.610",
        "2 images could not be read",
        manifest.weights_sha256[:16],
        "224 \N{MULTIPLICATION SIGN} 224 px",
        "abnormal above 0.5",
        "Not calibrated",
        "Does not recognise radiographs unlike",
        "Research use only, not for diagnosis",
    ):
        assert expected in said


def test_the_papers_figures_stand_beside_with_the_warning_that_goes_with_them(manifest: Manifest) -> None:
    said = facts_html(manifest, kept("knee"))
    assert "wrist only, randomly initialised</th><td>0.778</td><td>0.539" in said
    assert "Only MURA" in said


def test_several_extremity_types_are_told_apart(manifest: Manifest) -> None:
    assert "By extremity type" not in facts_html(manifest, kept("knee"))
    said = facts_html(manifest, kept("wrist", "elbow"))
    assert "Elbow: 3 radiographs" in said
    assert "Wrist: 3 radiographs" in said


def test_without_a_record_it_says_how_to_make_one(manifest: Manifest) -> None:
    said = facts_html(manifest, NOTHING_KEPT)
    assert "python -m densexplain evaluate --data DIR --model-set knee --record" in said
    assert "At the end of training, without intervals: Accuracy" in said
    assert "The paper" not in said


def test_figures_of_another_threshold_or_other_weights_are_not_shown(manifest: Manifest) -> None:
    assert "At the end of training" not in facts_html(replace(manifest, threshold=0.3), NOTHING_KEPT)
    said = facts_html(manifest, EvaluationStatus(None, "It is of other weights."))
    assert "It is of other weights." in said
    assert "Accuracy" not in said


def test_calibration_and_familiarity_take_a_line_each(manifest: Manifest) -> None:
    fitted = replace(
        manifest,
        calibration=CalibrationRecord(1.5, "valid", 673, 0.41, 0.39),
        familiarity=FamiliarityRecord("a" * 64, 100, 4000, {"0.5": 10.0}, 20.0, 40.0),
    )
    said = facts_html(fitted, kept("knee"))
    assert "Temperature 1.50, fitted on 673 of <em>valid</em>; calibration error with it 0.030" in said
    assert "warns above distance 20.0, withholds the label above 40.0" in said


def test_a_figure_that_is_not_defined_says_why(manifest: Manifest) -> None:
    evaluation = kept("knee")
    assert evaluation.recorded is not None
    overall = evaluation.recorded.report.overall
    figures = {
        **overall.images.figures,
        "auc": MetricEstimate(None, None, None, "one finding is missing"),
        "kappa": MetricEstimate(-0.5, None, None, "too few"),
    }
    changed = replace(overall, images=replace(overall.images, figures=figures))
    report = replace(evaluation.recorded.report, groups=(changed,), sample_sets=None, calibration=None, skipped=0)
    said = facts_html(manifest, EvaluationStatus(replace(evaluation.recorded, report=report)))
    assert '<span title="one finding is missing">not defined</span>' in said
    assert "<b>\N{MINUS SIGN}0.500</b>" in said


@pytest.mark.parametrize(
    ("training", "said"),
    [
        ({}, "Not stated."),
        ({"source": "a file from elsewhere"}, "a file from elsewhere"),
        ({"train": 5, "valid": 3}, "The source of these radiographs was not stated."),
    ],
)
def test_what_is_not_known_of_its_training_is_said_so(manifest: Manifest, training: dict[str, Any], said: str) -> None:
    assert said in facts_html(replace(manifest, training=training, evaluation={}), NOTHING_KEPT)


def test_a_manifest_cannot_bring_markup_along(manifest: Manifest) -> None:
    hostile = "<img src=x onerror=alert(1)>"
    changed = replace(manifest, title=hostile, purpose=hostile, not_for=hostile, training={"source": hostile})
    said = facts_html(changed, EvaluationStatus(None, hostile))
    assert "<img" not in said
    assert "&lt;img" in said
