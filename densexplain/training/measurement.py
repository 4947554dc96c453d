"""What a network says of a whole list of labelled radiographs."""

from __future__ import annotations

import time
from dataclasses import dataclass

import keras
import numpy as np
from numpy.typing import NDArray

from densexplain.radiograph.preprocessing import InputSpecification
from densexplain.training.batches import RadiographBatches
from densexplain.training.mura import LabelledRadiograph
from densexplain.training.progress import Report, time_left
from densexplain.vocabulary import Finding, Stage

_LIMIT_PERCENTILE = 99.0
_REPORT_EVERY_SECONDS = 15.0


@dataclass(frozen=True)
class Measurement:
    """Probabilities of a list of radiographs, and how far their maps reach.

    Parameters
    ----------
    probabilities
        Shape (images,), float32, of an abnormal finding, in the order of the list.
    activation_map_limit_logits
        99th percentile of the magnitude of the class activation maps over all
        cells of all images, in logits; > 0. The absolute colour scale ends there.
    """

    probabilities: NDArray[np.float32]
    activation_map_limit_logits: float


def measure(
    model: keras.Model,
    items: tuple[LabelledRadiograph, ...],
    specification: InputSpecification,
    batch_size: int,
    report: Report,
) -> Measurement:
    """Run a classifier over radiographs, prepared as in training but not varied.

    Parameters
    ----------
    model
        Made by `densexplain.network.densenet.build_densenet`.
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
    features_and_probabilities = keras.Model(model.input, [model.get_layer(Stage.BLOCK4.layer).output, model.output])
    kernel = np.asarray(keras.ops.convert_to_numpy(model.get_layer("predictions").kernel), np.float32)[:, 0]
    batches = RadiographBatches(items, specification, batch_size)
    probabilities, magnitudes = [], []
    start = last = time.monotonic()
    for index in range(len(batches)):
        inputs, _ = batches[index]
        features, predicted = features_and_probabilities.predict_on_batch(inputs)
        probabilities.append(np.asarray(predicted, np.float32)[:, 0])
        magnitudes.append(np.abs(np.asarray(features, np.float32) @ kernel).ravel())
        now = time.monotonic()
        if now - last >= _REPORT_EVERY_SECONDS:
            last = now
            left = time_left((now - start) / (index + 1) * (len(batches) - index - 1))
            report(f"measured {len(items[: (index + 1) * batch_size])} of {len(items)} radiographs, left {left}")
    limit = float(np.percentile(np.concatenate(magnitudes), _LIMIT_PERCENTILE))
    return Measurement(np.concatenate(probabilities), max(limit, float(np.finfo(np.float32).tiny)))


def labels_of(items: tuple[LabelledRadiograph, ...]) -> NDArray[np.bool_]:
    """Findings as an array, True = abnormal."""
    return np.array([item.finding is Finding.ABNORMAL for item in items])
