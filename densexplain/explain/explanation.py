"""What one forward pass says of a radiograph, and what it went by.

Plain arrays only: renderers and records use them without Keras.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from densexplain.explain.familiarity import Familiarity
from densexplain.vocabulary import FamiliarityVerdict, Finding, Ranking, Stage

MAPS_PER_STAGE = 16
"""Feature maps kept of each stage, as in the paper's figure (fewer only if the stage has fewer channels)."""


@dataclass(frozen=True)
class RankedMaps:
    """The feature maps that come first in one ranking, best first.

    Parameters
    ----------
    channels
        Shape (16,), int32: channel numbers within the stage, counted from 0.
    strengths
        Shape (16,), float32: what the ranking went by - mean or maximum
        activation (>= 0), or the signed contribution to the logit, in logits.
    maps
        Shape (16, rows, columns), float32, >= 0: the activations.
    """

    channels: NDArray[np.int32]
    strengths: NDArray[np.float32]
    maps: NDArray[np.float32]


@dataclass(frozen=True)
class StageExplanation:
    """One of the five stages.

    Parameters
    ----------
    stage
        Which one.
    rows, columns, channels
        Shape of all its feature maps, of which `rankings` keep 16 each.
    rankings
        By mean and by maximum; at the last stage also by contribution.
    """

    stage: Stage
    rows: int
    columns: int
    channels: int
    rankings: Mapping[Ranking, RankedMaps]

    @property
    def layer(self) -> str:
        """Name of the Keras layer whose output this is."""
        return self.stage.layer

    def ranked(self, ranking: Ranking) -> RankedMaps:
        """The 16 maps by `ranking`, or by mean where contribution is not defined."""
        return self.rankings.get(ranking, self.rankings[Ranking.MEAN])


@dataclass(frozen=True)
class Explanation:
    """Prediction, evidence and feature maps of one network input.

    Parameters
    ----------
    probability
        Of an abnormal finding, in [0, 1]; the sigmoid of `logit`.
    logit
        Before the sigmoid; equals ``bias + evidence_sum`` to 1e-4.
    bias
        Of the head, in logits: what the network says of no evidence at all.
    finding
        Abnormal when `probability` is above `threshold`.
    threshold
        Of the model set.
    activation_map
        Class activation map, shape (rows, columns), float32, signed, in logits,
        raw: neither scaled nor enlarged. Its mean plus `bias` is the logit.
    stages
        All five, in forward order.
    familiarity
        How like the training radiographs this one is; None where the model set does not know.
    """

    probability: float
    logit: float
    bias: float
    finding: Finding
    threshold: float
    activation_map: NDArray[np.float32]
    stages: tuple[StageExplanation, ...]
    familiarity: Familiarity | None = None

    @property
    def label_withheld(self) -> bool:
        """Whether finding, probability and logit are hidden from a reader, because the radiograph is foreign."""
        return self.familiarity is not None and self.familiarity.verdict is FamiliarityVerdict.FOREIGN

    @property
    def evidence(self) -> NDArray[np.float32]:
        """Share of each cell in the logit, shape (rows, columns), float32, signed; sums with `bias` to `logit`."""
        return np.asarray(self.activation_map / np.float32(self.activation_map.size), np.float32)

    @property
    def evidence_sum(self) -> float:
        """Sum of the evidence in logits, added up in double precision."""
        return float(np.mean(self.activation_map, dtype=np.float64))

    def stage(self, stage: Stage) -> StageExplanation:
        """The explanation of one stage."""
        return self.stages[stage.number - 1]
