"""Reliability bins counted by hand."""

import numpy as np
import pytest

from densexplain.errors import ShapeError
from densexplain.evaluation.metrics.calibration import calibration_error
from densexplain.evaluation.metrics.reliability import reliability_diagram


def test_each_bin_compares_what_was_said_with_what_was() -> None:
    # Bins are 1/15 wide: 0 and 0.05 lie in the first, 0.5 in the eighth, 0.95 and 1 in the last.
    probabilities = np.array([0.0, 0.05, 0.5, 0.95, 1.0])
    labels = np.array([False, True, False, True, True])
    diagram = reliability_diagram(labels, probabilities)
    assert diagram.counts.tolist() == [2, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 2]
    assert diagram.probabilities[[0, 7, 14]] == pytest.approx([0.025, 0.5, 0.975])
    assert diagram.shares[[0, 7, 14]] == pytest.approx([0.5, 0, 1])
    assert np.isnan(diagram.probabilities[diagram.counts == 0]).all()
    assert np.isnan(diagram.shares[diagram.counts == 0]).all()
    assert diagram.edges[[0, 7, 15]] == pytest.approx([0, 7 / 15, 1])


def test_its_distance_from_the_diagonal_is_the_calibration_error() -> None:
    random = np.random.default_rng(5)
    probabilities = random.random(500)
    labels = random.random(500) < probabilities**2
    diagram = reliability_diagram(labels, probabilities)
    assert diagram.counts.sum() == 500
    filled = diagram.counts > 0
    apart = np.abs(diagram.shares - diagram.probabilities)[filled] @ diagram.counts[filled] / 500
    assert apart == pytest.approx(calibration_error(labels, probabilities))


def test_lengths_must_agree() -> None:
    with pytest.raises(ShapeError, match="one length"):
        reliability_diagram(np.array([True]), np.array([0.5, 0.6]))
