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


class LearningRateByStep(keras.callbacks.Callback):  # type: ignore[misc]  # Keras has no type stubs
    """Sets the optimizer's rate before every step from the share of the run that has passed."""

    def __init__(self, schedule: Schedule, initial: float, warmup: float, steps_in_all: int, first_step: int) -> None:
        super().__init__()
        self._schedule, self._initial, self._warmup = schedule, initial, warmup
        self._steps_in_all, self._step = steps_in_all, first_step

    def on_train_batch_begin(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """Set the rate for the step that starts."""
        # Half a step on: a warm-up must not waste its first step at a rate of zero.
        progress = (self._step + 0.5) / self._steps_in_all
        self.model.optimizer.learning_rate = learning_rate(self._schedule, self._initial, progress, self._warmup)
        self._step += 1
