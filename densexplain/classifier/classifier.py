"""The port: all that explaining needs of a network, and nothing that only one kind of network has.

Whoever holds a `Classifier` does not know what runs it, in which process, or of
which family it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from densexplain.classifier.heads import Head
from densexplain.errors import ShapeError
from densexplain.vocabulary import Ranking

MAPS_PER_STAGE = 16
"""Feature maps picked of each stage, as in the paper's figure; all of them where a stage has fewer channels."""

NetworkInputs = NDArray[np.float32]
"""Network inputs, shape (inputs, size_px, size_px, 3), float32, normalised."""


@dataclass(frozen=True)
class Stage:
    """A place of the forward pass at which feature maps are shown.

    Parameters
    ----------
    number
        Position in the forward pass, counted from 1.
    name
        In records and file names.
    heading
        For a reader.
    layer
        Layer of the network whose output the maps are.
    rows, columns, channels
        Shape of all its maps.
    """

    number: int
    name: str
    heading: str
    layer: str
    rows: int
    columns: int
    channels: int

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, eq=False)
class RankedMaps:
    """The feature maps that come first in one ranking, best first; of equals the lower channel.

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


@dataclass(frozen=True, eq=False)
class ClassEvidence:
    """Logits and class activation maps of several inputs, of every class.

    Parameters
    ----------
    logits
        Shape (inputs, classes), float32, any value.
    maps
        Shape (inputs, classes, rows, columns), float32, signed, in logits. The
        mean of each and the class's bias are its logit.
    """

    logits: NDArray[np.float32]
    maps: NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Answer:
    """Result of one pass for one input; the arrays are read-only.

    Parameters
    ----------
    logits
        Shape (classes,), float32, any value.
    maps
        Class activation maps, shape (classes, rows, columns), float32, signed, in logits.
    rankings
        Rankings of each stage in forward order: by mean and by maximum.
    contributions
        Contributions to each class: the last stage's maps by their share in its logit.
    pooled_halves
        Means over the upper and the lower half of the maps of the last two
        stages, shape (channels,), float32, >= 0; see `densexplain.classifier.answers`.
    stage_means
        Means of the maps of every stage, one stage after the other, shape
        (channels of all stages,), float32, >= 0 but for rounding.
    """

    logits: NDArray[np.float32]
    maps: NDArray[np.float32]
    rankings: tuple[Mapping[Ranking, RankedMaps], ...]
    contributions: tuple[RankedMaps, ...]
    pooled_halves: NDArray[np.float32]
    stage_means: NDArray[np.float32]


class Classifier(Protocol):
    """A network with its weights, safe to share between threads and never changed.

    Each call takes a batch of any length and works through it in parts of
    `most_at_once`, so that memory stays bounded. They raise `ShapeError` for
    inputs of another shape or type, or none at all.
    """

    @property
    def engine(self) -> str:
        """What runs the network, with its version, for records."""

    @property
    def head(self) -> Head:
        """Its classes and what makes probabilities of their logits."""

    @property
    def biases(self) -> NDArray[np.float32]:
        """Biases of the head, shape (classes,), float32, in logits: the answer to no evidence at all."""

    @property
    def stages(self) -> tuple[Stage, ...]:
        """In the order of the forward pass; the head reads the last."""

    @property
    def size_px(self) -> int:
        """Edge of an input in pixels."""

    @property
    def most_at_once(self) -> int:
        """Inputs that go through the network side by side."""

    def explain(self, network_inputs: NetworkInputs) -> tuple[Answer, ...]:
        """The whole explanation of each input."""

    def evidence(self, network_inputs: NetworkInputs) -> ClassEvidence:
        """Logits and class activation maps alone."""

    def logits(self, network_inputs: NetworkInputs) -> NDArray[np.float32]:
        """Logits alone, shape (inputs, classes), float32, any value."""


def check_inputs(network_inputs: NetworkInputs, size_px: int) -> None:
    """Refuse what is not a batch for a network.

    Raises
    ------
    ShapeError
        If the shape is not (inputs, size_px, size_px, 3) with one input at
        least, or the numbers are not float32.
    """
    expected, shape = (size_px, size_px, 3), network_inputs.shape
    if network_inputs.ndim != 4 or shape[1:] != expected or network_inputs.dtype != np.float32:
        received = shape[1:] if network_inputs.ndim == 4 else shape
        raise ShapeError(
            f"expected network inputs of shape {expected} and float32; received {received} and {network_inputs.dtype}"
        )
    if not len(network_inputs):
        raise ShapeError("expected one network input or more; received none")
