"""The measures of a model set's maps as plain values, and the JSON that they are kept as.

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
from typing import Any

from densexplain.classifier.model_sets import json_fields
from densexplain.errors import RecordedEvaluationError
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
    """How alike the class activation map stays when the weights from the head down to a stage are drawn anew."""

    down_to: str
    correlation: MapFigure
    structure: MapFigure


@dataclass(frozen=True)
class ModelSetAgreement:
    """How alike the class activation maps of another model set are."""

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
        Of the bootstrap by patient that gives the intervals.
    steps, patch_px, stride_px, tolerance_px
        Of the curves, of occlusion and of the pointing game.
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
    sources: Mapping[MapSource, Mapping[MapMeasure, MapFigure]]
    randomised: tuple[RandomisedStep, ...]
    agreements: tuple[ModelSetAgreement, ...]


def map_report_to_json(report: MapReport) -> dict[str, Any]:
    """The entries of ``map_measures.json``; `map_report_from_json` gives the same report back."""
    notice = "Research use only, not for diagnosis"
    return {"format_version": FORMAT_VERSION, "notice": notice, **json_fields.to_json(report)}


def map_report_from_json(entries: object) -> MapReport:
    """Check the entries of ``map_measures.json`` and make a report of them; none is ignored.

    Raises
    ------
    ManifestError
        If an entry is missing, not known, or of a wrong type.
    RecordedEvaluationError
        If a newer version of this software wrote it, or it lacks the class activation map.
    """
    version = json_fields.integer(json_fields.mapping(entries, "measures").get("format_version"), "format_version")
    if version != FORMAT_VERSION:
        raise RecordedEvaluationError(
            f"expected measures of version {FORMAT_VERSION}; received version {version}, "
            "which needs another densexplain"
        )
    table = json_fields.table(entries, "measures", {"format_version", "notice", *_READERS})
    report = MapReport(**{key: read(table[key], key) for key, read in _READERS.items()})
    for needed in (MapSource.ACTIVATION_MAP, MapSource.CHANCE):
        if needed not in report.sources:
            raise RecordedEvaluationError(f"expected measures of the source {needed}; they are missing")
    return report


def _figure(value: object, key: str) -> MapFigure:
    entries = json_fields.table(value, key, {"value", "low", "high", "images"})
    value, low, high = (
        None if entries[name] is None else json_fields.number(entries[name], key) for name in ("value", "low", "high")
    )
    return MapFigure(value, low, high, json_fields.integer(entries["images"], "images"))


def _sources(value: object, key: str) -> dict[MapSource, dict[MapMeasure, MapFigure]]:
    entries = json_fields.mapping(value, key)
    json_fields.check_keys(entries, {str(source) for source in MapSource} & entries.keys(), f"`{key}`")
    return {source: _measures(entries[source], source) for source in MapSource if source in entries}


def _measures(value: object, key: str) -> dict[MapMeasure, MapFigure]:
    entries = json_fields.table(value, key, {str(measure) for measure in MapMeasure})
    return {measure: _figure(entries[measure], measure) for measure in MapMeasure}


def _extremities(value: object, key: str) -> tuple[str, ...]:
    return tuple(json_fields.text(name, key) for name in json_fields.array(value, key))


def _randomised(value: object, key: str) -> tuple[RandomisedStep, ...]:
    steps = []
    for step in json_fields.array(value, key):
        entries = json_fields.table(step, key, {"down_to", "correlation", "structure"})
        figures = (_figure(entries[name], name) for name in ("correlation", "structure"))
        steps.append(RandomisedStep(json_fields.text(entries["down_to"], "down_to"), *figures))
    return tuple(steps)


def _agreements(value: object, key: str) -> tuple[ModelSetAgreement, ...]:
    names, found = ("model_set", "version", "weights_sha256"), []
    for one in json_fields.array(value, key):
        entries = json_fields.table(one, key, {*names, "correlation", "overlap"})
        texts = [json_fields.text(entries[name], name) for name in names]
        figures = [_figure(entries[name], name) for name in ("correlation", "overlap")]
        found.append(ModelSetAgreement(texts[0], texts[1], texts[2], figures[0], figures[1]))
    return tuple(found)


_READERS: Mapping[str, Any] = {
    **dict.fromkeys(("model_set", "version", "weights_sha256", "split"), json_fields.text),
    "extremities": _extremities,
    **dict.fromkeys(
        ("images", "patients", "resamples", "seed", "steps", "patch_px", "stride_px", "tolerance_px"),
        json_fields.integer,
    ),
    "sources": _sources,
    "randomised": _randomised,
    "agreements": _agreements,
}
