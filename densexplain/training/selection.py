"""Which epoch's weights are kept."""

from __future__ import annotations

from dataclasses import dataclass

from densexplain.vocabulary import EpochRule


@dataclass(frozen=True)
class EpochRecord:
    """What was measured after one epoch; losses in nats, the rest as fractions."""

    epoch: int
    size_px: int
    seconds: float
    loss: float
    accuracy: float
    valid_loss: float
    valid_accuracy: float
    valid_kappa: float
    valid_auc: float


def is_better(candidate: EpochRecord, kept: EpochRecord | None, rule: EpochRule) -> bool:
    """Tell whether `candidate` replaces `kept` under `rule`; equal values keep the earlier epoch.

    Notes
    -----
    The paper's rule, the least difference between training and validation
    accuracy, is met best by a network that has learnt nothing yet: both
    accuracies are then near one half. It is offered because the paper used it.
    """
    if kept is None or rule is EpochRule.LAST:
        return True
    return _merit(candidate, rule) > _merit(kept, rule)


def _merit(record: EpochRecord, rule: EpochRule) -> float:
    return {
        EpochRule.DIFFERENCE: -abs(record.accuracy - record.valid_accuracy),
        EpochRule.KAPPA: record.valid_kappa,
        EpochRule.LOSS: -record.valid_loss,
        EpochRule.LAST: float(record.epoch),
    }[rule]
