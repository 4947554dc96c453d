"""Means over patients and what is concluded from them, by hand."""

from types import MappingProxyType

import numpy as np
import pytest

from densexplain.evaluation.experiment.experiment import LegendVerdict, ModelSetResult, legend_verdict, mean_figures
from densexplain.evaluation.experiment.experiment_text import answers, in_words
from densexplain.evaluation.metrics.patient_mean import Estimate, patient_mean
from densexplain.vocabulary import Finding


def test_a_mean_is_over_images_and_its_interval_over_patients():
    mean = patient_mean([1, 1, 1, 5], ["a", "a", "a", "b"], 2000, 0)
    assert (mean.value, mean.images, mean.patients) == (2, 4, 2)
    assert (mean.low, mean.high) == (1, 5), "a quarter of the resamples holds one patient alone"
    assert patient_mean([1, 3], ["a", "a"], 100, 0) == Estimate(2, None, None, 2, 1)


def test_the_interval_of_a_mean_holds_its_extremes_and_is_a_point_where_all_are_alike():
    """Two patients, 0 and 1: a resample has the mean 0, 1/2 or 1."""
    mean = patient_mean([0.0, 1.0], ["a", "b"], 400, 0)
    assert (mean.low, mean.high) == (0, 1)
    alike = patient_mean([0.25, 0.25], ["a", "b"], 100, 0)
    assert (alike.low, alike.high) == (0.25, 0.25)


def test_the_interval_is_near_that_of_the_normal_distribution():
    values = np.random.default_rng(1).normal(0, 1, 400)
    mean = patient_mean(list(values), [str(number) for number in range(400)], 4000, 0)
    assert mean.high - mean.low == pytest.approx(2 * 1.96 * values.std() / 20, rel=0.05)


def test_a_figure_is_averaged_over_the_images_that_have_it():
    figures = mean_figures([{"one": 1.0}, {"one": 3.0, "two": 7.0}], ["a", "b"], 100, 0)
    assert (figures["one"].value, figures["two"].value) == (2, 7)
    assert figures["two"].low is None


@pytest.mark.parametrize(
    ("push", "planted", "rests"),
    [
        ((0.8, 0.4, 1.2), Finding.ABNORMAL, True),
        ((0.8, 0.4, 1.2), None, True),
        ((0.8, 0.4, 1.2), Finding.NORMAL, False),
        ((-0.8, -1.2, -0.4), Finding.NORMAL, True),
        ((-0.8, -1.2, -0.4), None, False),
        ((0.8, -0.1, 1.7), Finding.ABNORMAL, False),
        ((0.4, 0.3, 0.5), Finding.ABNORMAL, False),
        ((0.8, None, None), Finding.ABNORMAL, None),
    ],
)
def test_resting_on_a_legend_takes_a_certain_and_a_large_push(push, planted, rests):
    assert legend_verdict({"abnormal/legend/push": Estimate(*push, 9, 9)}, planted).rests is rests


def test_without_a_legend_nothing_is_said_of_it():
    assert legend_verdict({}, None) == LegendVerdict(None, Finding.ABNORMAL, None)


@pytest.mark.parametrize(
    ("interval", "words"),
    [
        ((0.6, 0.8), "The foreground stands out"),
        ((0.1, 0.3), "The foreground is less active than the rest"),
        ((0.4, 0.6), "The foreground does not stand out"),
    ],
)
def test_an_answer_follows_the_interval(interval, words):
    figures = MappingProxyType({"conv1/foreground/auc": Estimate(0.5, *interval, 9, 9)})
    sentences = answers(ModelSetResult("a", "A", "1", "0" * 64, figures, legend_verdict(figures, None)))
    assert sentences[0].startswith(words)
    assert sentences[1:] == ("Rests on the text legend: not known, too few abnormal radiographs have one.",)


def test_a_figure_in_words():
    assert in_words(Estimate(-0.5, -0.75, 0.25, 9, 9)) == "-0.500 (-0.750 to 0.250)".replace("-", "\N{MINUS SIGN}")
    assert in_words(Estimate(0.5, None, None, 1, 1)) == "0.500"
    assert in_words(None) == "-"
