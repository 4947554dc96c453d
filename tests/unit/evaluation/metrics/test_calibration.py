"""Temperature scaling and the expected calibration error, worked out by hand."""

import math
import subprocess
import sys

import numpy as np
import pytest

from densexplain.classifier.probability import calibrated_probabilities, calibrated_probability
from densexplain.errors import OptionError, ShapeError
from densexplain.evaluation.metrics.calibration import (
    calibration_error,
    cross_entropy,
    fit_temperature,
)


def test_a_temperature_divides_the_logit():
    assert calibrated_probability(3.0, 1.5) == pytest.approx(1 / (1 + math.exp(-2)))
    assert calibrated_probability(-1.0, 1.0) == pytest.approx(1 / (1 + math.e))
    assert calibrated_probability(0.0, 7.0) == 0.5
    far, expected = calibrated_probabilities(np.array([2.0, -800.0]), 2.0), [1 / (1 + math.exp(-1)), math.exp(-400)]
    np.testing.assert_allclose(far, expected)


def test_one_half_stays_on_its_side_and_another_threshold_need_not():
    logits = np.linspace(-4, 4, 33)
    np.testing.assert_array_equal(calibrated_probabilities(logits, 3.0) > 0.5, logits > 0)
    assert calibrated_probability(1.0, 1.0) > 0.7 > calibrated_probability(1.0, 3.0)


@pytest.mark.parametrize("temperature", [0.0, -1.0, math.nan])
def test_a_temperature_is_positive(temperature):
    with pytest.raises(OptionError, match="must be positive"):
        calibrated_probability(1.0, temperature)


def test_the_loss_is_exact_where_a_probability_would_be_rounded_to_one():
    labels = np.array([True, False])
    assert cross_entropy(labels, np.array([math.log(3), math.log(3)])) == pytest.approx(-math.log(3 / 16) / 2)
    assert cross_entropy(labels, np.array([-1000.0, 1000.0])) == 1000


@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.5])
def test_a_known_temperature_is_found_again(temperature):
    draw = np.random.default_rng(4)
    honest = draw.normal(0, 2, 40_000)
    labels = draw.random(40_000) < 1 / (1 + np.exp(-honest))
    fit = fit_temperature(labels, (honest * temperature).astype(np.float32))
    assert fit.temperature == pytest.approx(temperature, rel=0.04)
    assert fit.loss_after <= fit.loss_before + 1e-6
    assert fit.loss_after == pytest.approx(cross_entropy(labels, honest), abs=1e-3)


def test_the_temperature_is_where_the_slope_of_the_loss_is_zero():
    labels, logits = np.array([1, 1, 1, 0], bool), np.array([4.0, 4.0, 4.0, 4.0])
    # Three of four are abnormal, so the best probability is 3/4: 4 / T = log 3.
    assert fit_temperature(labels, logits).temperature == pytest.approx(4 / math.log(3), rel=1e-4)


def test_findings_that_are_parted_wholly_end_at_the_smallest_temperature():
    fit = fit_temperature(np.array([True, False]), np.array([2.0, -2.0]))
    assert fit.temperature == pytest.approx(0.05, rel=1e-3)


@pytest.mark.parametrize(
    ("labels", "logits", "error"),
    [
        ([True, True], [1.0, 2.0], OptionError),
        ([False, False], [1.0, 2.0], OptionError),
        ([True, False], [1.0, math.inf], OptionError),
        ([True, False], [1.0], ShapeError),
    ],
)
def test_what_has_no_best_temperature_is_refused(labels, logits, error):
    with pytest.raises(error):
        fit_temperature(np.array(labels), np.array(logits))


def test_the_calibration_error_worked_out_by_hand():
    probabilities = np.array([0.0, 0.05, 0.5, 0.5, 0.98, 1.0])
    labels = np.array([0, 1, 1, 0, 1, 1], bool)
    # Bin 1 (two): share 1/2, mean 0.025. Bin 8 (two): 1/2, 0.5. Bin 15 (two): 1, 0.99.
    assert calibration_error(labels, probabilities) == pytest.approx((2 * 0.475 + 2 * 0 + 2 * 0.01) / 6)


def test_a_bin_holds_its_lower_edge():
    # 1/15 opens bin 2: alone there, it is wrong by its whole distance from the label.
    assert calibration_error(np.array([True, False]), np.array([1 / 15, 0.06])) == pytest.approx((14 / 15 + 0.06) / 2)


def test_showing_a_probability_does_not_load_what_fits_it():
    code = "import sys, densexplain.classifier.probability; assert not {'keras', 'sklearn'} & sys.modules.keys()"
    subprocess.run([sys.executable, "-c", code], check=True)
