"""Which evaluated radiographs are looked at, from tables small enough to read."""

import numpy as np
import pytest

from densexplain.errors import OptionError
from densexplain.evaluation.evaluated_images import choose_rows, disagreements, shared_rows
from densexplain.evaluation.records.recorded_predictions import RecordedPredictions
from densexplain.vocabulary import ImageChoice, Split


def predictions(table: list[tuple[str, str, bool, float]]) -> RecordedPredictions:
    names, extremities, labels, logits = zip(*table, strict=True)
    values = np.array(logits)
    return RecordedPredictions(
        image_sha256=tuple(name * 64 for name in names),
        extremities=extremities,
        studies=np.arange(1, len(table) + 1),
        labels=np.array(labels),
        logits=values,
        probabilities=1 / (1 + np.exp(-values)),
        split=Split.VALID,
    )


ONE = predictions(
    [
        ("a", "wrist", True, 2.0),  # 0 right
        ("b", "wrist", True, -0.5),  # 1 missed
        ("c", "elbow", True, -3.0),  # 2 missed, and sure of it
        ("d", "wrist", False, 1.0),  # 3 a false alarm
        ("e", "elbow", False, -1.0),  # 4 right
    ]
)
OTHER = predictions(
    [
        ("e", "elbow", False, 4.0),  # they differ by 5
        ("a", "wrist", True, 3.0),  # they agree
        ("c", "elbow", True, 0.1),  # they differ by 3.1
        ("f", "wrist", True, 9.0),  # not among ours
    ]
)


@pytest.mark.parametrize(
    ("choice", "rows"),
    [
        (ImageChoice.FALSE_NEGATIVES, [2, 1]),
        (ImageChoice.FALSE_POSITIVES, [3]),
        (ImageChoice.CERTAIN_MISTAKES, [2, 3, 1]),
        (ImageChoice.ALL, [2, 0, 3, 4, 1]),
    ],
)
def test_the_most_certain_come_first(choice: ImageChoice, rows: list[int]) -> None:
    assert choose_rows(ONE, 0.5, choice).tolist() == rows


def test_one_extremity_alone() -> None:
    assert choose_rows(ONE, 0.5, ImageChoice.CERTAIN_MISTAKES, "wrist").tolist() == [3, 1]
    assert choose_rows(ONE, 0.5, ImageChoice.ALL, "hand").tolist() == []


def test_what_is_a_mistake_hangs_on_the_threshold() -> None:
    # 0.3 lies under the probability of row 1, which is 0.378.
    assert choose_rows(ONE, 0.3, ImageChoice.FALSE_NEGATIVES).tolist() == [2]
    assert choose_rows(ONE, 0.8, ImageChoice.FALSE_POSITIVES).tolist() == []


def test_two_model_sets_part_on_the_same_radiographs_furthest_first() -> None:
    ours, theirs = disagreements(ONE, OTHER, (0.5, 0.5))
    assert (ours.tolist(), theirs.tolist()) == ([4, 2], [0, 2])
    ours, theirs = disagreements(ONE, OTHER, (0.5, 0.6))  # 0.1 is a probability of 0.525
    assert (ours.tolist(), theirs.tolist()) == ([4], [0])
    assert disagreements(ONE, OTHER, (0.5, 0.5), "wrist")[0].tolist() == []


def test_without_shared_radiographs_there_is_nothing_to_compare() -> None:
    stranger = predictions([("9", "wrist", True, 1.0)])
    assert [rows.tolist() for rows in disagreements(ONE, stranger, (0.5, 0.5))] == [[], []]
    assert [rows.tolist() for rows in shared_rows(ONE, OTHER)] == [[0, 2, 4], [1, 2, 0]]


def test_a_single_model_set_has_no_disagreements() -> None:
    with pytest.raises(OptionError, match="disagreements"):
        choose_rows(ONE, 0.5, ImageChoice.DISAGREEMENTS)
