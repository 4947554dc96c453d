"""What a network would have to go by if it ended at a stage: a linear probe on the pooled maps of each.

A probe is no part of the network: it was fitted afterwards, on labelled training
radiographs, to tell abnormal from normal by the means of a stage's feature maps
alone. How well it does so says at what depth a finding has become readable.

References
----------
Alain and Bengio, Understanding intermediate layers using linear classifier
probes, arXiv 1610.01644 (2016).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from densexplain.classifier.classifier import Stage
from densexplain.classifier.model_sets.manifest_parts import ProbesRecord
from densexplain.classifier.probability import probability_of
from densexplain.errors import ShapeError


@dataclass(frozen=True)
class ProbeAnswer:
    """What the probe of one stage says of a radiograph.

    Parameters
    ----------
    stage
        Name of the stage.
    heading
        Of the stage, for a reader.
    probability
        Of an abnormal finding, in [0, 1].
    error
        Root of the mean squared difference between such probabilities and the
        labels of radiographs that the probe was not fitted on, in [0, 1]; 0.5
        is had by always saying 0.5.
    auc
        Area under the ROC curve there, 0 to 1.
    """

    stage: str
    heading: str
    probability: float
    error: float
    auc: float


@dataclass(frozen=True, eq=False)
class Probes:
    """Linear probes of every stage.

    Parameters
    ----------
    weights
        For each stage, of the square roots of its channels' means, shape
        (channels,), float32, any value.
    biases
        Shape (stages,), float32, in logits.
    """

    weights: tuple[NDArray[np.float32], ...]
    biases: NDArray[np.float32]

    def logits(self, stage_means: NDArray[np.float32]) -> NDArray[np.float64]:
        """What each probe says.

        Parameters
        ----------
        stage_means
            As `densexplain.classifier.classifier.Answer` has them: shape
            (channels of all stages,) or (images, channels), float32, >= 0.

        Returns
        -------
        numpy.ndarray
            Shape (stages,) or (images, stages), float64, any value.

        Raises
        ------
        ShapeError
            If the channels are not those of the probes.
        """
        lengths = [len(one) for one in self.weights]
        if stage_means.ndim not in (1, 2) or stage_means.shape[-1] != sum(lengths):
            raise ShapeError(f"expected means of {sum(lengths)} channels; received {stage_means.shape}")
        parts = np.split(probe_features(stage_means), np.cumsum(lengths)[:-1], axis=-1)
        found = [part @ weights.astype(np.float64) for part, weights in zip(parts, self.weights, strict=True)]
        return np.stack(found, axis=-1) + self.biases


def probe_features(stage_means: NDArray[np.float32]) -> NDArray[np.float64]:
    """Square roots of means, same shape, float64, >= 0: their spread does not grow with them."""
    return np.sqrt(np.maximum(np.asarray(stage_means, np.float64), 0.0))


def probe_answers(
    probes: Probes, record: ProbesRecord, stages: Sequence[Stage], stage_means: NDArray[np.float32]
) -> tuple[ProbeAnswer, ...]:
    """What the probes say of one radiograph, in forward order.

    Parameters
    ----------
    probes
        Of the model set.
    record
        Record in its manifest.
    stages
        Of its network.
    stage_means
        Shape (channels of all stages,), float32, >= 0.

    Raises
    ------
    ShapeError
        As `Probes.logits`.
    """
    return tuple(
        ProbeAnswer(stage.name, stage.heading, probability_of(logit), measured.error, measured.auc)
        for stage, logit, measured in zip(stages, probes.logits(stage_means), record.stages, strict=True)
    )
