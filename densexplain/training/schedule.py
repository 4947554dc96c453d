"""The learning rate over a run."""

from __future__ import annotations

import math
from typing import Any

import keras

from densexplain.vocabulary import Schedule

_PAPER_DIVISORS = ((0.75, 100.0), (0.50, 50.0), (0.25, 10.0))


def learning_rate(schedule: Schedule, initial: float, progress: float, warmup: float = 0.0) -> float:
    """Learning rate at a point of the run.

    Parameters
    ----------
    schedule
        ``paper`` divides the initial rate by 10, 50 and 100 once 25, 50 and 75 %
        of the run have passed; ``cosine`` falls to zero along half a cosine;
        ``constant`` stays.
    initial
        The rate that the schedule starts from.
    progress
        Share of the run that has passed, 0 to 1.
    warmup
        Share of the run over which the rate first climbs from zero.

    Returns
    -------
    float
        The rate, >= 0.
    """
    if progress < warmup:
        return initial * progress / warmup
    if schedule is Schedule.PAPER:
        divisor = next((divisor for passed, divisor in _PAPER_DIVISORS if progress >= passed), 1.0)
        return initial / divisor
    if schedule is Schedule.COSINE:
        return initial * 0.5 * (1 + math.cos(math.pi * (progress - warmup) / (1 - warmup)))
    return initial


class LearningRateByStep(keras.optimizers.schedules.LearningRateSchedule):  # type: ignore[misc]  # Keras has no type stubs
    """The same course as a function of the optimizer's own count of steps.

    The count is part of the optimizer's state, so a run that goes on has the
    right rate at once, under every backend.

    Parameters
    ----------
    schedule, initial, warmup
        As in `learning_rate`.
    steps_in_all
        Steps of the whole run.
    """

    def __init__(self, schedule: Schedule, initial: float, warmup: float, steps_in_all: int) -> None:
        super().__init__()
        self._schedule, self._initial, self._warmup, self._steps_in_all = schedule, initial, warmup, steps_in_all

    def __call__(self, step: Any) -> Any:
        """Rate of a step, as a tensor."""
        # Half a step on: a warm-up must not waste its first step at a rate of zero.
        progress = (keras.ops.cast(step, "float32") + 0.5) / self._steps_in_all
        rate = self._after_warmup(progress)
        if self._warmup > 0:
            rate = keras.ops.where(progress < self._warmup, self._initial * progress / self._warmup, rate)
        return rate

    def _after_warmup(self, progress: Any) -> Any:
        if self._schedule is Schedule.COSINE:
            share = (progress - self._warmup) / (1 - self._warmup)
            return self._initial * 0.5 * (1 + keras.ops.cos(math.pi * share))
        rate = keras.ops.full_like(progress, self._initial)
        if self._schedule is Schedule.PAPER:
            for passed, divisor in reversed(_PAPER_DIVISORS):
                rate = keras.ops.where(progress >= passed, self._initial / divisor, rate)
        return rate

    def get_config(self) -> dict[str, Any]:
        """The settings, as Keras wants them."""
        return {
            "schedule": str(self._schedule),
            "initial": self._initial,
            "warmup": self._warmup,
            "steps_in_all": self._steps_in_all,
        }
