"""The learning rate over a run."""

import math

import keras
import numpy as np
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


class _Rates(keras.callbacks.Callback):
    def __init__(self):
        super().__init__()
        self.seen = []

    def on_train_batch_end(self, batch, logs=None):
        self.seen.append(float(self.model.optimizer.learning_rate))


def test_every_step_of_a_run_gets_the_rate_of_its_middle():
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    model.compile(optimizer=keras.optimizers.Adam(9.0), loss="mse")
    rates = _Rates()
    schedule = LearningRateByStep(Schedule.COSINE, 1.0, 0.0, steps_in_all=4, first_step=1)
    inputs = np.zeros((3, 1), np.float32)
    model.fit(inputs, inputs, batch_size=1, shuffle=False, verbose=0, callbacks=[schedule, rates])
    expected = [0.5 * (1 + math.cos(math.pi * progress)) for progress in (1.5 / 4, 2.5 / 4, 3.5 / 4)]
    assert rates.seen == pytest.approx(expected, abs=1e-6)
