"""Recorded evaluations of model sets, read again only when their files change."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from densexplain.classifier.model_sets.manifest import MANIFEST_FILE, Manifest
from densexplain.errors import DensexplainError
from densexplain.evaluation.records.recorded_evaluation import EVALUATION_FILE, RecordedEvaluation, read_evaluation
from densexplain.evaluation.records.recorded_predictions import PREDICTIONS_FILE
from densexplain.ui import cache, messages


@dataclass(frozen=True)
class EvaluationStatus:
    """An evaluation that may be shown, or one sentence on why there is none."""

    recorded: RecordedEvaluation | None
    problem: str | None = None


@dataclass(frozen=True)
class EvaluatedModelSet:
    """A usable model set and its recorded evaluation."""

    manifest: Manifest
    evaluation: EvaluationStatus


def evaluated_model_sets() -> tuple[EvaluatedModelSet, ...]:
    """Every usable model set, in the order in which they are listed."""
    return tuple(
        EvaluatedModelSet(entry.manifest, evaluation_status(entry.folder))
        for entry in cache.model_sets()
        if entry.manifest is not None and entry.problem is None
    )


def evaluation_status(folder: Path) -> EvaluationStatus:
    """The evaluation in a model set's folder; one that is damaged or of other weights is never handed out."""
    return _read(
        str(folder), tuple(stamp(folder / name) for name in (EVALUATION_FILE, PREDICTIONS_FILE, MANIFEST_FILE))
    )


def how_to_record(name: str) -> str:
    """The command that evaluates a model set for the record."""
    return f"python -m densexplain evaluate --data DIR --model-set {name} --record"


@st.cache_resource(max_entries=16, show_spinner=False)
def _read(folder: str, stamps: tuple[tuple[int, int] | None, ...]) -> EvaluationStatus:
    try:
        recorded = read_evaluation(Path(folder))
    except DensexplainError as error:
        return EvaluationStatus(None, messages.sentence(error))
    if recorded is None:
        return EvaluationStatus(None)
    if recorded.stale:
        return EvaluationStatus(
            None, "The recorded evaluation was made with other weights or another threshold, so it is not shown."
        )
    return EvaluationStatus(recorded)


def stamp(path: Path) -> tuple[int, int] | None:
    """Size and time of a file, which change when it does; None where there is no file."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_size, status.st_mtime_ns
