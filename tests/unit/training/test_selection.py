"""Which epoch is kept."""

import dataclasses

import pytest

from densexplain.training.selection import EpochRecord, choices, has_stalled, is_better
from densexplain.vocabulary import EpochRule

_RECORD = EpochRecord(
    epoch=3,
    size_px=224,
    seconds=1.0,
    loss=0.4,
    accuracy=0.80,
    valid_loss=0.5,
    valid_accuracy=0.75,
    valid_kappa=0.5,
    valid_auc=0.9,
)


def _with(**changes):
    return dataclasses.replace(_RECORD, **changes)


@pytest.mark.parametrize("rule", list(EpochRule))
def test_the_first_epoch_is_kept(rule):
    assert is_better(_RECORD, None, rule)


@pytest.mark.parametrize(
    ("rule", "better", "worse"),
    [
        (EpochRule.KAPPA, {"valid_kappa": 0.51}, {"valid_kappa": 0.49, "valid_loss": 0.1}),
        (EpochRule.LOSS, {"valid_loss": 0.49}, {"valid_loss": 0.51, "valid_kappa": 0.9}),
        (EpochRule.DIFFERENCE, {"valid_accuracy": 0.84}, {"valid_accuracy": 0.86}),
        (EpochRule.DIFFERENCE, {"accuracy": 0.5, "valid_accuracy": 0.5}, {"accuracy": 0.99, "valid_accuracy": 0.9}),
    ],
)
def test_a_rule_looks_at_its_own_figure(rule, better, worse):
    assert is_better(_with(**better), _RECORD, rule)
    assert not is_better(_with(**worse), _RECORD, rule)


def test_equal_values_keep_the_earlier_epoch_but_for_the_last():
    for rule in (EpochRule.KAPPA, EpochRule.LOSS, EpochRule.DIFFERENCE):
        assert not is_better(_with(epoch=4), _RECORD, rule)
    assert is_better(_with(epoch=4, valid_kappa=0), _RECORD, EpochRule.LAST)


def test_each_rule_chooses_for_itself_and_the_papers_takes_an_untrained_epoch():
    history = [
        _with(epoch=1, accuracy=0.50, valid_accuracy=0.50, valid_kappa=0.00, valid_loss=0.70),
        _with(epoch=2, accuracy=0.70, valid_accuracy=0.72, valid_kappa=0.44, valid_loss=0.50),
        _with(epoch=3, accuracy=0.80, valid_accuracy=0.78, valid_kappa=0.56, valid_loss=0.52),
        _with(epoch=4, accuracy=0.90, valid_accuracy=0.77, valid_kappa=0.54, valid_loss=0.60),
    ]
    chosen = {rule: record.epoch for rule, record in choices(history).items()}
    assert chosen == {EpochRule.DIFFERENCE: 1, EpochRule.KAPPA: 3, EpochRule.LOSS: 2, EpochRule.LAST: 4}


@pytest.mark.parametrize(
    ("losses", "patience", "stalled"),
    [
        ([0.5, 0.6, 0.7], 0, False),
        ([0.5, 0.6], 2, False),
        ([0.5, 0.6, 0.5], 2, True),
        ([0.5, 0.6, 0.49], 2, False),
        ([0.5, 0.4, 0.6, 0.7], 2, True),
        ([], 1, False),
    ],
)
def test_a_run_has_stalled_when_the_loss_has_not_fallen_for_so_long(losses, patience, stalled):
    history = [_with(epoch=epoch, valid_loss=loss) for epoch, loss in enumerate(losses, 1)]
    assert has_stalled(history, patience) is stalled
