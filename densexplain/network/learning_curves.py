"""How training went, read from a manifest without Keras."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_CURVES = ("accuracy", "valid_accuracy", "loss", "valid_loss")


@dataclass(frozen=True)
class LearningCurves:
    """What was measured after each epoch.

    Parameters
    ----------
    epochs
        Numbers, rising.
    accuracy, valid_accuracy
        Fractions, on the training and on the validation radiographs.
    loss, valid_loss
        Mean binary cross-entropy, in nats.
    kept
        The epoch whose weights the model set holds; None where that is not known.
    """

    epochs: tuple[int, ...]
    accuracy: tuple[float, ...]
    valid_accuracy: tuple[float, ...]
    loss: tuple[float, ...]
    valid_loss: tuple[float, ...]
    kept: int | None


def learning_curves(training: Mapping[str, Any]) -> LearningCurves | None:
    """Curves from a manifest's entry `training`; None where it holds no usable history.

    The entry is free, and an imported network has none: what does not fit is
    left out, not refused.
    """
    entries = training.get("epochs")
    if not isinstance(entries, list):
        return None
    usable = [entry for entry in entries if isinstance(entry, Mapping) and all(map(_is_number, _values(entry)))]
    if not usable:
        return None
    curves = {name: tuple(float(entry[name]) for entry in usable) for name in _CURVES}
    epochs = tuple(int(entry["epoch"]) for entry in usable)
    kept = training.get("kept")
    number = kept.get("epoch") if isinstance(kept, Mapping) else None
    return LearningCurves(epochs=epochs, kept=number if number in epochs else None, **curves)


def _values(entry: Mapping[str, Any]) -> list[Any]:
    return [entry.get(name) for name in ("epoch", *_CURVES)]


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and math.isfinite(value)
