"""The closed sets hold the field's words, in the order of the forward pass."""

import pytest

from densexplain.vocabulary import Finding, FocusPart, MapMeasure, Ranking, Region, Schedule


@pytest.mark.parametrize(
    ("words", "members"),
    [(Finding, {"normal", "abnormal"}), (Ranking, {"mean", "maximum", "contribution"})],
)
def test_closed_sets_are_closed(words, members):
    assert {str(member) for member in words} == members
    with pytest.raises(ValueError, match="is not a valid"):
        words("positive")


def test_the_papers_schedule_is_offered():
    assert Schedule("paper") is Schedule.PAPER


@pytest.mark.parametrize(
    ("member", "former"),
    [
        (Region.ABNORMALITY, "finding"),
        (FocusPart.ABNORMALITY, "finding"),
        (MapMeasure.EVIDENCE_INSIDE, "evidence inside the finding"),
    ],
)
def test_a_former_value_is_read_and_never_written(member, former):
    words = type(member)
    assert words(former) is words(member.value) is member
    assert former not in list(words)


@pytest.mark.parametrize("value", ["findings", "normal", None, 3, ["finding"]])
def test_no_other_value_becomes_a_region(value):
    with pytest.raises(ValueError, match="is not a valid"):
        Region(value)
