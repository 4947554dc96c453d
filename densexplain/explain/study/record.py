"""A clinical study's result as JSON and as a table, each complete enough to repeat it."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from typing import Any

from densexplain.explain.record import explanation_record
from densexplain.explain.study.study_reading import ExplainedProjection, StudyReading
from densexplain.provenance import provenance
from densexplain.radiograph.reading.upload import RefusedFile
from densexplain.vocabulary import Ranking

_COLUMNS = (
    "kind", "file", "series", "body_part", "laterality", "projection", "class", "finding", "probability", "logit",
    "mean_probability", "abnormal", "normal", "withheld", "tie", "disagrees", "threshold", "top", "left", "height",
    "width", "rotate", "flip", "invert", "sha256", "reason", "model_set", "model_set_version", "weights_sha256",
    "engine", "densexplain_version", "notice",
)  # fmt: skip


def study_record(
    reading: StudyReading, *, ranking: Ranking = Ranking.MEAN, seconds: Mapping[str, float] | None = None
) -> dict[str, Any]:
    """Put a study's result into plain values.

    Nothing that identifies a patient is in it: files appear by their place and
    sha256, studies and series by numbers.

    Parameters
    ----------
    reading
        The result.
    ranking
        As `explanation_record` takes it.
    seconds
        Time taken to read, forward and render; left out when None.

    Returns
    -------
    dict
        Only text, numbers, lists, None and dicts, ready for ``json.dumps``.
    """
    manifest, vote = reading.manifest, reading.vote
    entry: dict[str, Any] = {
        **provenance(manifest, engine=reading.engine),
        "study": {
            "class": vote.wording.output_class,
            "finding": None if vote.finding is None else vote.finding.value,
            "abnormal": vote.abnormal,
            "normal": vote.normal,
            "withheld": vote.withheld,
            "tie": vote.tie,
            "mean_probability": vote.mean_probability,
            "mean_finding": None if vote.mean_finding is None else vote.mean_finding.value,
            "threshold": vote.threshold,
            "sentence": vote.sentence,
            "disagreeing": [one.number for one in reading.projections if reading.disagrees(one)],
            "extremities": list(reading.extremities),
            "warnings": list(reading.warnings),
        },
        "activation_map_limit_logits": reading.limit_logits,
        "radiographs": [_projection_entry(reading, one, ranking) for one in reading.projections],
        "refused": [refused_entry(one) for one in reading.refused],
    }
    if seconds is not None:
        entry["seconds"] = {step: round(float(duration), 4) for step, duration in seconds.items()}
    return entry


def refused_entry(refused: RefusedFile) -> dict[str, Any]:
    """A refused file as plain values; without its name, which may name a patient."""
    return {"file": refused.number, "sha256": refused.sha256, "reason": refused.reason}


def study_table(reading: StudyReading) -> str:
    """The same as CSV: a row for the study, for each radiograph and for each refused file.

    Returns
    -------
    str
        With a header; probabilities and logits in full precision, empty where
        a column does not apply; the notice stands in each row.
    """
    target = io.StringIO()
    writer = csv.DictWriter(target, _COLUMNS, restval="", lineterminator="\n")
    writer.writeheader()
    for row in (
        _study_row(reading),
        *(_projection_row(reading, one) for one in reading.projections),
        *(
            {"kind": "refused", "file": one.number, "sha256": one.sha256 or "", "reason": one.reason}
            for one in reading.refused
        ),
    ):
        writer.writerow({**row, **provenance(reading.manifest, engine=reading.engine)})
    return target.getvalue()


def _projection_entry(reading: StudyReading, projection: ExplainedProjection, ranking: Ranking) -> dict[str, Any]:
    radiograph, acquisition = projection.radiograph, projection.radiograph.acquisition
    record = explanation_record(
        projection.explanation,
        reading.manifest,
        radiograph,
        projection.geometry,
        ranking=ranking,
        frame_number=projection.frame_number,
    )
    return {
        "file": projection.number,
        "series": projection.series,
        "body_part": acquisition.body_part,
        "laterality": acquisition.laterality,
        "projection": acquisition.projection,
        "disagrees": reading.disagrees(projection),
        **record,
    }


def _study_row(reading: StudyReading) -> dict[str, Any]:
    vote = reading.vote
    return {
        "kind": "study",
        "class": vote.wording.output_class,
        "finding": "withheld" if vote.finding is None else vote.finding.value,
        "mean_probability": "" if vote.mean_probability is None else vote.mean_probability,
        "abnormal": vote.abnormal,
        "normal": vote.normal,
        "withheld": vote.withheld,
        "tie": vote.tie,
        "threshold": vote.threshold,
        "reason": " ".join((vote.sentence, *reading.warnings)),
    }


def _projection_row(reading: StudyReading, projection: ExplainedProjection) -> dict[str, Any]:
    explanation, geometry = projection.explanation, projection.geometry
    acquisition, crop = projection.radiograph.acquisition, projection.geometry.crop
    sides = (0, 0, projection.radiograph.rows, projection.radiograph.columns)
    if crop is not None:
        sides = (crop.top, crop.left, crop.height, crop.width)
    return {
        "kind": "radiograph",
        "file": projection.number,
        "series": projection.series,
        "body_part": acquisition.body_part or "",
        "laterality": acquisition.laterality or "",
        "projection": acquisition.projection or "",
        "class": explanation.output_class,
        "finding": "withheld" if explanation.label_withheld else explanation.finding.value,
        "probability": explanation.probability,
        "logit": explanation.logit,
        "disagrees": reading.disagrees(projection),
        "threshold": explanation.threshold,
        **dict(zip(("top", "left", "height", "width"), sides, strict=True)),
        "rotate": geometry.rotate_degrees,
        "flip": geometry.flip,
        "invert": geometry.invert,
        "sha256": projection.radiograph.sha256,
    }
