"""Progress of a run in words, with the time left for the epoch and in all."""

from __future__ import annotations

import math
import time
from typing import Any

import keras

from densexplain.progress import Report, time_left
from densexplain.training.selection import EpochRecord


class StepProgress(keras.callbacks.Callback):  # type: ignore[misc]  # Keras has no type stubs
    """Reports the running epoch every few seconds.

    Parameters
    ----------
    report
        Receives each line.
    title
        For example ``epoch 3/11 at 112 px``.
    steps
        Steps in this epoch.
    epochs_left
        How many epochs as costly as this one are still to come after it; the
        caller weights image sizes.
    every_seconds
        Least time between two lines; infinity prints none.
    first_step
        Steps of the epoch that were done before.
    """

    def __init__(
        self,
        report: Report,
        title: str,
        steps: int,
        epochs_left: float,
        every_seconds: float = 15.0,
        first_step: int = 0,
    ) -> None:
        super().__init__()
        self._first_step = first_step
        self._report, self._title, self._steps = report, title, steps
        self._epochs_left, self._every = epochs_left, every_seconds

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Start the clock."""
        self._start = self._last = time.monotonic()
        self._measured_from = self._start

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """Report when it is time to."""
        now, done = time.monotonic(), self._first_step + batch + 1
        if batch == 0:
            self._measured_from = now  # the first step compiles and says nothing about speed
            return
        if math.isinf(self._every) or (now - self._last < self._every and done < self._steps):
            return
        self._last = now
        per_step = (now - self._measured_from) / batch
        left = per_step * (self._steps - done)
        in_all = left + per_step * self._steps * self._epochs_left
        logs = logs or {}
        loss = logs.get("label_loss", logs.get("loss", float("nan")))
        regions = f"  regions {logs['region_loss']:.4f}" if "region_loss" in logs else ""
        self._report(
            f"{self._title}  step {done}/{self._steps}  loss {loss:.4f}{regions}  "
            f"accuracy {logs.get('accuracy', float('nan')):.3f}  left {time_left(left)}, in all {time_left(in_all)}"
        )


def epoch_sentence(record: EpochRecord, epochs: int) -> str:
    """One line on a finished epoch."""
    skipped = f"; {record.skipped} radiographs could not be read" if record.skipped else ""
    return (
        f"epoch {record.epoch}/{epochs} done in {record.seconds:.0f} s: "
        f"loss {record.loss:.4f}, accuracy {record.accuracy:.3f}; "
        f"valid loss {record.valid_loss:.4f}, accuracy {record.valid_accuracy:.3f}, "
        f"kappa {record.valid_kappa:.3f}, AUC {record.valid_auc:.3f}{skipped}"
    )
