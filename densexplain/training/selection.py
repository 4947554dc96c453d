"""Which epoch's weights are kept, and when a run stops early."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from densexplain.vocabulary import EpochRule


@dataclass(frozen=True)
class EpochRecord:
    """What was measured after one epoch; losses in nats, the rest as fractions.

    `skipped` counts the training radiographs that could not be read in it.
    """

    epoch: int
    size_px: int
    seconds: float
    loss: float
    accuracy: float
    valid_loss: float
    valid_accuracy: float
    valid_kappa: float
    valid_auc: float
    skipped: int = 0


def is_better(candidate: EpochRecord, kept: EpochRecord | None, rule: EpochRule) -> bool:
    """Return whether `candidate` replaces `kept` under `rule`; equal values keep the earlier epoch.

    Notes
    -----
    The paper's rule, the least difference between training and validation
    accuracy, is met best by a network that has learnt nothing yet: both
    accuracies are then near one half. It is offered because the paper used it.
    """
    if kept is None or rule is EpochRule.LAST:
        return True
    return _merit(candidate, rule) > _merit(kept, rule)


def choices(history: Sequence[EpochRecord]) -> dict[EpochRule, EpochRecord]:
    """The epoch that each rule chooses.

    Parameters
    ----------
    history
        Epochs to choose from, at least one: those at the final input size.
    """
    chosen = dict.fromkeys(EpochRule, history[0])
    for record in history[1:]:
        for rule, kept in chosen.items():
            if is_better(record, kept, rule):
                chosen[rule] = record
    return chosen


def has_stalled(history: Sequence[EpochRecord], patience: int) -> bool:
    """Return whether the validation loss has not fallen below its least for `patience` epochs; 0 never stops.

    Parameters
    ----------
    history
        Epochs at the final input size, in order.
    """
    if patience == 0 or len(history) <= patience:
        return False
    losses = [record.valid_loss for record in history]
    return min(losses[-patience:]) >= min(losses[:-patience])


def _merit(record: EpochRecord, rule: EpochRule) -> float:
    return {
        EpochRule.DIFFERENCE: -abs(record.accuracy - record.valid_accuracy),
        EpochRule.KAPPA: record.valid_kappa,
        EpochRule.LOSS: -record.valid_loss,
        EpochRule.LAST: float(record.epoch),
    }[rule]
