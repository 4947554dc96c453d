"""A whole evaluation, from predictions to what is kept beside the weights."""

import csv
import dataclasses
import io
import json
import math
from hashlib import sha256

import numpy as np
import pytest

from densexplain.classifier.model_sets.manifest import CalibrationRecord, read_manifest, write_manifest
from densexplain.errors import DataSetError, ManifestError
from densexplain.evaluation.evaluation import evaluate
from densexplain.evaluation.evaluation_text import measured_text, report_document
from densexplain.evaluation.metrics.intervals import patient_intervals
from densexplain.evaluation.metrics.labelled_predictions import predictions_per_image
from densexplain.evaluation.predicted_images import predictions_table, recorded_predictions
from densexplain.evaluation.recording import record_evaluation
from densexplain.evaluation.records.evaluation_json import report_from_json, report_to_json
from densexplain.evaluation.records.evaluation_report import METRICS
from densexplain.evaluation.records.recorded_evaluation import read_evaluation
from densexplain.vocabulary import Split
from tests.tiny import write_tiny
from tests.unit.evaluation.labelled import BY_HAND, ROOT, table

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def _written(tmp_path_factory):
    folder = tmp_path_factory.mktemp("models") / "tiny"
    write_tiny(folder, 3, "Tiny")
    return folder


@pytest.fixture
def folder(_written, tmp_path):
    """A model set whose card has a section before and one after its figures."""
    copy = tmp_path / "tiny"
    copy.mkdir()
    for path in _written.iterdir():
        (copy / path.name).write_bytes(path.read_bytes())
    (copy / "README.md").write_text("# Tiny\n\nFirst.\n\n## Measured\n\nOld figures.\n\n### Old\n\n## Data\n\nLast.\n")
    return copy


@pytest.fixture
def manifest(folder):
    return read_manifest(folder)


def test_both_levels_in_all_and_per_extremity_type(manifest):
    report = evaluate(table(BY_HAND), manifest, resamples=200).report
    assert [group.extremity for group in report.groups] == ["all", "hand", "wrist"]
    everything, hand, wrist = report.groups
    assert (everything.patients, hand.patients, wrist.patients) == (5, 3, 3)
    assert (everything.images.units, everything.images.abnormal, everything.images.ties) == (14, 6, 0)
    assert (everything.studies.units, everything.studies.abnormal, everything.studies.ties) == (7, 3, 3)
    assert (hand.studies.units, hand.studies.abnormal, hand.studies.ties) == (3, 1, 1)
    assert (wrist.studies.units, wrist.studies.abnormal, wrist.studies.ties) == (4, 2, 2)
    studies = everything.studies
    counts = (studies.true_positives, studies.false_positives, studies.true_negatives, studies.false_negatives)
    assert counts == (2, 1, 3, 1)
    assert studies.figures["accuracy"].value == pytest.approx(5 / 7)
    assert (report.weights_sha256, report.split, report.threshold) == (manifest.weights_sha256, "valid", 0.5)
    assert report_from_json(json.loads(json.dumps(report_to_json(report)))) == report


def test_intervals_are_the_bootstraps(manifest):
    predicted = table(BY_HAND)
    report = evaluate(predicted, manifest, resamples=200, seed=3).report
    units = predictions_per_image(predicted.items, predicted.probabilities, 0.5)
    for name, interval in patient_intervals(units, 200, 3).items():
        figure = report.overall.images.figures[name]
        assert (figure.low, figure.high) == (interval.low, interval.high)


_ONE_KIND = """
wrist a study1 + 0.9
wrist b study1 - 0.2
wrist c study1 + 0.7
wrist d study1 - 0.6
hand e study1 - 0.3
hand e study2 - 0.2
"""


def test_an_extremity_type_with_one_finding_says_what_is_not_defined(manifest):
    report = evaluate(table(_ONE_KIND), manifest, resamples=200).report
    hand = report.groups[1].images.figures
    undefined = {name for name in METRICS if hand[name].value is None}
    assert undefined == {"kappa", "sensitivity", "auc"}
    assert hand["auc"].reason == "not defined: abnormal ones are missing"
    assert hand["accuracy"].value == 1
    assert (hand["accuracy"].low, hand["accuracy"].reason) == (None, "no interval: of one patient only")
    assert "- hand, per images: Cohen's kappa, sensitivity, area under the ROC curve not defined" in measured_text(
        report
    )


def test_a_finding_of_one_patient_among_many_has_no_interval(manifest):
    lines = ["wrist a study1 + 0.9", *(f"wrist n{number} study1 - 0.{number}" for number in range(1, 9))]
    figures = evaluate(table("\n".join(lines)), manifest, resamples=400).report.overall.images.figures
    # The one abnormal patient is missing from a third of the resamples.
    assert (figures["sensitivity"].value, figures["sensitivity"].low) == (1, None)
    assert figures["sensitivity"].reason == "no interval: too few patients of one finding"
    assert figures["specificity"].low is not None


def test_one_finding_alone_is_refused(manifest):
    with pytest.raises(DataSetError, match="found normal ones alone"):
        evaluate(table("hand e study1 - 0.3\nhand f study1 - 0.2"), manifest)


def test_the_temperature_is_fitted_on_the_validation_split_alone(manifest):
    calibrated = dataclasses.replace(manifest, calibration=CalibrationRecord(2.0, "valid", 9, 0.6, 0.5))
    fitted = evaluate(table(BY_HAND), manifest, resamples=100)
    assert fitted.calibration is not None
    assert fitted.calibration.images == 14
    assert fitted.calibration.loss_before == pytest.approx(fitted.report.overall.images.figures["loss"].value, abs=1e-6)
    assert fitted.report.calibration.loss == pytest.approx(fitted.calibration.loss_after)
    assert fitted.report.calibration.fitted_here
    kept = evaluate(table(BY_HAND), calibrated, resamples=100)
    assert (kept.calibration, kept.temperature, kept.report.calibration.fitted_here) == (None, 2.0, False)
    again = evaluate(table(BY_HAND), calibrated, resamples=100, refit=True)
    assert again.temperature == pytest.approx(fitted.temperature)
    trained = evaluate(table(BY_HAND, Split.TRAIN), manifest, resamples=100, refit=True)
    assert (trained.calibration, trained.temperature) == (None, None)
    assert "No temperature has been fitted" in measured_text(trained.report)
    assert "`train` does" not in measured_text(trained.report)


def test_the_table_holds_every_prediction(manifest):
    predicted = table(BY_HAND)
    rows = list(csv.DictReader(io.StringIO(predictions_table(predicted, ROOT, 0.5, 2.0).decode())))
    assert len(rows) == 14
    assert rows[2] == {
        "path": "valid/XR_WRIST/a/study1_positive/image3.png",
        "extremity": "wrist",
        "patient": "a",
        "study": "study1_positive",
        "label": "abnormal",
        "logit": str(np.float32(math.log(0.25))),
        "probability": "0.2",
        # The odds are 1 to 4, and the square root of them 1 to 2.
        "calibrated_probability": str(np.float32(1 / 3)),
        "prediction": "normal",
        "image_sha256": predicted.image_sha256[2],
    }
    without = predictions_table(predicted, ROOT, 0.5, None).decode().splitlines()
    assert ",0.2,,normal," in without[3]


def test_recorded_predictions_tell_no_order_and_no_patient():
    predicted = table(BY_HAND)
    recorded = recorded_predictions(predicted)
    assert list(recorded.image_sha256) == sorted(predicted.image_sha256)
    by_hash = dict(zip(predicted.image_sha256, predicted.items, strict=True))
    studies = {}
    for image, number, extremity in zip(recorded.image_sha256, recorded.studies, recorded.extremities, strict=True):
        item = by_hash[image]
        assert extremity == item.extremity.lower()
        assert studies.setdefault(int(number), (item.extremity, item.patient, item.study)) == (
            item.extremity,
            item.patient,
            item.study,
        )
    assert list(studies) == [1, 2, 3, 4, 5, 6, 7]


def test_the_document_lays_the_figures_beside_the_papers(manifest):
    report = evaluate(table(BY_HAND), manifest, resamples=200, skipped=2).report
    text = report_document(report, ("valid/image9.png",))
    assert "Research use only, not for diagnosis" in text
    assert "14 radiographs (6 abnormal) in 7 studies (3 abnormal) of 5 patients: valid, hand, wrist." in text
    assert "2 more could not be read" in text
    assert "- `valid/image9.png`" in text
    assert "ties that the mean probability decided: 3." in text
    assert "Every study holds one radiograph" not in text
    accuracy = report.overall.studies.figures["accuracy"]
    assert f"| {accuracy.value:.3f} | {accuracy.low:.3f} to {accuracy.high:.3f} |" in text
    for row in (
        "| paper: all extremity types, pre-trained | 0.830 | 0.658 |",
        "| paper: wrist only, pre-trained | 0.862 | 0.717 |",
        "| paper: wrist only, randomly initialised | 0.778 | 0.539 |",
        "| paper: finger only, pre-trained | 0.766 | 0.622 |",
        "| single DenseNet: this paper's, 8th of 17 | 0.683 |",
        "| single DenseNet: median | 0.662 |",
        "| best ensemble | 0.843 |",
    ):
        assert row in text
    assert "Only MURA's own validation radiographs make these figures comparable." in text
    assert "(hand, wrist) are among MURA's" in text
    assert f"{report.sample_sets.mean:.3f}, standard deviation {report.sample_sets.deviation:.3f}" in text


def test_studies_of_one_radiograph_are_said_to_add_nothing(manifest):
    report = evaluate(
        table("hand a study1 + 0.9\nhand b study1 - 0.2\nhand c study1 + 0.6"), manifest, resamples=100
    ).report
    assert report.overall.images == report.overall.studies
    assert "Every study holds one radiograph, so the figures per study are those per image." in measured_text(report)


def test_another_extremity_type_is_said_not_to_be_comparable(manifest):
    text = measured_text(evaluate(table(BY_HAND.replace("hand", "knee")), manifest, resamples=100).report)
    assert "Here knee is not among MURA's extremity types, so these are not." in text


def test_recording_renews_figures_predictions_temperature_and_card(folder, manifest):
    evaluation = evaluate(table(BY_HAND), manifest, resamples=100)
    recorded = record_evaluation(folder, evaluation)
    assert recorded == read_manifest(folder)
    assert recorded.calibration == evaluation.calibration
    valid, figures = recorded.evaluation["valid"], evaluation.report.overall.images.figures
    assert (valid["images"], valid["abnormal"], valid["threshold"], valid["patients"]) == (14, 6, 0.5, 5)
    for name in METRICS:
        assert valid[name] == figures[name].value
        assert valid["intervals"][name] == [figures[name].low, figures[name].high]
    assert valid["studies"]["accuracy"] == pytest.approx(5 / 7)
    assert (valid["studies"]["studies"], valid["studies"]["ties"]) == (7, 3)
    card = (folder / "README.md").read_text()
    assert card == f"# Tiny\n\nFirst.\n\n## Measured\n\n{measured_text(evaluation.report)}\n\n## Data\n\nLast.\n"
    evaluation = read_evaluation(folder)
    assert evaluation.report == evaluation.report
    assert not evaluation.stale


def test_what_is_kept_names_no_patient(folder, manifest):
    text = BY_HAND.replace(" a ", " patient00011 ").replace(" c ", " patient00023 ")
    record_evaluation(folder, evaluate(table(text), manifest, resamples=100))
    for path in folder.iterdir():
        assert b"patient00" not in path.read_bytes(), path.name
        assert b".png" not in path.read_bytes(), path.name


def test_recording_twice_changes_nothing(folder, manifest):
    def contents():
        return {path.name: sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}

    record_evaluation(folder, evaluate(table(BY_HAND), manifest, resamples=100))
    before = contents()
    record_evaluation(folder, evaluate(table(BY_HAND), read_manifest(folder), resamples=100, refit=True))
    assert contents() == before


@pytest.mark.parametrize(
    ("card", "expected"),
    [
        ("# Tiny\n", "# Tiny\n\n## Measured\n\n{}\n"),
        ("# Tiny\n\n## Training\n\nLong.\n", "# Tiny\n\n## Measured\n\n{}\n\n## Training\n\nLong.\n"),
        (None, "# Tiny\n\n## Measured\n\n{}\n"),
    ],
)
def test_a_card_without_figures_gets_them(folder, manifest, card, expected):
    (folder / "README.md").unlink() if card is None else (folder / "README.md").write_text(card)
    evaluation = evaluate(table(BY_HAND), manifest, resamples=100)
    record_evaluation(folder, evaluation)
    assert (folder / "README.md").read_text() == expected.format(measured_text(evaluation.report))


def test_weights_that_were_replaced_meanwhile_keep_their_own_figures(folder, manifest):
    evaluation = evaluate(table(BY_HAND), manifest, resamples=100)
    write_manifest(folder, dataclasses.replace(manifest, weights_sha256="0" * 64))
    with pytest.raises(ManifestError, match="have been replaced"):
        record_evaluation(folder, evaluation)
    assert "Old figures." in (folder / "README.md").read_text()
