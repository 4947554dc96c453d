"""From a cropped radiograph to its explanation, computed once however often it is requested."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from densexplain.classifier.model_sets.manifest import Manifest
from densexplain.explain.explanation import Explanation
from densexplain.explain.study.study_reading import ExplainedProjection, StudyReading
from densexplain.radiograph.geometry import apply_geometry
from densexplain.radiograph.preprocessing import InputSpecification, prepare
from densexplain.radiograph.reading.upload import RefusedFile
from densexplain.radiograph.versions import RadiographVersion
from densexplain.workspace.case import Case
from densexplain.workspace.memory import Memory
from densexplain.workspace.model_set_store import ModelSetStore, fingerprint
from densexplain.workspace.study import Study

_MOST_REMEMBERED = 12  # an explanation is 2 MB

OnWait = Callable[[int], None]
"""Told how many explanations are ahead, whenever that changes."""

OnProgress = Callable[[int, int], None]
"""Told how many are done, and of how many."""


class Explanations:
    """Explains cases, and remembers each model set's answer to each crop.

    Parameters
    ----------
    model_sets
        What explains.

    Attributes
    ----------
    classes
        Name of a model set to that of the class whose explanation is wanted; without an entry, the most probable one
        that is not normal.
    """

    def __init__(self, model_sets: ModelSetStore) -> None:
        self._model_sets = model_sets
        self.memory = Memory(_MOST_REMEMBERED)
        self.classes: dict[str, str] = {}

    def explain(self, case: Case, manifest: Manifest, on_wait: OnWait | None = None) -> Explanation:
        """Explain a radiograph as it is cropped and turned.

        Raises
        ------
        ModelSetLoadingError, ModelSetError
            As `ModelSetStore.ready`.
        BusyError
            If too many others are waiting.
        """
        ready = self._model_sets.ready(manifest)
        found = self.memory.remember(
            _key(manifest, case),
            lambda: ready.queue.explain(_network_input(case, manifest.specification), on_wait),
        )
        return self._of_class(manifest, case, found)

    def read_study(
        self,
        study: Study,
        manifest: Manifest,
        refused: tuple[RefusedFile, ...] = (),
        on_wait: OnWait | None = None,
        on_progress: OnProgress | None = None,
    ) -> StudyReading:
        """Explain every radiograph of a study, each as it is cropped and turned, and combine their answers.

        Parameters
        ----------
        study
            A new crop of one radiograph costs one explanation.
        manifest
            Manifest of the model set.
        refused
            Files that were brought with it and not read.
        on_wait
            Told how many others are ahead.
        on_progress
            Told before each part how many of those that are missing are done.

        Raises
        ------
        ModelSetLoadingError, ModelSetError, BusyError
            As `explain`.
        """
        explained = self.explain_all(study.cases, manifest, on_wait, on_progress)
        return StudyReading(manifest, projections(study.cases, explained), refused)

    def explain_all(
        self,
        cases: Sequence[Case],
        manifest: Manifest,
        on_wait: OnWait | None = None,
        on_progress: OnProgress | None = None,
    ) -> tuple[Explanation, ...]:
        """Explain several radiographs in parts, so that other readers get their turns.

        Parameters and errors as for `read_study`.
        """
        queue, found = self._model_sets.ready(manifest).queue, dict[int, Explanation]()
        missing = [place for place, case in enumerate(cases) if _key(manifest, case) not in self.memory]
        step = queue.explainer.batch_size
        for start in range(0, len(missing), step):
            if on_progress is not None:
                on_progress(start, len(missing))
            part = missing[start : start + step]
            inputs = [_network_input(cases[place], manifest.specification) for place in part]
            found |= zip(part, queue.explain_several(inputs, on_wait), strict=True)
        for place, case in enumerate(cases):
            if place in found:
                self.memory.put(_key(manifest, case), found[place], len(cases))
            else:
                found[place] = self.explain(case, manifest, on_wait)
        return tuple(self._of_class(manifest, case, found[place]) for place, case in enumerate(cases))

    def explain_version(
        self,
        case: Case,
        manifest: Manifest,
        version: RadiographVersion,
        make_input: Callable[[], NDArray[np.float32]],
        together: tuple[int, int],
    ) -> Explanation:
        """Explain a version of a radiograph; one of the same geometry is that of `explain`.

        Parameters
        ----------
        case, manifest, version
            What is explained, and with which model set.
        make_input
            Gives the network's input, shape (size_px, size_px, 3), float32, normalised; called only if need be.
        together
            How many model sets, and how many explanations, are looked at together.

        Raises
        ------
        ModelSetLoadingError, ModelSetError, BusyError
            As `explain`.
        """
        model_sets, explanations = together
        ready = self._model_sets.ready(manifest, model_sets)
        geometry, painted = version.key
        key = (fingerprint(manifest), case.radiograph.sha256, case.frame_number, geometry, painted)
        found = self.memory.remember(key, lambda: ready.queue.explain(make_input()), explanations)
        return self._of_class(manifest, case, found)

    def _of_class(self, manifest: Manifest, case: Case, found: Explanation) -> Explanation:
        """The explanation of the class that is wanted, withheld of what is no radiograph; every class is remembered."""
        wanted, kind = self.classes.get(manifest.name), case.radiograph.acquisition.other_kind
        found = found if kind is None else replace(found, other_kind=kind)
        return found if wanted is None else found.of_class(wanted)


def projections(cases: Sequence[Case], explanations: Sequence[Explanation]) -> tuple[ExplainedProjection, ...]:
    """Combine radiographs and their explanations, in their order."""
    return tuple(
        ExplainedProjection(case.number, case.series, case.radiograph, case.geometry, explanation, case.frame_number)
        for case, explanation in zip(cases, explanations, strict=True)
    )


def _key(manifest: Manifest, case: Case) -> tuple[Hashable, ...]:
    return fingerprint(manifest), case.radiograph.sha256, case.frame_number, case.geometry, ""


def _network_input(case: Case, specification: InputSpecification) -> NDArray[np.float32]:
    return prepare(apply_geometry(case.radiograph.pixels, case.geometry), specification)
