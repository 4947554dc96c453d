"""The measures of a model set's maps as plain values, and as JSON.

``map_measures.json`` lies in a model set's folder, written by
``measure-maps --record``::

    {"format_version": 1, "notice": ..., "model_set": ..., "version": ..., "weights_sha256": ...,
     "split": "valid", "extremities": ["wrist"], "images": 100, "patients": 80, "resamples": 1000, "seed": 0,
     "steps": 20, "patch_px": 32, "stride_px": 32, "tolerance_px": 15,
     "sources": {"class activation map": {"pointing game": {"value": 0.63, "low": 0.55, "high": 0.71,
                                                            "images": 100}, ...}, ..., "chance": ...},
     "randomised": [{"down_to": "head", "correlation": {...}, "structure": {...}}, ...],
     "agreements": [{"model_set": ..., "version": ..., "weights_sha256": ..., "correlation": {...},
                     "overlap": {...}}]}

No Keras here, so that a page can show it at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from densexplain.errors import RecordedEvaluationError
from densexplain.evaluation.records.headed import headed_from_json, headed_to_json
from densexplain.schema import SOME_MEMBERS
from densexplain.vocabulary import MapMeasure, MapSource

FORMAT_VERSION = 1
"""Version of the layout; a newer one is refused."""


@dataclass(frozen=True)
class MapFigure:
    """A mean over radiographs.

    Parameters
    ----------
    value
        None where no radiograph has one.
    low, high
        95 % interval; None where there is none, as of a single patient.
    images
        Radiographs that have a value.
    """

    value: float | None
    low: float | None
    high: float | None
    images: int


@dataclass(frozen=True)
class RandomisedStep:
    """Similarity of the class activation map after the weights from the head down to a stage are randomised."""

    down_to: str
    correlation: MapFigure
    structure: MapFigure


@dataclass(frozen=True)
class ModelSetAgreement:
    """Agreement with the class activation maps of another model set."""

    model_set: str
    version: str
    weights_sha256: str
    correlation: MapFigure
    overlap: MapFigure


@dataclass(frozen=True)
class MapReport:
    """Measures of the maps of one model set on abnormal phantoms.

    Parameters
    ----------
    model_set, version, weights_sha256
        Which model set, and which weights of it.
    split, extremities, images, patients
        What was measured; extremity types in lower case.
    resamples, seed
        Number and seed of the bootstrap by patient that gives the intervals.
    steps, patch_px, stride_px, tolerance_px
        Settings of the curves, of occlusion and of the pointing game.
    sources
        Every measure of every source of maps; a source that was left out is not in it.
    randomised
        From the head downwards.
    agreements
        With other model sets.
    """

    model_set: str
    version: str
    weights_sha256: str
    split: str
    extremities: tuple[str, ...]
    images: int
    patients: int
    resamples: int
    seed: int
    steps: int
    patch_px: int
    stride_px: int
    tolerance_px: int
    sources: Annotated[Mapping[MapSource, Mapping[MapMeasure, MapFigure]], SOME_MEMBERS]
    randomised: tuple[RandomisedStep, ...]
    agreements: tuple[ModelSetAgreement, ...]


def map_report_to_json(report: MapReport) -> dict[str, Any]:
    """The entries of ``map_measures.json``; `map_report_from_json` gives the same report back."""
    return headed_to_json(report, FORMAT_VERSION)


def map_report_from_json(entries: object) -> MapReport:
    """Check the entries of ``map_measures.json`` and make a report of them; none is ignored.

    Raises
    ------
    EntryError
        If an entry is missing, not known, or of a wrong type.
    RecordedEvaluationError
        If a newer version of this software wrote it, or it lacks the class activation map.
    """
    report = headed_from_json(MapReport, entries, FORMAT_VERSION, "measures")
    for needed in (MapSource.ACTIVATION_MAP, MapSource.CHANCE):
        if needed not in report.sources:
            raise RecordedEvaluationError(f"expected measures of the source {needed}; they are missing")
    return report
