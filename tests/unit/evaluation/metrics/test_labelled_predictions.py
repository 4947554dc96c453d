"""The vote of a study's images, from a table worked out by hand."""

import numpy as np

from densexplain.evaluation.metrics.labelled_predictions import (
    predictions_per_image,
    predictions_per_study,
    study_numbers,
)
from tests.unit.evaluation.labelled import BY_HAND, table


def test_a_study_is_what_most_of_its_images_are_and_its_mean_decides_a_tie():
    predicted = table(BY_HAND)
    studies = predictions_per_study(predicted.items, predicted.probabilities, 0.5)
    np.testing.assert_array_equal(studies.labels, np.array([1, 0, 1, 0, 0, 1, 0], bool))
    np.testing.assert_array_equal(studies.predicted, np.array([1, 1, 0, 0, 0, 1, 0], bool))
    assert studies.ties == 3
    np.testing.assert_allclose(studies.probabilities, [1.9 / 3, 0.55, 0.45, 0.1, 1.45 / 3, 0.7, 0.5], atol=1e-7)
    np.testing.assert_array_equal(studies.patients, [0, 0, 1, 2, 2, 3, 4])


def test_a_vote_can_go_against_the_mean():
    predicted = table("hand a study1 + 0.51\nhand a study1 + 0.51\nhand a study1 + 0.01\nhand b study1 - 0.1")
    studies = predictions_per_study(predicted.items, predicted.probabilities, 0.5)
    assert studies.predicted.tolist() == [True, False]
    assert studies.probabilities[0] < 0.5
    assert studies.ties == 0


def test_the_threshold_moves_both_votes_and_ties():
    predicted = table(BY_HAND)
    studies = predictions_per_study(predicted.items, predicted.probabilities, 0.25)
    # Above 0.25 are 2 of 3, both, both, none, 2 of 3, one, and one of two with a mean of 0.5.
    np.testing.assert_array_equal(studies.predicted, np.array([1, 1, 1, 0, 1, 1, 1], bool))
    assert studies.ties == 1


def test_images_stand_for_themselves():
    predicted = table(BY_HAND)
    images = predictions_per_image(predicted.items, predicted.probabilities, 0.5)
    assert images.predicted.tolist() == [value > 0.5 for value in predicted.probabilities.tolist()]
    assert images.patients.tolist() == [0, 0, 0, 0, 0, 1, 1, 2, 2, 2, 2, 3, 4, 4]
    assert images.ties == 0


def test_one_patients_study_1_of_two_extremity_types_is_two_studies():
    items = table("wrist a study1 + 0.9\nhand a study1 + 0.9\nwrist a study1 + 0.9\nwrist b study1 + 0.9").items
    assert study_numbers(items).tolist() == [0, 1, 0, 2]
