"""The training half of one epoch, from its first step or from where a run stopped."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import keras
import numpy as np

from densexplain.training.regions.supervised_network import empty_targets
from densexplain.training.run.interruption import Interruption
from densexplain.training.run.state import EpochProgress
from densexplain.training.training_data import EpochBatches


class ProgressKeeper(keras.callbacks.Callback):  # type: ignore[misc]  # Keras has no type stubs
    """Records how far the epoch has come, saves it, and stops the run on request.

    Parameters
    ----------
    progress
        Where the epoch goes on; changed as it does.
    batches
        The epoch's batches from there on.
    every_steps
        Save after so many steps; 0 leaves that to the end of the epoch.
    interruption
        Whether somebody wants the run to stop.
    save
        Writes the run's state.
    """

    def __init__(
        self,
        progress: EpochProgress,
        batches: EpochBatches,
        every_steps: int,
        interruption: Interruption,
        save: Callable[[], None],
    ) -> None:
        super().__init__()
        self._progress, self._batches, self._every_steps = progress, batches, every_steps
        self._interruption, self._save = interruption, save
        self._first_step, self._seconds, self._skipped = progress.step, progress.seconds, progress.skipped

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Give Keras the running sums of the steps before."""
        self._start = time.monotonic()
        if self._progress.metrics:
            # TensorFlow makes the running sums with the first step; any label has them made now.
            any_label = empty_targets(self.model)
            self.model.compute_metrics(None, any_label, any_label)
            for variable, value in zip(self.model.metrics_variables, self._progress.metrics, strict=True):
                variable.assign(value.reshape(variable.shape).astype(variable.dtype))

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """Note the step; save and stop where that is due.

        Raises
        ------
        KeyboardInterrupt
            After a state was saved, if the run is to stop.
        """
        progress = self._progress
        progress.step = self._first_step + batch + 1
        progress.logs = {name: float(value) for name, value in (logs or {}).items()}
        due = self._every_steps > 0 and progress.step % self._every_steps == 0
        if not due and not self._interruption.requested:
            return
        progress.seconds = self._seconds + time.monotonic() - self._start
        progress.skipped = merged(self._skipped, self._batches)
        progress.metrics = tuple(np.array(keras.ops.convert_to_numpy(v.value)) for v in self.model.metrics_variables)
        self._save()
        if self._interruption.requested:
            raise KeyboardInterrupt(f"stopped after step {progress.step}")

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Close the training half of the epoch."""
        self._progress.seconds = self._seconds + time.monotonic() - self._start
        self._progress.skipped = merged(self._skipped, self._batches)


class StopWhenAsked(keras.callbacks.Callback):  # type: ignore[misc]
    """Stops the validation of an epoch on request; it is validated when the run resumes."""

    def __init__(self, interruption: Interruption) -> None:
        super().__init__()
        self._interruption = interruption

    def on_predict_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """Stop where that is due.

        Raises
        ------
        KeyboardInterrupt
            If the run is to stop; the state of before the measuring is saved.
        """
        if self._interruption.requested:
            raise KeyboardInterrupt("stopped while it was being measured")


def merged(skipped: tuple[str, ...], batches: EpochBatches) -> tuple[str, ...]:
    """Radiographs skipped before and by these batches, each once."""
    return tuple(sorted({*skipped, *(str(path) for path in batches.skipped)}))
