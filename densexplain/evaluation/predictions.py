"""Predictions for a whole list of labelled radiographs."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from densexplain.classifier.classifier import Classifier
from densexplain.classifier.probability import calibrated_probabilities
from densexplain.data_sets.mura import LabelledRadiograph
from densexplain.data_sets.network_inputs import network_inputs
from densexplain.progress import Report, time_left
from densexplain.radiograph.preprocessing import InputSpecification

_LIMIT_PERCENTILE = 99.0
_REPORT_EVERY_SECONDS = 15.0


@dataclass(frozen=True)
class Predictions:
    """Logits and probabilities of a list of radiographs, and how far their maps reach.

    Parameters
    ----------
    logits
        Shape (images,), float32, any value, in the order of the list.
    probabilities
        Shape (images,), float32 in [0, 1], of an abnormal finding: their sigmoids.
    activation_map_limit_logits
        99th percentile of the magnitude of the class activation maps over all
        cells of all images, in logits; > 0. The absolute colour scale ends there.
    log_odds
        Shape (images, classes), float32, any value: of every class of the head.
    """

    logits: NDArray[np.float32]
    probabilities: NDArray[np.float32]
    activation_map_limit_logits: float
    log_odds: NDArray[np.float32]


def predict(
    classifier: Classifier,
    items: tuple[LabelledRadiograph, ...],
    specification: InputSpecification,
    batch_size: int,
    report: Report,
) -> Predictions:
    """Run a classifier over radiographs, prepared as in training but not varied.

    Parameters
    ----------
    classifier
        With one sigmoid unit, or several classes of which the first that is not normal is predicted.
    items
        At least one.
    specification
        The network's preprocessing.
    batch_size
        Radiographs at a time.
    report
        Receives a line of progress every 15 seconds.

    Raises
    ------
    DataSetError
        If an image cannot be read.
    """
    head = classifier.head
    log_odds, magnitudes = [], []
    start = last = time.monotonic()
    batches = -(-len(items) // batch_size)
    for index, inputs in enumerate(network_inputs(items, specification, batch_size)):
        found = classifier.evidence(np.asarray(inputs, np.float32))
        log_odds.append(head.log_odds(found.logits))
        magnitudes.append(np.abs(found.maps[:, head.main]).ravel())
        now = time.monotonic()
        if now - last >= _REPORT_EVERY_SECONDS:
            last = now
            left = time_left((now - start) / (index + 1) * (batches - index - 1))
            report(f"predicted {len(items[: (index + 1) * batch_size])} of {len(items)} radiographs, left {left}")
    limit = float(np.percentile(np.concatenate(magnitudes), _LIMIT_PERCENTILE))
    in_order = np.concatenate(log_odds).astype(np.float32)
    logits = in_order[:, head.main]
    probabilities = calibrated_probabilities(logits, 1.0).astype(np.float32)
    return Predictions(logits, probabilities, max(limit, float(np.finfo(np.float32).tiny)), in_order)
