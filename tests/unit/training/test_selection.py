"""Which epoch is kept."""

import dataclasses

import pytest

from densexplain.training.selection import EpochRecord, is_better
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
