"""The fast bootstrap against resamples that are written out and measured by scikit-learn."""

import warnings

import numpy as np
import pytest
from sklearn import metrics

from densexplain.evaluation.metrics.calibration import calibration_error
from densexplain.evaluation.metrics.intervals import patient_intervals, weighted_metrics
from densexplain.evaluation.metrics.labelled_predictions import LabelledPredictions
from densexplain.evaluation.metrics.performance_metrics import performance_metrics
from densexplain.evaluation.records.evaluation_report import METRICS


def _draw_units(units, patients, seed, decimals=None):
    draw = np.random.default_rng(seed)
    logits = draw.normal(0, 2, units)
    probabilities = 1 / (1 + np.exp(-logits))
    labels = draw.random(units) < probabilities
    if decimals is not None:
        probabilities = probabilities.round(decimals)
    owners = np.r_[np.arange(patients), draw.integers(patients, size=units - patients)]
    return LabelledPredictions(labels, probabilities > 0.5, probabilities, owners)


def _written_out(units, weights):
    """The same figures of each unit repeated as often as it counts."""
    rows = np.repeat(np.arange(len(units.labels)), weights.astype(int))
    labels, predicted, probabilities = units.labels[rows], units.predicted[rows], units.probabilities[rows]
    return {
        "accuracy": metrics.accuracy_score(labels, predicted),
        "kappa": metrics.cohen_kappa_score(labels, predicted),
        "sensitivity": metrics.recall_score(labels, predicted),
        "specificity": metrics.recall_score(~labels, ~predicted),
        "auc": metrics.roc_auc_score(labels, probabilities),
        "brier": metrics.brier_score_loss(labels, probabilities),
        "calibration_error": calibration_error(labels, probabilities),
        "loss": metrics.log_loss(labels, probabilities),
    }


@pytest.mark.parametrize("decimals", [None, 1], ids=["all different", "many equal"])
def test_weighted_figures_are_scikit_learns_of_the_written_out_sample(decimals):
    units = _draw_units(60, 12, 1, decimals)
    weights = np.random.default_rng(2).integers(0, 4, (25, 60)).astype(np.float64)
    fast = weighted_metrics(units, weights)
    assert set(fast) == set(METRICS)
    for row in range(25):
        for name, value in _written_out(units, weights[row]).items():
            assert fast[name][row] == pytest.approx(value, abs=1e-12), name


def test_weights_of_one_give_the_point_figures():
    units = _draw_units(200, 50, 3)
    fast = weighted_metrics(units, np.ones((1, 200)))
    for name, value in performance_metrics(units).items():
        assert fast[name][0] == pytest.approx(value, abs=1e-12), name


def test_a_resample_of_one_finding_leaves_undefined_what_scikit_learn_does():
    units = _draw_units(20, 5, 4)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        fast = weighted_metrics(units, np.stack([units.labels, ~units.labels]).astype(np.float64))
    for name in METRICS:
        kept = {"sensitivity": [True, False], "specificity": [False, True], "kappa": [False, False]}
        kept["auc"] = kept["kappa"]
        assert np.isfinite(fast[name]).tolist() == kept.get(name, [True, True]), name


def test_intervals_are_those_of_patients_resampled_one_by_one():
    units = _draw_units(40, 15, 5)
    intervals = patient_intervals(units, 4000, seed=0)
    draw, values = np.random.default_rng(99), {name: [] for name in METRICS}
    for _ in range(4000):
        weights = np.zeros(40)
        for patient in draw.integers(15, size=15):
            weights[units.patients == patient] += 1
        for name, figure in weighted_metrics(units, weights[None]).items():
            values[name].append(figure[0])
    for name, interval in intervals.items():
        low, high = np.nanpercentile(values[name], [2.5, 97.5])
        assert interval.low == pytest.approx(low, abs=0.03), name
        assert interval.high == pytest.approx(high, abs=0.03), name


def test_images_of_one_patient_count_together():
    """A hundred patients, each wholly right or wholly wrong: the interval is that of 100, not of 1000."""
    right = np.random.default_rng(6).permutation(np.arange(100) < 80)
    patients = np.repeat(np.arange(100), 10)
    labels = np.tile([True, False], 500)
    predicted = np.where(right[patients], labels, ~labels)
    units = LabelledPredictions(labels, predicted, predicted * 0.8 + 0.1, patients)
    accuracy = patient_intervals(units, 1000, seed=0)["accuracy"]
    assert accuracy.high - accuracy.low == pytest.approx(2 * 1.96 * np.sqrt(0.8 * 0.2 / 100), rel=0.15)


def test_intervals_cover_a_known_accuracy_about_as_often_as_they_should():
    draw, covered = np.random.default_rng(7), 0
    labels = np.tile([True, False], 75)
    for trial in range(200):
        predicted = np.where(draw.random(150) < 0.8, labels, ~labels)
        units = LabelledPredictions(labels, predicted, predicted * 0.8 + 0.1, np.arange(150))
        accuracy = patient_intervals(units, 200, seed=trial)["accuracy"]
        covered += accuracy.low <= 0.8 <= accuracy.high
    # Of 200 intervals 190 should; four standard deviations of that are 12.
    assert 178 <= covered <= 199


def test_the_same_seed_gives_the_same_intervals():
    units = _draw_units(30, 10, 8)
    assert patient_intervals(units, 250, 1) == patient_intervals(units, 250, 1)
    assert patient_intervals(units, 250, 1) != patient_intervals(units, 250, 2)


def test_a_figure_that_no_resample_defines_has_no_interval():
    units = LabelledPredictions(np.zeros(4, bool), np.zeros(4, bool), np.full(4, 0.2), np.arange(4))
    assert set(patient_intervals(units, 100, 0)) == set(METRICS) - {"kappa", "auc", "sensitivity"}


def test_a_rare_finding_is_missing_from_some_resamples():
    labels = np.arange(10) == 0
    units = LabelledPredictions(labels, labels, labels * 0.8 + 0.1, np.arange(10))
    # The one abnormal patient is in 1 - 0.9^10 = 0.651 of the resamples.
    assert patient_intervals(units, 4000, 0)["sensitivity"].defined == pytest.approx(0.651, abs=0.03)
