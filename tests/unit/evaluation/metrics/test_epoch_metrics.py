"""Figures of merit, worked out by hand."""

import math

import numpy as np
import pytest

from densexplain.errors import DataSetError, ShapeError
from densexplain.evaluation.metrics.epoch_metrics import epoch_metrics

# 4 abnormal, 6 normal; at 0.5: 3 true and 2 false positives, 1 false and 4 true negatives.
_LABELS = np.array([1, 1, 1, 1, 0, 0, 0, 0, 0, 0], bool)
_PROBABILITIES = np.array([0.9, 0.8, 0.6, 0.3, 0.7, 0.55, 0.4, 0.2, 0.1, 0.05], np.float32)


def test_the_figures_are_those_worked_out_by_hand():
    figures = epoch_metrics(_LABELS, _PROBABILITIES)
    assert (figures.images, figures.abnormal, figures.threshold) == (10, 4, 0.5)
    assert figures.accuracy == pytest.approx(7 / 10)
    assert figures.sensitivity == pytest.approx(3 / 4)
    assert figures.specificity == pytest.approx(4 / 6)
    # By chance 0.4 * 0.5 + 0.6 * 0.5 = 0.5 would agree.
    assert figures.kappa == pytest.approx((0.7 - 0.5) / (1 - 0.5))
    # Of 24 pairs the abnormal one is higher in 6 + 6 + 5 + 3.
    assert figures.auc == pytest.approx(20 / 24)
    right = [0.9, 0.8, 0.6, 0.3, 0.3, 0.45, 0.6, 0.8, 0.9, 0.95]
    assert figures.loss == pytest.approx(-sum(map(math.log, right)) / 10, abs=1e-6)


def test_another_threshold_counts_otherwise():
    figures = epoch_metrics(_LABELS, _PROBABILITIES, threshold=0.25)
    assert figures.sensitivity == 1
    assert figures.specificity == pytest.approx(3 / 6)
    assert figures.auc == pytest.approx(20 / 24)


def test_exactly_at_the_threshold_is_normal():
    assert epoch_metrics(np.array([True, False]), np.array([0.5, 0.5], np.float32)).sensitivity == 0


def test_random_answers_have_no_kappa():
    draw = np.random.default_rng(0)
    assert abs(epoch_metrics(draw.random(20_000) < 0.3, draw.random(20_000, np.float32)).kappa) < 0.03


def test_figures_have_names_for_json():
    assert set(epoch_metrics(_LABELS, _PROBABILITIES).as_dict()) == {
        "images", "abnormal", "threshold", "accuracy", "kappa", "sensitivity", "specificity", "auc", "loss",
    }  # fmt: skip


@pytest.mark.parametrize("probabilities", [_PROBABILITIES[:9], _PROBABILITIES[:, None]])
def test_other_lengths_are_refused(probabilities):
    with pytest.raises(ShapeError, match="one length"):
        epoch_metrics(_LABELS, probabilities)


@pytest.mark.parametrize("labels", [np.ones(3, bool), np.zeros(3, bool)])
def test_one_finding_alone_is_refused(labels):
    with pytest.raises(DataSetError, match="one of the two is missing"):
        epoch_metrics(labels, np.zeros(3, np.float32))
