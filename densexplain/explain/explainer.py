"""From a network input to an explanation, in the one pass of the compiled function."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from densexplain.classifier.model_sets.model_set import LoadedModelSet
from densexplain.classifier.probability import finding_of, probability_of
from densexplain.classifier.stages import stage_shapes
from densexplain.explain.explanation import Explanation, RankedMaps, StageExplanation
from densexplain.explain.familiarity import Familiarity, familiarity
from densexplain.explain.familiarity_file import read_distribution
from densexplain.vocabulary import Ranking, Stage

_PIXELS_AT_ONCE = 4 * 320 * 320  # of all inputs in one pass; their feature maps are a hundred times as large
_MOST_AT_ONCE = 16


class Explainer:
    """Explains network inputs with one model set; safe to share between threads.

    All rankings come from the same pass, so choosing another one needs no
    forward pass.

    Parameters
    ----------
    model_set
        Verified and warm; it is shared, not copied. What it knows of its
        training radiographs is read here, and checked like the weights.

    Attributes
    ----------
    batch_size
        Network inputs that go through the network at once, by their size; 4 at 320 px.

    Raises
    ------
    FamiliarityFileError
        If ``familiarity.safetensors`` is not what the manifest describes.
    """

    def __init__(self, model_set: LoadedModelSet) -> None:
        self.model_set = model_set
        manifest = model_set.manifest
        self._shapes = stage_shapes(manifest.architecture, manifest.specification.size_px)
        self._bias = model_set.bias
        self._distribution = read_distribution(model_set.folder, manifest)
        self.batch_size = max(1, min(_MOST_AT_ONCE, _PIXELS_AT_ONCE // manifest.specification.size_px**2))

    def warm_up(self) -> None:
        """Nothing is left to do: loading a model set runs its golden input through the same function."""

    def explain(self, network_input: NDArray[np.float32]) -> Explanation:
        """Predict and explain.

        Parameters
        ----------
        network_input
            Shape (size_px, size_px, 3), float32, from `densexplain.radiograph.preprocessing.prepare`.

        Returns
        -------
        Explanation
            Arrays are read-only.

        Raises
        ------
        ShapeError
            If `network_input` has another shape or type.
        """
        return self._explanation(self.model_set.forward(network_input))

    def explain_several(self, network_inputs: Sequence[NDArray[np.float32]]) -> tuple[Explanation, ...]:
        """Predict and explain several network inputs, side by side as far as `batch_size` allows.

        Parameters
        ----------
        network_inputs
            Each as `explain` takes it.

        Returns
        -------
        tuple of Explanation
            In the order of the inputs; as of `explain`, to 1e-5.

        Raises
        ------
        ShapeError
            If an input has another shape or type.
        """
        found: list[Explanation] = []
        for start in range(0, len(network_inputs), self.batch_size):
            batch = network_inputs[start : start + self.batch_size]
            if len(batch) == 1:  # the pass that is warm
                found.append(self.explain(batch[0]))
            else:
                found += map(self._explanation, self.model_set.forward.several(batch))
        return tuple(found)

    def _explanation(self, tensors: dict[str, NDArray[Any]]) -> Explanation:
        for tensor in tensors.values():
            tensor.flags.writeable = False
        threshold = self.model_set.manifest.threshold
        logit = float(tensors["logit"])
        return Explanation(
            probability=probability_of(logit),
            logit=logit,
            bias=self._bias,
            finding=finding_of(logit, threshold),
            threshold=threshold,
            activation_map=tensors["activation_map"],
            stages=tuple(self._stage(stage, tensors) for stage in Stage),
            familiarity=self._familiarity(tensors),
        )

    def _familiarity(self, tensors: dict[str, NDArray[Any]]) -> Familiarity | None:
        record = self.model_set.manifest.familiarity
        if self._distribution is None or record is None:
            return None
        return familiarity(float(self._distribution.distance(tensors["pooled_halves"])), record)

    def _stage(self, stage: Stage, tensors: dict[str, NDArray[Any]]) -> StageExplanation:
        rows, columns, channels = self._shapes[stage]
        rankings = {
            ranking: RankedMaps(*(tensors[f"{stage}/{ranking}/{part}"] for part in ("channels", "strengths", "maps")))
            for ranking in Ranking
            if f"{stage}/{ranking}/channels" in tensors
        }
        return StageExplanation(stage, rows, columns, channels, rankings)
