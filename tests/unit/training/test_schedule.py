"""The learning rate over a run."""

import pytest

from densexplain.training.schedule import LearningRateByStep, learning_rate
from densexplain.vocabulary import Schedule


@pytest.mark.parametrize(
    ("progress", "rate"),
    [(0, 1e-4), (0.2499, 1e-4), (0.25, 1e-5), (0.4999, 1e-5), (0.5, 2e-6), (0.75, 1e-6), (1, 1e-6)],
)
def test_the_papers_steps(progress, rate):
    assert learning_rate(Schedule.PAPER, 1e-4, progress) == pytest.approx(rate)


@pytest.mark.parametrize(("progress", "share"), [(0, 1), (1 / 3, 0.75), (0.5, 0.5), (1, 0)])
def test_half_a_cosine(progress, share):
    assert learning_rate(Schedule.COSINE, 2.0, progress) == pytest.approx(2 * share)


def test_a_constant_rate_stays():
    assert {learning_rate(Schedule.CONSTANT, 0.3, progress) for progress in (0, 0.5, 1)} == {0.3}


@pytest.mark.parametrize("schedule", list(Schedule))
def test_the_warm_up_climbs_from_zero_to_the_start_of_the_schedule(schedule):
    assert learning_rate(schedule, 1.0, 0.0, warmup=0.1) == 0
    assert learning_rate(schedule, 1.0, 0.05, warmup=0.1) == pytest.approx(0.5)
    assert learning_rate(schedule, 1.0, 0.1, warmup=0.1) == pytest.approx(1)


@pytest.mark.parametrize("schedule", list(Schedule))
@pytest.mark.parametrize("warmup", [0.0, 0.1])
def test_every_step_of_a_run_gets_the_rate_of_its_middle(schedule, warmup):
    by_step = LearningRateByStep(schedule, 2.0, warmup, steps_in_all=40)
    expected = [learning_rate(schedule, 2.0, (step + 0.5) / 40, warmup) for step in range(40)]
    assert [float(by_step(step)) for step in range(40)] == pytest.approx(expected, abs=1e-6)
