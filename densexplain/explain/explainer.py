"""From a network input to an explanation, in one pass of the classifier."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from densexplain.classifier.classifier import Answer
from densexplain.classifier.model_sets.model_set import LoadedModelSet
from densexplain.classifier.probability import finding_of, probability_of
from densexplain.errors import ShapeError
from densexplain.explain.audit.evidence import Evidence
from densexplain.explain.explanation import ClassAnswer, Explanation, StageExplanation
from densexplain.explain.familiarity import Familiarity, familiarity
from densexplain.explain.familiarity_file import read_distribution
from densexplain.explain.probes import ProbeAnswer, probe_answers
from densexplain.explain.probes_file import read_probes
from densexplain.vocabulary import Ranking

_PIXELS_AT_ONCE = 4 * 320 * 320  # of all inputs that are asked about at once
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
        Network inputs that are asked about at once, by their size; 4 at 320 px.
        A caller with many asks for so many in one turn.

    Raises
    ------
    FamiliarityFileError, ProbesFileError
        If ``familiarity.safetensors`` or ``probes.safetensors`` is not what the manifest describes.
    """

    def __init__(self, model_set: LoadedModelSet) -> None:
        self.model_set = model_set
        self._distribution = read_distribution(model_set.folder, model_set.manifest)
        self._probes = read_probes(model_set.folder, model_set.manifest)
        self.batch_size = max(1, min(_MOST_AT_ONCE, _PIXELS_AT_ONCE // model_set.manifest.specification.size_px**2))

    def explain(self, network_input: NDArray[np.float32], output_class: str | None = None) -> Explanation:
        """Predict and explain.

        Parameters
        ----------
        network_input
            Shape (size_px, size_px, 3), float32, normalised by `densexplain.radiograph.preprocessing.prepare`.
        output_class
            Name of the class whose logit is explained; None for the most probable that is not normal.

        Returns
        -------
        Explanation
            Arrays are read-only.

        Raises
        ------
        ShapeError
            If `network_input` has another shape or type.
        OptionError
            If the network has no such class.
        """
        (answer,) = self.model_set.classifier.explain(np.asarray(network_input)[None])
        return self._explanation(answer, output_class)

    def explain_several(
        self, network_inputs: Sequence[NDArray[np.float32]], output_class: str | None = None
    ) -> tuple[Explanation, ...]:
        """Predict and explain several network inputs, side by side as far as the engine allows.

        Parameters
        ----------
        network_inputs, output_class
            Each as `explain` takes it: shape (size_px, size_px, 3), float32, normalised.

        Returns
        -------
        tuple of Explanation
            In the order of the inputs; as of `explain`, to 1e-5.

        Raises
        ------
        ShapeError, OptionError
            As `explain`.
        """
        if not network_inputs:
            return ()
        answers = self.model_set.classifier.explain(batch_of(network_inputs))
        return tuple(self._explanation(answer, output_class) for answer in answers)

    def evidence(self, network_inputs: Sequence[NDArray[np.float32]], output_class: str | None = None) -> Evidence:
        """Logits and class activation maps of one class alone: for what-ifs and small changes.

        Parameters
        ----------
        network_inputs
            Each as `explain` takes it: shape (size_px, size_px, 3), float32, normalised.
        output_class
            Name of the class; None for the first that is not normal.

        Raises
        ------
        ShapeError, OptionError
            As `explain`.
        """
        found, head = self.model_set.classifier.evidence(batch_of(network_inputs)), self.model_set.manifest.full_head
        chosen = head.main if output_class is None else head.place(output_class)
        return Evidence(head.log_odds(found.logits)[:, chosen], found.maps[:, chosen])

    def logits(self, network_inputs: Iterable[NDArray[np.float32]]) -> NDArray[np.float64]:
        """Logits of the first class that is not normal, of any number of inputs.

        Parameters
        ----------
        network_inputs
            Each as `explain` takes it: shape (size_px, size_px, 3), float32, normalised; taken a few at a time, so a
            generator saves memory.

        Returns
        -------
        numpy.ndarray
            Shape (inputs,), float64, any value.

        Raises
        ------
        ShapeError
            If an input has another shape or type.
        """
        head, found, left = self.model_set.manifest.full_head, [], iter(network_inputs)
        while group := tuple(islice(left, self.batch_size)):
            logits = self.model_set.classifier.logits(batch_of(group))
            found.append(head.log_odds(logits)[:, head.main])
        return np.concatenate(found) if found else np.zeros(0)

    def _explanation(self, answer: Answer, output_class: str | None) -> Explanation:
        head, stages = self.model_set.manifest.full_head, self.model_set.classifier.stages
        chosen = head.first(answer.logits) if output_class is None else head.place(output_class)
        classes = self._classes(answer)
        own = classes[chosen]
        explained = [StageExplanation(stage, ranked) for stage, ranked in zip(stages, answer.rankings, strict=True)]
        last = replace(explained[-1], rankings={**explained[-1].rankings, Ranking.CONTRIBUTION: own.contributions})
        return Explanation(
            probability=own.probability,
            logit=own.logit,
            bias=own.bias,
            finding=own.finding,
            threshold=own.threshold,
            activation_map=own.activation_map,
            stages=(*explained[:-1], last),
            familiarity=self._familiarity(answer.pooled_halves),
            output_class=own.name,
            engine=self.model_set.classifier.engine,
            classes=classes,
            probes=self._probed(answer),
        )

    def _classes(self, answer: Answer) -> tuple[ClassAnswer, ...]:
        head = self.model_set.manifest.full_head
        log_odds = head.log_odds(answer.logits)
        biases = head.biases(answer.logits, self.model_set.classifier.biases)
        return tuple(
            ClassAnswer(
                one.name,
                probability_of(log_odds[place]),
                float(log_odds[place]),
                float(biases[place]),
                finding_of(log_odds[place], one.threshold),
                one.threshold,
                answer.maps[place],
                answer.contributions[place],
            )
            for place, one in enumerate(head.classes)
        )

    def _probed(self, answer: Answer) -> tuple[ProbeAnswer, ...]:
        record = self.model_set.manifest.probes
        if self._probes is None or record is None:
            return ()
        return probe_answers(self._probes, record, self.model_set.classifier.stages, answer.stage_means)

    def _familiarity(self, pooled_halves: NDArray[np.float32]) -> Familiarity | None:
        record = self.model_set.manifest.familiarity
        if self._distribution is None or record is None:
            return None
        return familiarity(float(self._distribution.distance(pooled_halves)), record)


def batch_of(network_inputs: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
    """Stack network inputs to a batch.

    Parameters
    ----------
    network_inputs
        Each of shape (size_px, size_px, 3), float32, normalised.

    Returns
    -------
    numpy.ndarray
        Shape (inputs, size_px, size_px, 3), float32, normalised.

    Raises
    ------
    ShapeError
        If there is none, or their shapes differ.
    """
    shapes = {one.shape for one in network_inputs}
    if len(shapes) != 1:
        received = ", ".join(map(str, sorted(shapes))) or "none"
        raise ShapeError(f"expected network inputs of one shape, at least one; received {received}")
    return np.stack(network_inputs)
