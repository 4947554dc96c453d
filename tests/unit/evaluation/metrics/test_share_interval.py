"""Intervals of shares against Wilson's formula, and those that the report of the verdict states."""

import math

import pytest

from densexplain.errors import OptionError
from densexplain.evaluation.metrics.share_interval import share_interval
from tests.tiny import ROOT


@pytest.mark.parametrize(("count", "cases"), [(0, 7), (7, 7), (3, 35), (1, 1), (29, 30), (500, 1000)])
def test_intervals_are_wilsons(count, cases):
    share, square = count / cases, 1.959963984540054**2
    middle, whole = share + square / (2 * cases), 1 + square / cases
    reach = math.sqrt(square * (share * (1 - share) / cases + square / (4 * cases**2)))
    assert share_interval(count, cases) == pytest.approx(
        ((middle - reach) / whole, (middle + reach) / whole), abs=1e-12
    )


@pytest.mark.parametrize(("count", "cases"), [(0, 0), (-1, 5), (6, 5)])
def test_counts_that_cannot_be(count, cases):
    with pytest.raises(OptionError, match=f"received {count} of {cases}"):
        share_interval(count, cases)


@pytest.mark.parametrize(
    ("what", "model_set", "asked", "count", "cases"),
    [
        ("shortcut recognised", "wrist", "at least 0.9", 30, 30),
        ("clean falsely accused", "all-extremities", "at most 0.1", 0, 34),
        ("clean falsely accused", "wrist", "at most 0.1", 0, 4),
    ],
)
def test_the_intervals_are_those_of_the_report(what, model_set, asked, count, cases):
    low, high = share_interval(count, cases)
    report = (ROOT / "docs" / "verdict.md").read_text(encoding="utf-8")
    line = f"| {what} | `{model_set}` | {asked} | {count / cases:.2f} | {low:.2f} to {high:.2f} | {cases} |"
    assert line in report
