"""The course of training, read from a manifest without Keras."""

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
    partial_epochs
        How many of the first epochs were trained and measured on less than the
        network's input, a band of the rows or a smaller image: their figures do
        not stand beside those of the later ones.
    """

    epochs: tuple[int, ...]
    accuracy: tuple[float, ...]
    valid_accuracy: tuple[float, ...]
    loss: tuple[float, ...]
    valid_loss: tuple[float, ...]
    kept: int | None
    partial_epochs: int = 0


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
    kept_epoch = number if number in epochs else None
    return LearningCurves(epochs=epochs, kept=kept_epoch, partial_epochs=_partial_epochs(training), **curves)


def _partial_epochs(training: Mapping[str, Any]) -> int:
    recipe = training.get("recipe")
    growth = recipe.get("growth") if isinstance(recipe, Mapping) else None
    steps = [step.get("epochs") for step in growth if isinstance(step, Mapping)] if isinstance(growth, list) else []
    return sum(step for step in steps if isinstance(step, int) and step > 0)


def _values(entry: Mapping[str, Any]) -> list[Any]:
    return [entry.get(name) for name in ("epoch", *_CURVES)]


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and math.isfinite(value)
