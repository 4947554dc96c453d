"""The radiographs behind the figures: which were missed, and where two model sets part.

Everything here is rows of `RecordedPredictions`, so that a page makes something
of the few that it shows only.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from densexplain.errors import OptionError
from densexplain.evaluation.records.recorded_predictions import RecordedPredictions
from densexplain.vocabulary import ImageChoice

Rows = NDArray[np.intp]
"""Row numbers of predictions, shape (chosen,), int64, from 0."""


def choose_rows(
    predictions: RecordedPredictions, threshold: float, choice: ImageChoice, extremity: str | None = None
) -> Rows:
    """Rows of the evaluated radiographs to look at, the most certain answers first.

    Parameters
    ----------
    predictions
        Predictions of one model set.
    threshold
        Probability above which its finding is abnormal.
    choice
        Which; mistakes are measured against the data set's label. Certain is
        what has a large logit, of either sign.
    extremity
        Extremity type as in the predictions; None means all.

    Returns
    -------
    ndarray
        Shape (chosen,), int64 row numbers.

    Raises
    ------
    OptionError
        If `choice` takes two model sets; see `disagreements`.
    """
    predicted, labels = predictions.probabilities > threshold, predictions.labels
    chosen = {
        ImageChoice.FALSE_NEGATIVES: labels & ~predicted,
        ImageChoice.FALSE_POSITIVES: ~labels & predicted,
        ImageChoice.CERTAIN_MISTAKES: labels != predicted,
        ImageChoice.ALL: np.ones_like(labels),
    }.get(choice)
    if chosen is None:
        raise OptionError(f"`choice` must be one that a single model set answers; received {choice}")
    rows = np.flatnonzero(chosen & _of(predictions, extremity))
    return rows[np.argsort(-np.abs(predictions.logits[rows]), kind="stable")]


def disagreements(
    one: RecordedPredictions,
    other: RecordedPredictions,
    thresholds: tuple[float, float],
    extremity: str | None = None,
) -> tuple[Rows, Rows]:
    """Rows of the radiographs that two model sets were both evaluated on and label differently.

    Parameters
    ----------
    one, other
        Predictions of two model sets; radiographs are the same if their SHA-256 is.
    thresholds
        Thresholds of the one and of the other.
    extremity
        Extremity type as in the predictions; None means all.

    Returns
    -------
    tuple of ndarray
        Rows in `one` and in `other`, the furthest apart in logits first.
    """
    ours, theirs = shared_rows(one, other)
    differ = (one.probabilities[ours] > thresholds[0]) != (other.probabilities[theirs] > thresholds[1])
    chosen = differ & _of(one, extremity)[ours]
    ours, theirs = ours[chosen], theirs[chosen]
    order = np.argsort(-np.abs(one.logits[ours] - other.logits[theirs]), kind="stable")
    return ours[order], theirs[order]


def shared_rows(one: RecordedPredictions, other: RecordedPredictions) -> tuple[Rows, Rows]:
    """Rows, in each of two, of the radiographs that both were evaluated on; the first where one is twice there."""
    places = {sha256: row for row, sha256 in reversed(list(enumerate(other.image_sha256)))}
    pairs = [(row, places[sha256]) for row, sha256 in enumerate(one.image_sha256) if sha256 in places]
    both = np.array(pairs, np.intp).reshape(-1, 2)
    return both[:, 0], both[:, 1]


def _of(predictions: RecordedPredictions, extremity: str | None) -> NDArray[np.bool_]:
    if extremity is None:
        return np.ones(len(predictions.labels), bool)
    return np.array([one == extremity for one in predictions.extremities], bool)
