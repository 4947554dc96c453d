"""The complete state of a run in one file, so that a killed run goes on where it was."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import keras
import numpy as np
import safetensors
import safetensors.numpy

from densexplain.errors import TrainingError, WeightsShapeError
from densexplain.files import write_atomically
from densexplain.network.weights import Tensors, set_tensors, tensors_of
from densexplain.training.selection import EpochRecord

_STATE_FILE = "state.safetensors"
_MODEL, _OPTIMIZER, _KEPT = "model:", "optimizer:", "kept:"


@dataclass
class RunState:
    """What has been reached: finished epochs, the kept epoch and its weights."""

    history: list[EpochRecord]
    kept: EpochRecord | None
    kept_weights: Tensors


def write_state(folder: Path, model: keras.Model, state: RunState, recipe: dict[str, object]) -> None:
    """Write weights, optimizer, history and the kept epoch as one atomic file.

    Raises
    ------
    TrainingError
        If the disk is full or not writable; the previous state is intact.
    """
    tensors: Tensors = {_MODEL + name: tensor for name, tensor in tensors_of(model).items()}
    for index, variable in enumerate(model.optimizer.variables):
        tensors[f"{_OPTIMIZER}{index}"] = np.atleast_1d(keras.ops.convert_to_numpy(variable.value))
    tensors |= {_KEPT + name: tensor for name, tensor in state.kept_weights.items()}
    header = {
        "recipe": json.dumps(recipe, sort_keys=True),
        "history": json.dumps([asdict(record) for record in state.history]),
        "kept": json.dumps(None if state.kept is None else asdict(state.kept)),
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_atomically(folder / _STATE_FILE, safetensors.numpy.save(tensors, header))
    except OSError as error:
        raise TrainingError(
            f"the run's state could not be written to {folder}: {error.strerror}; the previous state is intact"
        ) from error


def read_state(folder: Path, model: keras.Model, recipe: dict[str, object]) -> RunState | None:
    """Put a saved state back into a compiled model; None when there is none.

    Raises
    ------
    TrainingError
        If the state is unreadable or belongs to a run with other settings.
    """
    path = folder / _STATE_FILE
    if not path.exists():
        return None
    try:
        with safetensors.safe_open(path, framework="numpy") as file:
            header = file.metadata() or {}
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - not a dict
    except (OSError, safetensors.SafetensorError) as error:
        raise TrainingError(f"expected a training state in {path}; it cannot be read: {error}") from error
    if header.get("recipe") != json.dumps(recipe, sort_keys=True):
        raise TrainingError(
            f"expected a run with the same settings in {folder}; choose another --run folder or the same options"
        )
    try:
        return _restore(model, header, tensors)
    except (KeyError, TypeError, ValueError, WeightsShapeError) as error:
        raise TrainingError(f"expected a complete training state in {path}; it does not fit the network") from error


def _restore(model: keras.Model, header: dict[str, str], tensors: Tensors) -> RunState:
    model.optimizer.build(model.trainable_variables)
    set_tensors(model, _part(tensors, _MODEL))
    for index, variable in enumerate(model.optimizer.variables):
        variable.assign(tensors[f"{_OPTIMIZER}{index}"].reshape(variable.shape).astype(variable.dtype))
    kept = json.loads(header["kept"])
    return RunState(
        history=[EpochRecord(**record) for record in json.loads(header["history"])],
        kept=None if kept is None else EpochRecord(**kept),
        kept_weights=_part(tensors, _KEPT),
    )


def _part(tensors: Tensors, prefix: str) -> Tensors:
    return {name.removeprefix(prefix): tensor for name, tensor in tensors.items() if name.startswith(prefix)}
