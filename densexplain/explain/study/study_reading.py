"""A clinical study read by a model set: the answer to each projection, and to the study."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from densexplain.classifier.model_sets.manifest import Manifest
from densexplain.explain.explanation import Explanation
from densexplain.explain.study.study_vote import StudyVote, vote
from densexplain.radiograph.crop import Geometry
from densexplain.radiograph.radiograph import Radiograph
from densexplain.radiograph.reading.upload import RefusedFile, named_extremities


@dataclass(frozen=True, eq=False)
class ExplainedProjection:
    """One radiograph of a study, cropped by itself and explained.

    Parameters
    ----------
    number
        Place among the files, from 1.
    series
        Number within the study, from 1.
    radiograph, geometry, explanation
        What was read, how it was cropped and turned, and what the model set says of it.
    frame_number
        The image that was chosen from a multi-frame DICOM, from 1; None of a single one.
    """

    number: int
    series: int
    radiograph: Radiograph
    geometry: Geometry
    explanation: Explanation
    frame_number: int | None = None


@dataclass(frozen=True, eq=False)
class StudyReading:
    """The explanations of one study.

    Parameters
    ----------
    manifest
        Manifest of the model set that gave it.
    projections
        At least one.
    refused
        Files of the same upload that are not among them.
    studies
        How many studies the files name; more than one only where a reader has
        put them together.
    """

    manifest: Manifest
    projections: tuple[ExplainedProjection, ...]
    refused: tuple[RefusedFile, ...] = ()
    studies: int = 1

    @cached_property
    def vote(self) -> StudyVote:
        """Majority, mean probability and tie."""
        explanations = [projection.explanation for projection in self.projections]
        probabilities = [None if one.label_withheld else one.probability for one in explanations]
        return vote(probabilities, explanations[0].threshold, explanations[0].wording)

    @property
    def engine(self) -> str | None:
        """What ran the network, with its version; the same for all projections."""
        return self.projections[0].explanation.engine

    @cached_property
    def limit_logits(self) -> float:
        """End of one colour scale for all maps, above 0, in logits: the largest magnitude among them.

        Where every map is zero, the model set's own limit.
        """
        largest = max(float(np.abs(one.explanation.activation_map).max()) for one in self.projections)
        return largest if largest > 0 else self.manifest.activation_map_limit_logits

    @property
    def extremities(self) -> tuple[str, ...]:
        """Body parts and lateralities that the files name."""
        return named_extremities([projection.radiograph for projection in self.projections])

    @property
    def warnings(self) -> tuple[str, ...]:
        """Sentences on why these radiographs may not be one study; none where there is no reason."""
        said = []
        if self.studies > 1:
            said.append(f"The files name {self.studies} different studies; they were put together on request.")
        if len(self.extremities) > 1:
            said.append(mixed_sentence(self.extremities))
        return tuple(said)

    def disagrees(self, projection: ExplainedProjection) -> bool:
        """Whether a projection says something else than the study; one without a label does not."""
        explanation, label = projection.explanation, self.vote.finding
        return label is not None and not explanation.label_withheld and explanation.finding is not label


def mixed_sentence(extremities: tuple[str, ...]) -> str:
    """Say that radiographs are of several extremities.

    Parameters
    ----------
    extremities
        Two or more, such as ``WRIST L``.
    """
    *others, last = extremities
    return (
        f"These radiographs are of {len(extremities)} extremities, {', '.join(others)} and {last}; "
        "a study is of one, and a label for all of them means little."
    )


def projection_name(radiograph: Radiograph) -> str:
    """What a file says of its projection: ``WRIST L PA``; empty where it says nothing."""
    acquisition = radiograph.acquisition
    return " ".join(part for part in (acquisition.body_part, acquisition.laterality, acquisition.projection) if part)
