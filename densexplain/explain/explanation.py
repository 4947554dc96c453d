"""What one forward pass says of a radiograph, and what it went by.

Plain arrays only: renderers and records use them without Keras.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from densexplain.classifier.classifier import RankedMaps, Stage
from densexplain.errors import OptionError
from densexplain.explain.familiarity import Familiarity
from densexplain.explain.probes import ProbeAnswer
from densexplain.explain.wording import Wording
from densexplain.vocabulary import FamiliarityVerdict, Finding, Ranking


@dataclass(frozen=True)
class StageExplanation:
    """One stage of the forward pass.

    Parameters
    ----------
    stage
        Which one, and the shape of all its feature maps.
    rankings
        16 maps by mean and by maximum; at the last stage also by contribution to the chosen class's logit.
    """

    stage: Stage
    rankings: Mapping[Ranking, RankedMaps]

    @property
    def rows(self) -> int:
        """Rows of its feature maps."""
        return self.stage.rows

    @property
    def columns(self) -> int:
        """Columns of its feature maps."""
        return self.stage.columns

    @property
    def channels(self) -> int:
        """How many feature maps it has."""
        return self.stage.channels

    @property
    def layer(self) -> str:
        """Name of the layer whose output this is."""
        return self.stage.layer

    def ranked(self, ranking: Ranking) -> RankedMaps:
        """The 16 maps by `ranking`, or by mean where contribution is not defined."""
        return self.rankings.get(ranking, self.rankings[Ranking.MEAN])


@dataclass(frozen=True, eq=False)
class ClassAnswer:
    """What is said of one class, and why.

    Parameters
    ----------
    name
        Name of the class.
    probability, logit, bias, finding, threshold
        As of `Explanation`.
    activation_map
        Class activation map, shape (rows, columns), float32, signed, in logits.
    contributions
        The last stage's maps by their share in the class's logit.
    """

    name: str
    probability: float
    logit: float
    bias: float
    finding: Finding
    threshold: float
    activation_map: NDArray[np.float32]
    contributions: RankedMaps


@dataclass(frozen=True)
class Explanation:
    """Prediction, evidence and feature maps of one network input.

    Parameters
    ----------
    probability
        Probability of the chosen class, as of an abnormal finding, in [0, 1]; the sigmoid of `logit`.
    logit
        Before the sigmoid; equals ``bias + evidence_sum`` to 1e-4. For a softmax,
        the log-odds against all other classes.
    bias
        Bias of the head, in logits: its answer to no evidence at all. For a
        softmax, minus the part of the other classes.
    finding
        Abnormal when `probability` is above `threshold`.
    threshold
        Threshold of the model set.
    activation_map
        Class activation map, shape (rows, columns), float32, signed, in logits,
        raw: neither scaled nor enlarged. Its mean plus `bias` is the logit.
    stages
        All of them, in forward order.
    familiarity
        How like the training radiographs this one is; None where the model set does not know.
    output_class
        The class that probability, logit, map and contributions belong to.
    engine
        What ran the network, with its version; None where it was not recorded.
    classes
        The same of every class of the head; `finding` of each is by its own threshold.
    probes
        What linear probes of the stages say of an abnormal finding, in forward order; empty where the model set has
        none. They are no part of the network.
    other_kind
        What the file shows where it is no radiograph, such as ``a CT image``; the label is then withheld.
    """

    probability: float
    logit: float
    bias: float
    finding: Finding
    threshold: float
    activation_map: NDArray[np.float32]
    stages: tuple[StageExplanation, ...]
    familiarity: Familiarity | None = None
    output_class: str = Finding.ABNORMAL.value
    engine: str | None = None
    classes: tuple[ClassAnswer, ...] = ()
    probes: tuple[ProbeAnswer, ...] = ()
    other_kind: str | None = None

    @property
    def label_withheld(self) -> bool:
        """Whether finding, probability and logit are hidden from a reader: the radiograph is foreign, or none."""
        foreign = self.familiarity is not None and self.familiarity.verdict is FamiliarityVerdict.FOREIGN
        return foreign or self.other_kind is not None

    @property
    def warning(self) -> str:
        """Sentence on what speaks against the label, or on why it is withheld; empty where nothing does."""
        if self.other_kind is not None:
            return f"Label withheld: the file is {self.other_kind}, no radiograph"
        return "" if self.familiarity is None else self.familiarity.sentence

    @property
    def wording(self) -> Wording:
        """Words for what is said of the chosen class."""
        return Wording(self.output_class)

    @property
    def statement(self) -> str:
        """The finding in words; of a chosen class of several, whether it is above its threshold."""
        return self.wording.headline(self.finding)

    @property
    def evidence(self) -> NDArray[np.float32]:
        """Share of each cell in the logit, shape (rows, columns), float32, signed; sums with `bias` to `logit`."""
        return np.asarray(self.activation_map / np.float32(self.activation_map.size), np.float32)

    @property
    def evidence_sum(self) -> float:
        """Sum of the evidence in logits, added up in double precision."""
        return float(np.mean(self.activation_map, dtype=np.float64))

    def of_class(self, name: str) -> Explanation:
        """The explanation of another class, from the same pass.

        Raises
        ------
        OptionError
            If there is none of that name.
        """
        found = {one.name: one for one in self.classes}
        if name not in found:
            raise OptionError(f"expected one of the classes {', '.join(found)}; received {name!r}")
        one, last = found[name], self.stages[-1]
        last = replace(last, rankings={**last.rankings, Ranking.CONTRIBUTION: one.contributions})
        return replace(
            self,
            probability=one.probability,
            logit=one.logit,
            bias=one.bias,
            finding=one.finding,
            threshold=one.threshold,
            activation_map=one.activation_map,
            stages=(*self.stages[:-1], last),
            output_class=one.name,
        )

    def stage(self, name: str) -> StageExplanation:
        """The explanation of one stage, by its name.

        Raises
        ------
        OptionError
            If the network has no stage of that name.
        """
        for one in self.stages:
            if one.stage.name == name:
                return one
        raise OptionError(
            f"expected one of the stages {', '.join(one.stage.name for one in self.stages)}; received {name!r}"
        )
