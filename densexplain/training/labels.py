"""What a network is told of a radiograph: abnormal or not, and of which group where it has a unit for each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import keras
from keras import ops

from densexplain.classifier.heads import Head, HeadKind, OutputClass, one_unit
from densexplain.data_sets.mura import LabelledRadiograph
from densexplain.errors import OptionError
from densexplain.phantom.truth import group_if_known
from densexplain.training.regions.region_targets import UNKNOWN
from densexplain.vocabulary import AbnormalityGroup, Finding

Groups = tuple[AbnormalityGroup, ...]
"""Groups that have a unit of their own, in the order of the units; empty where the only unit is abnormal."""

GroupOf = Callable[[LabelledRadiograph], AbnormalityGroup | None]
"""Group of an abnormal radiograph; None where it is not known."""

_LEAST_PROBABILITY = 1e-7


def group_reader(folder: Path) -> GroupOf:
    """Look up groups in a data set's truth; those of radiographs without truth are unknown."""
    return lambda item: group_if_known(folder, item)


def label_row(abnormal: bool, group: AbnormalityGroup | None, groups: Groups) -> list[float]:
    """Labels of one radiograph: 1, 0, or `UNKNOWN`, first of abnormal, then of each group.

    Of a normal radiograph every group is known to be absent.
    """
    if not abnormal:
        return [0.0] * (1 + len(groups))
    return [1.0, *(UNKNOWN if group is None else float(one is group) for one in groups)]


def label_loss(groups: Groups) -> Any:
    """Loss of the labels: binary cross-entropy, of those that are known where there are several units."""
    return known_crossentropy if groups else "binary_crossentropy"


def known_crossentropy(labels: Any, probabilities: Any) -> Any:
    """Mean binary cross-entropy of each radiograph over the units of which something is known.

    Parameters
    ----------
    labels
        Shape (batch, units), 0, 1 or `UNKNOWN`.
    probabilities
        Same shape, in [0, 1].

    Returns
    -------
    tensor
        Shape (batch,), in nats.
    """
    known = ops.cast(labels >= 0, "float32")
    present = ops.maximum(ops.cast(labels, "float32"), 0.0)
    inside = ops.clip(probabilities, _LEAST_PROBABILITY, 1.0 - _LEAST_PROBABILITY)
    entropy = -(present * ops.log(inside) + (1.0 - present) * ops.log(1.0 - inside))
    return ops.sum(known * entropy, axis=-1) / ops.maximum(ops.sum(known, axis=-1), 1.0)


class FindingAccuracy(keras.metrics.BinaryAccuracy):  # type: ignore[misc]  # Keras has no type stubs
    """Accuracy of the unit that says abnormal."""

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """See Keras; shapes (batch, units)."""
        super().update_state(y_true[:, :1], y_pred[:, :1], sample_weight)


def head_of(groups: Groups, thresholds: Sequence[float] = (), threshold: float = 0.5) -> Head:
    """The head that labels of these groups train.

    Parameters
    ----------
    groups
        Empty for one unit.
    thresholds
        One for each group, in (0, 1); empty for 0.5.
    threshold
        Of abnormal, in (0, 1).

    Raises
    ------
    OptionError
        If there are not as many thresholds as groups.
    """
    if not groups:
        return one_unit(threshold)
    chosen = tuple(thresholds) or (0.5,) * len(groups)
    if len(chosen) != len(groups):
        raise OptionError(f"expected a threshold for each of {len(groups)} groups; received {len(chosen)}")
    classes = (OutputClass(group.value, one) for group, one in zip(groups, chosen, strict=True))
    return Head(HeadKind.SIGMOID, (OutputClass(Finding.ABNORMAL.value, threshold), *classes))
