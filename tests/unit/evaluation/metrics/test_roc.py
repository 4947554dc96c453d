"""The ROC curve, by hand and as scikit-learn draws it."""

import numpy as np
import pytest
from sklearn import metrics

from densexplain.errors import ShapeError
from densexplain.evaluation.metrics.roc import roc_curve


def test_each_threshold_gives_a_point() -> None:
    # From the highest logit down: abnormal, normal, then one of each with the same logit, normal.
    labels = np.array([True, False, True, False, False])
    curve = roc_curve(labels, np.array([3.0, 2.0, 1.0, 1.0, -1.0]))
    assert curve is not None
    assert curve.sensitivity.tolist() == [0, 0.5, 0.5, 1, 1]
    assert curve.false_positive_rate == pytest.approx([0, 0, 1 / 3, 2 / 3, 1])


def test_its_area_is_the_auc_of_scikit_learn() -> None:
    random = np.random.default_rng(3)
    labels = random.random(400) < 0.4
    logits = np.round(random.normal(size=400) + labels, 1)  # with many equal values
    curve = roc_curve(labels, logits)
    assert curve is not None
    area = np.trapezoid(curve.sensitivity, curve.false_positive_rate)
    assert area == pytest.approx(metrics.roc_auc_score(labels, logits))
    rates, sensitivities, _ = metrics.roc_curve(labels, logits, drop_intermediate=False)
    assert curve.false_positive_rate == pytest.approx(rates)
    assert curve.sensitivity == pytest.approx(sensitivities)


@pytest.mark.parametrize("label", [True, False])
def test_one_finding_alone_has_no_curve(label: bool) -> None:
    assert roc_curve(np.array([label, label]), np.array([1.0, 2.0])) is None


def test_lengths_must_agree() -> None:
    with pytest.raises(ShapeError, match="one length"):
        roc_curve(np.array([True]), np.array([1.0, 2.0]))
