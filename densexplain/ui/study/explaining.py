"""A study explained in parts, so that other readers get their turns and a reader sees how far it has come."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from densexplain.classifier.model_sets.manifest import Manifest
from densexplain.errors import DensexplainError
from densexplain.explain.explanation import Explanation
from densexplain.explain.study.study_reading import ExplainedProjection, StudyReading
from densexplain.radiograph.geometry import apply_geometry
from densexplain.radiograph.preprocessing import prepare
from densexplain.radiograph.reading.upload import StudyImage, UploadedStudy
from densexplain.ui import cache, messages
from densexplain.ui.explanation import panels
from densexplain.ui.study import study_state

if TYPE_CHECKING:
    from densexplain.explain.queue import ExplanationQueue


def explain(study: UploadedStudy, manifest: Manifest) -> StudyReading | None:
    """Explain the radiographs of a study as they are cropped, or say why there is no explanation yet.

    What was explained before is remembered, so that a new crop of one
    radiograph costs one explanation.
    """
    queue = panels.ready(manifest)
    if queue is None:
        return None
    try:
        _explain_missing(study, manifest, queue)
    except DensexplainError as error:
        st.error(messages.sentence(error), icon=":material/hourglass:")
        return None
    projections = tuple(
        ExplainedProjection(
            image.number,
            image.series,
            image.radiograph,
            study_state.geometry(image.number),
            study_state.remember(_key(image, manifest), _not_explained),
        )
        for image in study.images
    )
    return StudyReading(manifest, projections, study_state.refused())


def _explain_missing(study: UploadedStudy, manifest: Manifest, queue: ExplanationQueue) -> None:
    missing = [image for image in study.images if not study_state.remembered(_key(image, manifest))]
    place, step = st.empty(), queue.explainer.batch_size

    def tell(ahead: int) -> None:
        place.info(f"{ahead} explanations are ahead of yours.", icon=":material/hourglass:")

    for start in range(0, len(missing), step):
        batch = missing[start : start + step]
        if len(missing) > 1:
            place.progress(start / len(missing), f"Explaining radiographs: {start} of {len(missing)}")
        inputs = [
            prepare(apply_geometry(image.radiograph.pixels, study_state.geometry(image.number)), manifest.specification)
            for image in batch
        ]
        for image, explanation in zip(batch, queue.explain_several(inputs, tell), strict=True):
            study_state.remember(_key(image, manifest), partial(_same, explanation))
    place.empty()


def _key(image: StudyImage, manifest: Manifest) -> tuple[object, ...]:
    return ("explanation", cache.fingerprint(manifest), image.number, study_state.geometry(image.number))


def _same(explanation: Explanation) -> Explanation:
    return explanation


def _not_explained() -> Explanation:
    raise LookupError("every radiograph of the study has been explained before")
