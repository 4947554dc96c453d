"""A training run: fit, measure, keep the best epoch, survive being killed."""

from __future__ import annotations

import json
import time
from contextlib import closing
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

import keras
import numpy as np

from densexplain.classifier.engines.keras.layers import build_network
from densexplain.classifier.engines.keras.weights import set_tensors
from densexplain.classifier.wiring.registry import ARCHITECTURES
from densexplain.errors import OptionError, TrainingError
from densexplain.evaluation.metrics.epoch_metrics import EpochMetrics, epoch_metrics
from densexplain.evaluation.metrics.labelled_predictions import labels_of
from densexplain.progress import Report
from densexplain.training.averaged_weights import averaged_tensors
from densexplain.training.batch_statistics import recompute_statistics
from densexplain.training.batches import RadiographBatches
from densexplain.training.compiled import compiled_network
from densexplain.training.initial import InitialWeights, initial_weights
from densexplain.training.phantoms.phantom_training import PhantomTraining
from densexplain.training.recipe import GrowthStep, Recipe
from densexplain.training.run.carried_state import read_carried, write_carried
from densexplain.training.run.distribution import Share, distribute, on_this_device
from densexplain.training.run.epoch import ProgressKeeper, StopWhenAsked
from densexplain.training.run.history import TensorBoardEvents, write_history
from densexplain.training.run.interruption import Interruption
from densexplain.training.run.progress import StepProgress, epoch_sentence
from densexplain.training.run.run_options import RunOptions
from densexplain.training.run.state import EpochProgress, RunState, check_room, read_state, write_state
from densexplain.training.selection import EpochRecord, choices, has_stalled, is_better
from densexplain.training.training_data import DataSetTraining, EpochBatches, TrainingData
from densexplain.vocabulary import EpochRule

_CURVES_EVERY_SECONDS = 30


class Trainer:
    """Trains one network by one recipe on a data set, on phantoms drawn for it, or on both.

    Parameters
    ----------
    recipe
        All settings.
    data
        Root of a data set in MURA's layout; None where phantoms are all.
    extremities
        Which extremity types; empty means all.
    run
        Folder of the run's state; an existing state with the same settings is
        gone on from.
    report
        Receives lines of progress.
    options
        How the run is carried out.

    Raises
    ------
    DataSetError
        If either split cannot be used.
    OptionError
        If the initial weights or the devices do not fit the recipe.
    ModelSetError, TrainingError
        If the initial weights cannot be had.
    """

    def __init__(
        self,
        recipe: Recipe,
        data: Path | None,
        extremities: tuple[str, ...],
        run: Path,
        report: Report,
        options: RunOptions | None = None,
    ) -> None:
        self.recipe, self.run, self._report, self._options = recipe, run, report, options or RunOptions()
        self._data = self._training_data(data, extremities)
        self.train_items, self.valid_items = self._data.train_items, self._data.valid_items
        self.valid_skipped, self.truth = self._data.valid_skipped, self._data.truth
        self.share = distribute(recipe.batch_size) if self._options.distributed else Share()
        self._curves_due = time.monotonic() + _CURVES_EVERY_SECONDS
        self._initial: InitialWeights = initial_weights(recipe.architecture, recipe.init, self._options.imagenet_file)
        settings = {
            "recipe": recipe.as_dict(),
            "init_sha256": self._initial.sha256,
            "train": len(self.train_items),
            "valid": len(self.valid_items)
            + self.valid_skipped,  # an image that can no longer be read must not end the run
        }
        self.settings: dict[str, Any] = json.loads(json.dumps(settings, default=str))
        """Settings that a state must share for a run to resume from it, as plain JSON values."""

    def _training_data(self, data: Path | None, extremities: tuple[str, ...]) -> TrainingData:
        if self.recipe.phantoms is not None:
            generators = self._options.generators
            return PhantomTraining(self.recipe, data, extremities, self.run, generators, self._report)
        if data is None:
            raise OptionError("a run needs a data set, or phantoms to draw; received neither")
        return DataSetTraining(self.recipe, data, extremities, self._report)

    def train(self) -> tuple[keras.Model, RunState]:
        """Run to the last epoch, from the start or from where a run stopped or was killed.

        Returns
        -------
        model : keras.Model
            In float32, at the final input size, with the kept epoch's weights.
        state : RunState
            Every epoch's record and the kept one.

        Raises
        ------
        TrainingError
            If a state cannot be written or does not belong to these settings.
        DataSetError
            If no image can be read.
        KeyboardInterrupt
            If the run was interrupted; its state is saved.
        """
        model = self.compiled_model()
        check_room(self.run, model)
        events = self._events()
        state = self._state_so_far(model)
        if state.history or state.progress.step:
            within = f", step {state.progress.step} of the next" if state.progress.step else ""
            self._report(f"going on after epoch {len(state.history)}{within} of {self.recipe.epochs}")
        with Interruption() as interruption, closing(self._data):
            while len(state.history) < self.recipe.epochs and not self._has_stalled(state):
                try:
                    self._run_epoch(model, state, interruption)
                    self._conclude_epoch(model, state, interruption, events)
                except KeyboardInterrupt as stop:
                    raise KeyboardInterrupt(
                        f"epoch {len(state.history) + 1}: {stop or 'stopped'}; the same command goes on from there"
                    ) from stop
        self._write_history(state, curves=True)
        self._report_choices(state)
        return self._kept_model(state), state

    def export(self, path: Path) -> None:
        """Write the state reached so far as a small file for another machine; nothing is trained.

        Raises
        ------
        TrainingError
            If no state has been reached, or it cannot be written.
        """
        model = self.compiled_model()
        write_carried(path, model, self._state_so_far(model), self.settings)

    def _state_so_far(self, model: keras.Model) -> RunState:
        state = read_state(self.run, model, self.settings)
        if state is None and self._options.resume_from is not None:
            state = read_carried(self._options.resume_from, model, self.settings)
        return state or RunState()

    def compiled_model(self) -> keras.Model:
        """The network with its initial weights, ready for the first step."""
        return compiled_network(self.recipe, self._initial, self._steps_in_epoch() * self.recipe.epochs)

    def batches(self, epoch: int, first_step: int = 0) -> EpochBatches:
        """What this process reads in an epoch, counted from 0, from a step of it on."""
        return self._data.batches(epoch, self.share, first_step)

    def _steps_in_epoch(self) -> int:
        return len(self.batches(0))

    def _run_epoch(self, model: keras.Model, state: RunState, interruption: Interruption) -> None:
        """The training half of the next epoch; `state.progress` says how far it has come."""
        epoch, progress, steps = len(state.history), state.progress, self._steps_in_epoch()
        if progress.step == steps:
            return
        batches = self.batches(epoch, progress.step)
        keeper = ProgressKeeper(
            progress, batches, self._options.state_every_steps, interruption, lambda: self._save(model, state)
        )
        costs = [_cost(self.recipe.growth_step(later)) for later in range(epoch, self.recipe.epochs)]
        told = StepProgress(
            self._report,
            f"epoch {epoch + 1}/{self.recipe.epochs} at {self.recipe.growth_step(epoch).size_px} px",
            steps,
            sum(costs[1:]) / costs[0],
            self._options.progress_seconds,
            progress.step,
        )
        callbacks = [told, keeper]
        try:
            model.fit(batches, initial_epoch=epoch, epochs=epoch + 1, shuffle=False, verbose=0, callbacks=callbacks)
        except Exception as error:
            if batches.refusal is not None:
                raise batches.refusal from error
            raise
        self._save(model, state)  # nothing of the epoch is lost while it is being measured
        for path in progress.skipped:
            self._report(f"epoch {epoch + 1}: {path} cannot be read; another radiograph took its place")

    def _conclude_epoch(
        self, model: keras.Model, state: RunState, interruption: Interruption, events: TensorBoardEvents | None
    ) -> None:
        """Measure on the validation radiographs, keep the weights or not, save, report."""
        epoch, progress, start = len(state.history), state.progress, time.monotonic()
        step = self.recipe.growth_step(epoch)
        valid = self._validate(model, step, interruption)
        record = _record(epoch, step.size_px, progress, progress.seconds + time.monotonic() - start, valid)
        state.history.append(record)
        if self.recipe.is_final(epoch) and is_better(record, state.kept, self.recipe.rule):
            state.kept, state.kept_weights = record, averaged_tensors(model, self.recipe.averaging)
        state.progress = EpochProgress()
        self._save(model, state)
        self._write_history(state, curves=False)
        if events is not None:
            events.write(record)
        self._report(epoch_sentence(record, self.recipe.epochs))

    def _write_history(self, state: RunState, *, curves: bool) -> None:
        """Write the table of epochs and, if told to or if the last ones are old, the learning curves."""
        if not self.share.writes:
            return
        due = curves or time.monotonic() > self._curves_due
        write_history(self.run, state.history, state.kept, curves=due)
        if due:
            self._curves_due = time.monotonic() + _CURVES_EVERY_SECONDS

    def _validate(self, model: keras.Model, step: GrowthStep, interruption: Interruption) -> EpochMetrics:
        """Figures in single precision on one device, as the model set will be used."""
        specification = replace(self.recipe.specification, size_px=step.size_px)
        batches = RadiographBatches(self.valid_items, specification, self.recipe.batch_size, band=step.band)
        tensors = averaged_tensors(model, self.recipe.averaging)
        with on_this_device():
            set_tensors(self._validator, tensors)
            if self.recipe.averaging and self.recipe.statistics_batches:
                # The moving averages belong to other weights than the averaged ones.
                recompute_statistics(self._validator, self._data.samples(step), self.recipe.statistics_batches)
            probabilities = self._validator.predict(batches, verbose=0, callbacks=[StopWhenAsked(interruption)])
        return epoch_metrics(labels_of(self.valid_items), np.asarray(probabilities, np.float32)[:, 0])

    @cached_property
    def _validator(self) -> keras.Model:
        """Built and compiled once; each epoch's weights are put into it."""
        return build_network(ARCHITECTURES[self.recipe.architecture], None, 1 + len(self.recipe.groups))

    def _save(self, model: keras.Model, state: RunState) -> None:
        if self.share.writes:
            write_state(self.run, model, state, self.settings)

    def _final_history(self, state: RunState) -> list[EpochRecord]:
        return [record for record in state.history if self.recipe.is_final(record.epoch - 1)]

    def _events(self) -> TensorBoardEvents | None:
        folder = self._options.tensorboard
        return None if folder is None or not self.share.writes else TensorBoardEvents(folder)

    def _has_stalled(self, state: RunState) -> bool:
        return has_stalled(self._final_history(state), self.recipe.early_stopping)

    def choices(self, state: RunState) -> dict[EpochRule, EpochRecord]:
        """The epoch that each rule would have kept, among those at the final size."""
        return choices(self._final_history(state))

    def _report_choices(self, state: RunState) -> None:
        """Say which epoch each rule would have kept, so that no rule has to be trusted blindly."""
        for rule, record in self.choices(state).items():
            mark = " (kept)" if rule is self.recipe.rule else ""
            if rule is not EpochRule.LAST:
                self._report(
                    f"rule {rule}: epoch {record.epoch}, valid loss {record.valid_loss:.4f}, "
                    f"accuracy {record.valid_accuracy:.3f}, kappa {record.valid_kappa:.3f}{mark}"
                )

    def _kept_model(self, state: RunState) -> keras.Model:
        if state.kept is None:
            raise TrainingError("expected a run with a kept epoch; this one has finished none at its final size")
        with on_this_device():
            size_px, units = self.recipe.specification.size_px, 1 + len(self.recipe.groups)
            model = build_network(ARCHITECTURES[self.recipe.architecture], size_px, units)
            set_tensors(model, state.kept_weights)
            if self.recipe.statistics_batches:
                self._report("recomputing means and variances of the batch normalisations")
                samples = self._data.samples(self.recipe.growth_step(self.recipe.epochs))
                recompute_statistics(model, samples, self.recipe.statistics_batches)
        return model


def _cost(step: GrowthStep) -> float:
    return step.size_px**2 * step.band


def _record(epoch: int, size_px: int, progress: EpochProgress, seconds: float, valid: EpochMetrics) -> EpochRecord:
    return EpochRecord(
        epoch=epoch + 1,
        size_px=size_px,
        seconds=round(seconds, 1),
        loss=progress.logs.get("label_loss", progress.logs["loss"]),
        accuracy=progress.logs["accuracy"],
        valid_loss=valid.loss,
        valid_accuracy=valid.accuracy,
        valid_kappa=valid.kappa,
        valid_auc=valid.auc,
        skipped=len(progress.skipped),
    )
