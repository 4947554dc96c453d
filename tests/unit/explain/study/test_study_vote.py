"""Majority votes and ties, from a table worked out by hand."""

from __future__ import annotations

import pytest

from densexplain.explain.study.study_vote import vote
from densexplain.vocabulary import Finding

NORMAL, ABNORMAL = Finding.NORMAL, Finding.ABNORMAL


@pytest.mark.parametrize(
    ("probabilities", "threshold", "finding", "votes", "tie", "mean", "mean_finding"),
    [
        ([0.9], 0.5, ABNORMAL, (1, 0, 0), False, 0.9, ABNORMAL),
        ([0.5], 0.5, NORMAL, (0, 1, 0), False, 0.5, NORMAL),
        ([0.6, 0.7, 0.1], 0.5, ABNORMAL, (2, 1, 0), False, 1.4 / 3, NORMAL),
        ([0.4, 0.3, 0.95], 0.5, NORMAL, (1, 2, 0), False, 0.55, ABNORMAL),
        ([0.9, 0.2], 0.5, ABNORMAL, (1, 1, 0), True, 0.55, ABNORMAL),
        ([0.6, 0.2], 0.5, NORMAL, (1, 1, 0), True, 0.4, NORMAL),
        ([0.75, 0.25], 0.5, NORMAL, (1, 1, 0), True, 0.5, NORMAL),
        ([0.6, 0.2], 0.3, ABNORMAL, (1, 1, 0), True, 0.4, ABNORMAL),
        ([0.9, 0.2, None], 0.5, ABNORMAL, (1, 1, 1), True, 0.55, ABNORMAL),
        ([None, 0.1], 0.5, NORMAL, (0, 1, 1), False, 0.1, NORMAL),
        ([None, None], 0.5, None, (0, 0, 2), False, None, None),
    ],
)
def test_the_table_of_votes(probabilities, threshold, finding, votes, tie, mean, mean_finding) -> None:
    found = vote(probabilities, threshold)
    assert found.finding is finding
    assert (found.abnormal, found.normal, found.withheld) == votes
    assert found.tie is tie
    assert found.mean_probability == (None if mean is None else pytest.approx(mean, abs=1e-12))
    assert found.mean_finding is mean_finding
    assert found.threshold == threshold


@pytest.mark.parametrize("probabilities", [[0.1, 0.9, 0.8], [0.9, 0.2], [0.7, None, 0.6, 0.2]])
def test_the_order_does_not_matter(probabilities: list[float | None]) -> None:
    assert vote(probabilities, 0.5) == vote(probabilities[::-1], 0.5)


def test_the_sentence_says_how_the_label_came_about() -> None:
    assert vote([0.9, 0.8, 0.1], 0.5).sentence == "2 of 3 radiographs say abnormal."
    assert vote([0.9, 0.2], 0.5).sentence == "Tie, 1 to 1: the mean probability decided."
    assert vote([0.4, 0.3, 0.95], 0.5).sentence.endswith("The mean probability by itself would say abnormal.")
    assert "withheld" in vote([None], 0.5).sentence
