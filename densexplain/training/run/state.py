"""The complete state of a run in one file, so that a killed run resumes where it stopped."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import keras
import numpy as np
import safetensors
import safetensors.numpy
from numpy.typing import NDArray

from densexplain.classifier.engines.keras.weights import set_tensors, tensors_of
from densexplain.classifier.model_sets.weights import Tensors
from densexplain.errors import TrainingError, WeightsShapeError
from densexplain.files import write_atomically
from densexplain.training.run.run_options import STATE_FILE
from densexplain.training.selection import EpochRecord

_MODEL, _OPTIMIZER, _RANDOM, _KEPT, _METRIC = "model:", "optimizer:", "random:", "kept:", "metric:"
_COPIES = 4  # the weights, two moments of Adam and the kept weights
_ROOM = 1.1


@dataclass
class EpochProgress:
    """How far the running epoch has come.

    Parameters
    ----------
    step
        Steps of it that are done; with the recipe's seed and the epoch it fixes
        which radiographs are still to come, and how each is varied.
    seconds
        Time spent on it.
    logs
        Loss and accuracy over its steps.
    metrics
        Keras's running sums behind them, each of its variable's shape, float32, any value.
    skipped
        Radiographs that could not be read in it.
    """

    step: int = 0
    seconds: float = 0.0
    logs: dict[str, float] = field(default_factory=dict)
    metrics: tuple[NDArray[Any], ...] = ()
    skipped: tuple[str, ...] = ()


@dataclass
class RunState:
    """What a run has reached so far.

    Parameters
    ----------
    history
        Finished epochs.
    kept
        The epoch whose weights are kept; None before the first.
    kept_weights
        Its weights by ``layer/variable``, each of its variable's shape, float32, any value.
    progress
        How far the running epoch has come.
    """

    history: list[EpochRecord] = field(default_factory=list)
    kept: EpochRecord | None = None
    kept_weights: Tensors = field(default_factory=dict)
    progress: EpochProgress = field(default_factory=EpochProgress)


def check_room(folder: Path, model: keras.Model) -> None:
    """Refuse to start a run whose state would not fit on the disk beside the one before it.

    Raises
    ------
    TrainingError
        If the folder cannot be made or its disk has too little room.
    """
    needed = int(_COPIES * _ROOM * sum(tensor.nbytes for tensor in tensors_of(model).values()))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        free = shutil.disk_usage(folder).free
    except OSError as error:
        raise TrainingError(f"the run's state could not be written to {folder}: {error.strerror}") from error
    if free < needed:
        raise TrainingError(
            f"expected {needed / 1e6:.0f} MB of free disk for the run's state; {folder} has {free / 1e6:.0f} MB"
        )


def write_state(folder: Path, model: keras.Model, state: RunState, settings: Mapping[str, Any]) -> None:
    """Write everything a run consists of as one atomic file.

    Weights, optimizer, whatever else the network draws or counts with, the kept
    epoch and its weights, the history, and how far the running epoch has come.

    Raises
    ------
    TrainingError
        If the disk is full or not writable, or there is too little memory; the
        previous state is intact.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        content = safetensors.numpy.save(_tensors(model, state), header_of(state, settings))
        write_atomically(folder / STATE_FILE, content)
    except (OSError, MemoryError) as error:
        why = error.strerror if isinstance(error, OSError) else "too little memory"
        raise TrainingError(
            f"the run's state could not be written to {folder}: {why}; the previous state is intact"
        ) from error


def header_of(state: RunState, settings: Mapping[str, Any]) -> dict[str, str]:
    """What a file with a state says of it in words and numbers."""
    progress = state.progress
    return {
        "recipe": json.dumps(settings, sort_keys=True),
        "history": json.dumps([asdict(record) for record in state.history]),
        "kept": json.dumps(None if state.kept is None else asdict(state.kept)),
        "progress": json.dumps({key: getattr(progress, key) for key in ("step", "seconds", "logs", "skipped")}),
    }


def read_state(folder: Path, model: keras.Model, settings: Mapping[str, Any]) -> RunState | None:
    """Put a saved state back into a compiled model; None when there is none.

    Raises
    ------
    TrainingError
        If the state is unreadable or belongs to a run with other settings.
    """
    path = folder / STATE_FILE
    return read_state_file(path, model, settings, _restore) if path.exists() else None


def read_state_file(
    path: Path,
    model: keras.Model,
    settings: Mapping[str, Any],
    restore: Callable[[keras.Model, dict[str, str], Tensors], RunState],
) -> RunState:
    """Read a file with a state, and have it put back into a compiled model.

    Raises
    ------
    TrainingError
        If it is unreadable or belongs to a run with other settings.
    """
    try:
        with safetensors.safe_open(path, framework="numpy") as file:
            header = file.metadata() or {}
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - not a dict
    except (OSError, safetensors.SafetensorError) as error:
        raise TrainingError(f"expected a training state in {path}; it cannot be read: {error}") from error
    if header.get("recipe") != json.dumps(settings, sort_keys=True):
        raise TrainingError(
            f"expected a run with the same settings in {path.parent}; choose another --run folder or the same options"
        )
    try:
        return restore(model, header, tensors)
    except (KeyError, TypeError, ValueError, WeightsShapeError) as error:
        raise TrainingError(f"expected a complete training state in {path}; it does not fit the network") from error


def _tensors(model: keras.Model, state: RunState) -> Tensors:
    tensors: Tensors = {_MODEL + name: tensor for name, tensor in tensors_of(model).items()}
    for prefix, variables in ((_OPTIMIZER, model.optimizer.variables), (_RANDOM, _random_variables(model))):
        for index, variable in enumerate(variables):
            tensors[f"{prefix}{index}"] = np.atleast_1d(keras.ops.convert_to_numpy(variable.value))
    tensors |= {_KEPT + name: tensor for name, tensor in state.kept_weights.items()}
    return tensors | metrics_of(state)


def metrics_of(state: RunState) -> Tensors:
    """Keras's running sums, as they are written."""
    return {f"{_METRIC}{index}": np.atleast_1d(value) for index, value in enumerate(state.progress.metrics)}


def _restore(model: keras.Model, header: dict[str, str], tensors: Tensors) -> RunState:
    model.optimizer.build(model.trainable_variables)
    set_tensors(model, _part(tensors, _MODEL))
    for prefix, variables in ((_OPTIMIZER, model.optimizer.variables), (_RANDOM, _random_variables(model))):
        for index, variable in enumerate(variables):
            variable.assign(tensors[f"{prefix}{index}"].reshape(variable.shape).astype(variable.dtype))
    return state_of(header, tensors)


def state_of(header: dict[str, str], tensors: Tensors) -> RunState:
    """What a file with a state says has been reached."""
    kept, progress = json.loads(header["kept"]), json.loads(header["progress"])
    metrics = _part(tensors, _METRIC)
    return RunState(
        history=[EpochRecord(**record) for record in json.loads(header["history"])],
        kept=None if kept is None else EpochRecord(**kept),
        kept_weights=_part(tensors, _KEPT),
        progress=EpochProgress(
            step=progress["step"],
            seconds=progress["seconds"],
            logs=progress["logs"],
            metrics=tuple(metrics[str(index)] for index in range(len(metrics))),
            skipped=tuple(progress["skipped"]),
        ),
    )


def _random_variables(model: keras.Model) -> list[keras.Variable]:
    """Seed generators of layers that draw (a DenseNet without dropout has none)."""
    counted = {id(variable) for variable in (*model.weights, *model.metrics_variables)}
    return [variable for variable in model.variables if id(variable) not in counted]


def _part(tensors: Tensors, prefix: str) -> Tensors:
    return {name.removeprefix(prefix): tensor for name, tensor in tensors.items() if name.startswith(prefix)}
