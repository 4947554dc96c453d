"""The data behind the figures: images or studies, each with a label and a prediction."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from densexplain.data_sets.mura import LabelledRadiograph
from densexplain.vocabulary import Finding

StudyKey = tuple[str, str, str]
"""Extremity type, patient and study, which identify a study."""


@dataclass(frozen=True, eq=False)
class LabelledPredictions:
    """Images or studies.

    Parameters
    ----------
    labels, predicted
        Shape (predictions,), bool, True = abnormal.
    probabilities
        Shape (predictions,), float64, of an abnormal finding, in [0, 1].
    patients
        Shape (predictions,), int64, counted from 0: those with the same number are of one patient.
    ties
        Studies that their mean probability decided.
    """

    labels: NDArray[np.bool_]
    predicted: NDArray[np.bool_]
    probabilities: NDArray[np.float64]
    patients: NDArray[np.intp]
    ties: int = 0


def labels_of(items: tuple[LabelledRadiograph, ...]) -> NDArray[np.bool_]:
    """Give findings as an array of shape (images,), bool, True = abnormal."""
    return np.array([item.finding is Finding.ABNORMAL for item in items])


def study_of(item: LabelledRadiograph) -> StudyKey:
    """The study that a radiograph is of."""
    return item.extremity, item.patient, item.study


def predictions_per_image(
    items: tuple[LabelledRadiograph, ...], probabilities: NDArray[np.floating], threshold: float
) -> LabelledPredictions:
    """Take each radiograph by itself; above `threshold` it is predicted abnormal.

    Parameters
    ----------
    items
        At least one.
    probabilities
        Shape (images,), float32 or float64 in [0, 1], of an abnormal finding, in the order of `items`.
    threshold
        Probability in (0, 1).
    """
    values = np.asarray(probabilities, np.float64)
    return LabelledPredictions(labels_of(items), values > threshold, values, _numbers([item.patient for item in items]))


def predictions_per_study(
    items: tuple[LabelledRadiograph, ...], probabilities: NDArray[np.floating], threshold: float
) -> LabelledPredictions:
    """Take each study by itself: its prediction is the majority of its images, as in the paper.

    Where as many images are predicted abnormal as normal, the mean probability
    decides at the same threshold, and the study is counted as a tie. The mean
    probability of its images is the study's probability in either case.

    Parameters
    ----------
    items, probabilities, threshold
        As for `predictions_per_image`: probabilities of shape (images,), float32 or float64.

    Returns
    -------
    LabelledPredictions
        Studies in the order in which they first appear.
    """
    images = predictions_per_image(items, probabilities, threshold)
    numbers = study_numbers(items)
    _, first, sizes = np.unique(numbers, return_index=True, return_counts=True)
    votes = np.bincount(numbers, images.predicted)
    means = np.bincount(numbers, images.probabilities) / sizes
    tied = 2 * votes == sizes
    predicted = np.where(tied, means > threshold, 2 * votes > sizes)
    return LabelledPredictions(images.labels[first], predicted, means, images.patients[first], int(tied.sum()))


def study_numbers(items: tuple[LabelledRadiograph, ...]) -> NDArray[np.intp]:
    """Number each radiograph's study from 0, in order of appearance; shape (images,), int64."""
    numbers: dict[StudyKey, int] = {}
    return np.array([numbers.setdefault(study_of(item), len(numbers)) for item in items], np.intp)


def _numbers(names: list[str]) -> NDArray[np.intp]:
    return np.unique(np.array(names), return_inverse=True)[1]
