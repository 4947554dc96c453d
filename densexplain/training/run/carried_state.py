"""A run's state made small, to be carried to another machine.

A state holds the weights, two moments of Adam, their average and the kept epoch,
each in single precision: ten times what a network needs. Here are the weights,
kernels in half precision, and of the moments what a run cannot do without: the
second, without which the first steps would be far too long, as the means of its
rows and columns. The first moment is forgotten within ten steps, and the average
of the weights begins anew from the weights. A run that goes on from here is
therefore not the same to the bit; it is the same run for all that is learnt.

References
----------
Shazeer and Stern, Adafactor: adaptive learning rates with sublinear memory cost,
ICML 2018, section 3.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import keras
import numpy as np
import safetensors.numpy
from numpy.typing import NDArray

from densexplain.classifier.engines.keras.weights import Tensors, set_tensors, tensors_of
from densexplain.classifier.model_sets.weights import halve_kernels
from densexplain.errors import TrainingError
from densexplain.files import write_atomically
from densexplain.training.run.state import RunState, header_of, metrics_of, read_state_file, state_of

_MODEL, _ITERATION = "model:", "iteration"
_ROWS, _COLUMNS, _WHOLE = "velocity rows:", "velocity columns:", "velocity:"


def write_carried(path: Path, model: keras.Model, state: RunState, settings: Mapping[str, Any]) -> None:
    """Write a small file; the kept epoch is not in it, so the last epochs are to be run on one machine.

    Raises
    ------
    TrainingError
        If nothing has been reached, an epoch is kept already, or the file cannot be written.
    """
    if not state.history and not state.progress.step:
        raise TrainingError("expected a run that has begun; there is no state to write")
    if state.kept is not None:
        raise TrainingError("expected a run before the epochs of which one is kept; finish it where it is")
    optimizer = model.optimizer
    tensors: Tensors = {_MODEL + name: tensor for name, tensor in halve_kernels(tensors_of(model)).items()}
    tensors[_ITERATION] = np.atleast_1d(np.asarray(keras.ops.convert_to_numpy(optimizer.iterations.value), np.int64))
    for name, slot in _slots(model, "velocity").items():
        tensors |= _compact(name, np.asarray(keras.ops.convert_to_numpy(slot.value), np.float32))
    try:
        write_atomically(path, safetensors.numpy.save(tensors | metrics_of(state), header_of(state, settings)))
    except OSError as error:
        raise TrainingError(f"the state could not be written to {path}: {error.strerror}") from error


def read_carried(path: Path, model: keras.Model, settings: Mapping[str, Any]) -> RunState:
    """Put what `write_carried` wrote into a compiled model.

    Raises
    ------
    TrainingError
        If it is unreadable or belongs to a run with other settings.
    """
    return read_state_file(path, model, settings, _restore)


def _restore(model: keras.Model, header: dict[str, str], tensors: Tensors) -> RunState:
    weights = {name.removeprefix(_MODEL): tensor for name, tensor in tensors.items() if name.startswith(_MODEL)}
    model.optimizer.build(model.trainable_variables)
    set_tensors(model, {name: np.asarray(tensor, np.float32) for name, tensor in weights.items()})
    model.optimizer.iterations.assign(int(tensors[_ITERATION][0]))
    for name, slot in _slots(model, "velocity").items():
        slot.assign(_full(name, tensors, tuple(slot.shape)))
    for name, slot in _slots(model, "average").items():
        slot.assign(np.asarray(weights[name], np.float32))
    return replace(state_of(header, tensors), kept=None, kept_weights={})


def _slots(model: keras.Model, kind: str) -> dict[str, keras.Variable]:
    """Variables of one kind that the optimizer keeps for the weights, by the weights' names."""
    slots = {variable.path.partition("/")[2]: variable for variable in model.optimizer.variables}
    named = {variable.path: f"{variable.path.replace('/', '_')}_{kind}" for variable in model.trainable_variables}
    return {name: slots[slot] for name, slot in named.items() if slot in slots}


def _compact(name: str, second: NDArray[np.float32]) -> Tensors:
    """Sums over the columns and over the rows, where a row is all of a kernel but its last axis."""
    if second.ndim < 4:
        return {_WHOLE + name: second}
    table = second.reshape(-1, second.shape[-1])
    return {_ROWS + name: table.sum(axis=1), _COLUMNS + name: table.sum(axis=0)}


def _full(name: str, tensors: Tensors, shape: tuple[int, ...]) -> NDArray[np.float32]:
    """The table of least divergence with these sums."""
    if _WHOLE + name in tensors:
        return np.asarray(tensors[_WHOLE + name], np.float32)
    rows, columns = (np.asarray(tensors[part + name], np.float64) for part in (_ROWS, _COLUMNS))
    return np.asarray(np.outer(rows, columns) / max(rows.sum(), np.finfo(np.float32).tiny), np.float32).reshape(shape)
