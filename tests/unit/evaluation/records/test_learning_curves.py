"""Learning curves from the free entry of a manifest, whatever it holds."""

import pytest

from densexplain.evaluation.records.learning_curves import LearningCurves, learning_curves

FIRST = {"epoch": 1, "loss": 0.7, "accuracy": 0.5, "valid_loss": 0.6, "valid_accuracy": 0.55, "seconds": 3.0}
SECOND = {"epoch": 2, "loss": 0.4, "accuracy": 0.8, "valid_loss": 0.5, "valid_accuracy": 0.75}


def test_reads_each_epoch_and_which_was_kept() -> None:
    assert learning_curves({"epochs": [FIRST, SECOND], "kept": SECOND}) == LearningCurves(
        (1, 2), (0.5, 0.8), (0.55, 0.75), (0.7, 0.4), (0.6, 0.5), 2
    )


@pytest.mark.parametrize(
    ("recipe", "partial"),
    [
        ({"growth": [{"epochs": 9, "size_px": 224, "band": 0.5}, {"epochs": 2, "size_px": 112}]}, 11),
        ({"growth": []}, 0),
        ({"growth": "much"}, 0),
        ({"growth": [{"epochs": "two"}, 3]}, 0),
        (None, 0),
    ],
)
def test_tells_epochs_measured_on_part_of_the_input(recipe: object, partial: int) -> None:
    curves = learning_curves({"epochs": [FIRST], "recipe": recipe})
    assert curves is not None
    assert curves.partial_epochs == partial


@pytest.mark.parametrize("training", [{}, {"epochs": "many"}, {"epochs": []}, {"epochs": [1, {"epoch": 1}]}])
def test_no_history_is_no_curve(training: dict[str, object]) -> None:
    assert learning_curves(training) is None


def test_what_does_not_fit_is_left_out() -> None:
    damaged = {**FIRST, "loss": "low"}
    curves = learning_curves({"epochs": [damaged, SECOND], "kept": FIRST})
    assert curves is not None
    assert (curves.epochs, curves.kept) == ((2,), None)
