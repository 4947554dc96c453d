"""What all local engines share: a batch of any length, worked through in parts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from densexplain.classifier.answers import LOGITS, MAPS, read_answers
from densexplain.classifier.classifier import (
    Answer,
    ClassEvidence,
    NetworkInputs,
    Stage,
    check_inputs,
)
from densexplain.classifier.engines.folding import Tensors, biases_of
from densexplain.classifier.heads import Head
from densexplain.classifier.wiring.network import Network


class Run(Protocol):
    """A compiled pass: from a batch and the names of what is asked for to arrays; see `wire_answers`."""

    def __call__(self, network_inputs: NetworkInputs, names: Sequence[str]) -> Mapping[str, NDArray[Any]]:
        """Compute some of the answers to a batch."""


class BatchedClassifier:
    """A `Classifier` made of a compiled pass.

    Parameters
    ----------
    network
        Family, head and input size.
    tensors
        Its stored tensors; not kept.
    run
        The pass.
    names
        All that can be asked of it.
    engine
        What runs it, with its version.
    most_at_once
        Inputs that go through the network side by side.
    """

    def __init__(
        self, network: Network, tensors: Tensors, run: Run, names: Sequence[str], engine: str, most_at_once: int
    ) -> None:
        self._network, self._run, self._names, self._engine = network, run, tuple(names), engine
        self._most_at_once = most_at_once
        self._biases, self._stages = biases_of(tensors), network.stages

    @property
    def engine(self) -> str:
        """What runs the network, with its version."""
        return self._engine

    @property
    def head(self) -> Head:
        """Classes and what makes probabilities of their logits."""
        return self._network.head

    @property
    def biases(self) -> NDArray[np.float32]:
        """Biases of the head, shape (classes,), float32, in logits."""
        return self._biases

    @property
    def stages(self) -> tuple[Stage, ...]:
        """In the order of the forward pass."""
        return self._stages

    @property
    def size_px(self) -> int:
        """Edge of an input in pixels."""
        return self._network.size_px

    @property
    def most_at_once(self) -> int:
        """Inputs that go through the network side by side."""
        return self._most_at_once

    def explain(self, network_inputs: NetworkInputs) -> tuple[Answer, ...]:
        """The whole explanation of each input; shapes and `Raises` as of the port."""
        found: list[Answer] = []
        for tensors in self._parts(network_inputs, self._names):
            found += read_answers(tensors, len(self._stages))
        return tuple(found)

    def evidence(self, network_inputs: NetworkInputs) -> ClassEvidence:
        """Logits and class activation maps alone."""
        found = list(self._parts(network_inputs, (LOGITS, MAPS)))
        logits, maps = (np.concatenate([part[name] for part in found]) for name in (LOGITS, MAPS))
        return ClassEvidence(logits, maps)

    def logits(self, network_inputs: NetworkInputs) -> NDArray[np.float32]:
        """Logits alone, shape (inputs, classes), float32, any value."""
        return np.concatenate([part[LOGITS] for part in self._parts(network_inputs, (LOGITS,))])

    def _parts(self, network_inputs: NetworkInputs, names: Sequence[str]) -> Iterator[Mapping[str, NDArray[Any]]]:
        check_inputs(network_inputs, self.size_px)
        for start in range(0, len(network_inputs), self.most_at_once):
            yield self._run(network_inputs[start : start + self.most_at_once], names)
