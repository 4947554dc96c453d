"""A training run: fit, measure, keep the best epoch, survive being killed."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import keras
import numpy as np

from densexplain.network.densenet import build_densenet
from densexplain.network.parameters import ARCHITECTURES
from densexplain.network.weights import Tensors, set_tensors, tensors_of
from densexplain.training.batches import RadiographBatches
from densexplain.training.evaluation import Evaluation, evaluate
from densexplain.training.initial import initial_tensors
from densexplain.training.measurement import labels_of
from densexplain.training.mura import check_both_findings, read_data_set
from densexplain.training.progress import Report, StepProgress
from densexplain.training.recipe import GrowthStep, Recipe
from densexplain.training.schedule import LearningRateByStep
from densexplain.training.selection import EpochRecord, is_better
from densexplain.training.state import RunState, read_state, write_state
from densexplain.vocabulary import Split


class Trainer:
    """Trains one network by one recipe on one data set.

    Parameters
    ----------
    recipe
        All settings.
    data
        Root of a data set in MURA's layout.
    extremities
        Which extremity types; empty means all.
    run
        Folder of the run's state; an existing state with the same settings is
        gone on from.
    report
        Receives lines of progress.

    Raises
    ------
    DataSetError
        If either split cannot be used.
    """

    def __init__(self, recipe: Recipe, data: Path, extremities: tuple[str, ...], run: Path, report: Report) -> None:
        self.recipe, self.run, self._report = recipe, run, report
        self.train_items = read_data_set(data, Split.TRAIN, extremities)
        self.valid_items = read_data_set(data, Split.VALID, extremities)
        check_both_findings(self.train_items)
        check_both_findings(self.valid_items)
        settings = {"recipe": recipe.as_dict(), "train": len(self.train_items), "valid": len(self.valid_items)}
        self.settings: dict[str, Any] = json.loads(json.dumps(settings, default=str))
        """What a state must agree in to be gone on from, as plain JSON values."""

    def train(self) -> tuple[keras.Model, RunState]:
        """Run to the last epoch, from the start or from where a killed run stopped.

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
            If an image cannot be read.
        """
        model = self._compiled_model(initial_tensors(self.recipe))
        state = read_state(self.run, model, self.settings) or RunState([], None, {})
        if state.history:
            self._report(f"going on after epoch {len(state.history)} of {self.recipe.epochs}")
        for epoch in range(len(state.history), self.recipe.epochs):
            record = self._run_epoch(model, epoch)
            state.history.append(record)
            if self.recipe.is_final(epoch) and is_better(record, state.kept, self.recipe.rule):
                state.kept, state.kept_weights = record, tensors_of(model)
            write_state(self.run, model, state, self.settings)
            self._report(_sentence(record, self.recipe.epochs))
        return self._kept_model(state), state

    def _compiled_model(self, initial: Tensors) -> keras.Model:
        recipe = self.recipe
        keras.utils.set_random_seed(recipe.seed)
        keras.mixed_precision.set_global_policy(recipe.precision)
        model = build_densenet(ARCHITECTURES[recipe.architecture], None)
        keras.mixed_precision.set_global_policy("float32")
        if initial:
            set_tensors(model, initial)
        steps_in_all = -(-len(self.train_items) // recipe.batch_size) * recipe.epochs
        rate = LearningRateByStep(recipe.schedule, recipe.learning_rate, recipe.warmup, steps_in_all)
        model.compile(
            optimizer=keras.optimizers.Adam(rate, beta_1=recipe.beta1, beta_2=recipe.beta2),
            loss="binary_crossentropy",
            metrics=["accuracy"],
            # XLA's convolutions are slow on a CPU under TensorFlow; JAX has no other way.
            jit_compile=keras.config.backend() == "jax",
        )
        return model

    def _run_epoch(self, model: keras.Model, epoch: int) -> EpochRecord:
        recipe, start = self.recipe, time.monotonic()
        step = recipe.growth_step(epoch)
        specification = replace(recipe.specification, size_px=step.size_px)
        batches = RadiographBatches(
            self.train_items, specification, recipe.batch_size, recipe.augmentation, recipe.seed, epoch, band=step.band
        )
        costs = [_cost(recipe.growth_step(later)) for later in range(epoch, recipe.epochs)]
        title = f"epoch {epoch + 1}/{recipe.epochs} at {step.size_px} px"
        progress = StepProgress(self._report, title, len(batches), sum(costs[1:]) / costs[0])
        fitted = model.fit(
            batches, initial_epoch=epoch, epochs=epoch + 1, shuffle=False, verbose=0, callbacks=[progress]
        )
        valid_batches = RadiographBatches(self.valid_items, specification, recipe.batch_size, band=step.band)
        probabilities = model.predict(valid_batches, verbose=0)
        valid = evaluate(labels_of(self.valid_items), np.asarray(probabilities, np.float32)[:, 0])
        return _record(epoch, step.size_px, time.monotonic() - start, fitted.history, valid)

    def _kept_model(self, state: RunState) -> keras.Model:
        model = build_densenet(ARCHITECTURES[self.recipe.architecture], self.recipe.specification.size_px)
        set_tensors(model, state.kept_weights)
        return model


def _cost(step: GrowthStep) -> float:
    return step.size_px**2 * step.band


def _record(
    epoch: int, size_px: int, seconds: float, history: dict[str, list[float]], valid: Evaluation
) -> EpochRecord:
    return EpochRecord(
        epoch=epoch + 1,
        size_px=size_px,
        seconds=round(seconds, 1),
        loss=float(history["loss"][-1]),
        accuracy=float(history["accuracy"][-1]),
        valid_loss=valid.loss,
        valid_accuracy=valid.accuracy,
        valid_kappa=valid.kappa,
        valid_auc=valid.auc,
    )


def _sentence(record: EpochRecord, epochs: int) -> str:
    return (
        f"epoch {record.epoch}/{epochs} done in {record.seconds:.0f} s: "
        f"loss {record.loss:.4f}, accuracy {record.accuracy:.3f}; "
        f"valid loss {record.valid_loss:.4f}, accuracy {record.valid_accuracy:.3f}, "
        f"kappa {record.valid_kappa:.3f}, AUC {record.valid_auc:.3f}"
    )
