"""Logits and class activation maps of many network inputs in one pass: for what-ifs and small changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from keras import ops
from numpy.typing import NDArray

from densexplain.classifier.model_sets.model_set import LoadedModelSet
from densexplain.errors import OptionError, ShapeError
from densexplain.explain.audit.evidence import Evidence
from densexplain.explain.batched_logits import compile_after_last_block


class BatchedEvidence:
    """The part of a forward pass that gives class activation map and logit, compiled for batches of any length.

    Parameters
    ----------
    model_set
        Read only; nothing of it is changed.
    most_at_once
        Inputs that go through the network together, at least 1; more are taken
        in turns, so that memory stays bounded.

    Raises
    ------
    OptionError
        If `most_at_once` is below 1, or Keras's backend neither TensorFlow nor JAX.
    """

    def __init__(self, model_set: LoadedModelSet, most_at_once: int = 8) -> None:
        if most_at_once < 1:
            raise OptionError(f"`most_at_once` must be at least 1; received {most_at_once}")
        size_px = model_set.manifest.specification.size_px
        self._input_shape, self._most = (size_px, size_px, 3), most_at_once
        self._compiled = compile_after_last_block(model_set, _maps_and_logits, None)

    def __call__(self, network_inputs: Sequence[NDArray[np.float32]]) -> Evidence:
        """Logits and maps in the order of the inputs.

        Parameters
        ----------
        network_inputs
            Each of shape (size_px, size_px, 3), float32, normalised; one at least.

        Raises
        ------
        ShapeError
            If there is none, or one has another shape.
        """
        for network_input in network_inputs:
            if network_input.shape != self._input_shape:
                raise ShapeError(
                    f"expected network inputs of shape {self._input_shape}; received {network_input.shape}"
                )
        if not network_inputs:
            raise ShapeError("expected one network input at least; received none")
        found = [
            self._compiled(np.stack(network_inputs[start : start + self._most]))
            for start in range(0, len(network_inputs), self._most)
        ]
        return Evidence(
            np.concatenate([part["logits"] for part in found]).astype(np.float64),
            np.concatenate([part["maps"] for part in found]).astype(np.float32),
        )


def _maps_and_logits(last: Any, weights: Mapping[str, Any]) -> dict[str, Any]:
    maps = ops.matmul(last, weights["predictions/kernel"])[..., 0]
    return {"maps": maps, "logits": ops.mean(maps, axis=(1, 2)) + weights["predictions/bias"][0]}
