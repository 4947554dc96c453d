"""Figures of images and studies, by hand; those of scikit-learn are its own business."""

import numpy as np
import pytest

from densexplain.evaluation.metrics.labelled_predictions import LabelledPredictions, predictions_per_study
from densexplain.evaluation.metrics.performance_metrics import confusion, kappas_of_sample_sets, performance_metrics
from tests.unit.evaluation.labelled import BY_HAND, table


def _units(labels, probabilities):
    values = np.array(probabilities, np.float64)
    return LabelledPredictions(np.array(labels, bool), values > 0.5, values, np.arange(len(values)))


def test_study_figures_are_those_worked_out_by_hand():
    predicted = table(BY_HAND)
    studies = predictions_per_study(predicted.items, predicted.probabilities, 0.5)
    # + + - | predicted + - ; study by study: TP FP FN TN TN TP TN.
    assert confusion(studies) == (2, 1, 3, 1)
    figures = performance_metrics(studies)
    assert figures["accuracy"] == pytest.approx(5 / 7)
    assert figures["sensitivity"] == pytest.approx(2 / 3)
    assert figures["specificity"] == pytest.approx(3 / 4)
    chance = (3 * 3 + 4 * 4) / 49
    assert figures["kappa"] == pytest.approx((5 / 7 - chance) / (1 - chance))
    # Of 12 pairs: 0.633 above all four, 0.7 above all four, 0.45 above 0.1 alone.
    assert figures["auc"] == pytest.approx(9 / 12)
    squares = (1.1 / 3) ** 2 + 0.55**2 + 0.55**2 + 0.1**2 + (1.45 / 3) ** 2 + 0.3**2 + 0.5**2
    assert figures["brier"] == pytest.approx(squares / 7)
    # Bins of 1/15: 0.1 in the 2nd, 0.45 in the 7th, 0.4833 and 0.5 together in the 8th, 0.55 in the 9th,
    # 0.6333 in the 10th, 0.7 in the 11th.
    errors = 0.1 + 0.55 + (1.45 / 3 + 0.5) + 0.55 + 1.1 / 3 + 0.3
    assert figures["calibration_error"] == pytest.approx(errors / 7)


@pytest.mark.parametrize(
    ("labels", "undefined"),
    [([1, 1, 1], {"kappa", "auc", "specificity"}), ([0, 0, 0], {"kappa", "auc", "sensitivity"}), ([1, 0, 0], set())],
)
def test_what_one_finding_alone_leaves_undefined_is_none(labels, undefined):
    figures = performance_metrics(_units(labels, [0.9, 0.2, 0.6]))
    assert {name for name, value in figures.items() if value is None} == undefined


def test_certain_and_wrong_is_a_large_loss_not_an_infinite_one():
    figures = performance_metrics(_units([0, 1], [1.0, 1.0]))
    assert 10 < figures["loss"] < 20


def test_kappas_of_sample_sets_scatter_about_the_kappa():
    draw = np.random.default_rng(5)
    labels = draw.random(2000) < 0.5
    images = _units(labels, np.where(draw.random(2000) < 0.8, labels, ~labels) * 0.8 + 0.1)
    kappas = kappas_of_sample_sets(images, seed=0)
    assert len(kappas) == 100
    assert kappas.mean() == pytest.approx(performance_metrics(images)["kappa"], abs=0.006)
    # Binomial: the kappa is about 2 * accuracy - 1.
    assert kappas.std() == pytest.approx(2 * np.sqrt(0.8 * 0.2 / 2000), rel=0.25)
    np.testing.assert_array_equal(kappas, kappas_of_sample_sets(images, seed=0))
    assert not np.array_equal(kappas, kappas_of_sample_sets(images, seed=1))


def test_sample_sets_of_one_finding_are_left_out():
    # Half of the sets of two images hold the same one twice.
    assert 30 < len(kappas_of_sample_sets(_units([1, 0], [0.9, 0.1]), seed=0)) < 70
