"""What a network says of several inputs: logits with their class activation maps."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from densexplain.vocabulary import Finding


@dataclass(frozen=True, eq=False)
class Evidence:
    """Of several network inputs, in their order.

    Parameters
    ----------
    logits
        Shape (inputs,), float64.
    maps
        Class activation maps, shape (inputs, rows, columns), float32, signed, in
        logits. The mean of each plus the bias of the head is its logit.
    """

    logits: NDArray[np.float64]
    maps: NDArray[np.float32]

    def __getitem__(self, chosen: slice) -> Evidence:
        """Of some of the inputs."""
        return Evidence(self.logits[chosen], self.maps[chosen])


Weigh = Callable[[Sequence[NDArray[np.float32]]], Evidence]
"""From network inputs to evidence; `densexplain.explain.batched_evidence.BatchedEvidence` is one."""


def probability_of(logit: float) -> float:
    """The sigmoid, without overflow at either end."""
    return 0.5 * (1.0 + math.tanh(logit / 2.0))


def finding_of(logit: float, threshold: float) -> Finding:
    """Abnormal where the probability is above a threshold."""
    return Finding.ABNORMAL if probability_of(logit) > threshold else Finding.NORMAL


def threshold_logit(threshold: float) -> float:
    """The logit at which a probability reaches a threshold; infinite at 0 and 1."""
    if threshold <= 0.0 or threshold >= 1.0:
        return -math.inf if threshold <= 0.0 else math.inf
    return math.log(threshold / (1.0 - threshold))
