"""Intervals of shares against another implementation, and the rates that are told."""

import pytest
from scipy.stats import binomtest

from densexplain.errors import OptionError
from densexplain.explain.audit.verdict_rates import MEASURED, MeasuredRate, share_interval
from tests.tiny import ROOT


@pytest.mark.parametrize(("count", "cases"), [(0, 7), (7, 7), (3, 35), (1, 1), (29, 30), (500, 1000)])
def test_intervals_are_those_of_scipy(count, cases):
    expected = binomtest(count, cases).proportion_ci(0.95, "wilson")
    assert share_interval(count, cases) == pytest.approx((expected.low, expected.high), abs=1e-12)


@pytest.mark.parametrize(("count", "cases"), [(0, 0), (-1, 5), (6, 5)])
def test_counts_that_cannot_be(count, cases):
    with pytest.raises(OptionError, match=f"received {count} of {cases}"):
        share_interval(count, cases)


def test_a_rate():
    rate = MeasuredRate("accused", "wrist", 3, 12, "at most 0.1")
    assert rate.share == 0.25
    assert rate.interval == share_interval(3, 12)


def test_the_rates_are_those_of_the_report():
    report = (ROOT / "docs" / "verdict.md").read_text(encoding="utf-8")
    assert MEASURED
    for rate in MEASURED:
        low, high = rate.interval
        what, share = (
            f"| {rate.what} | `{rate.model_set}` | {rate.asked}",
            f"{rate.share:.2f} | {low:.2f} to {high:.2f}",
        )
        line = f"{what} | {share} | {rate.cases} |"
        assert line in report, line


def test_the_thresholds_are_those_of_the_report():
    from dataclasses import asdict

    from densexplain.explain.audit.verdict import THRESHOLDS

    report = (ROOT / "docs" / "verdict.md").read_text(encoding="utf-8")
    for name, value in asdict(THRESHOLDS).items():
        assert f"| `{name}` | {value:g} |" in report, name
