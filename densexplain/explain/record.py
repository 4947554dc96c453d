"""A result as one JSON object that suffices to reproduce it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from densexplain.classifier.model_sets.manifest import Manifest
from densexplain.classifier.probability import calibrated_probability
from densexplain.explain.explanation import ClassAnswer, Explanation, StageExplanation
from densexplain.explain.familiarity import Familiarity
from densexplain.provenance import provenance
from densexplain.radiograph.crop import Geometry
from densexplain.radiograph.radiograph import Radiograph
from densexplain.vocabulary import Ranking


def explanation_record(
    explanation: Explanation,
    manifest: Manifest,
    radiograph: Radiograph,
    geometry: Geometry,
    *,
    ranking: Ranking = Ranking.MEAN,
    seconds: Mapping[str, float] | None = None,
    frame_number: int | None = None,
) -> dict[str, Any]:
    """Convert a result, and what it was made from and with, into plain values.

    The numbers of a foreign radiograph are all there, since they repeat the
    result; its finding is None and `label_withheld` is True.

    Nothing that identifies a patient is in it: the radiograph appears by the
    sha256 of its file, its rows and its columns.

    Parameters
    ----------
    explanation
        The result; logits as they are, strengths in the ranking's unit.
    manifest
        Manifest of the model set that gave it. Where it has no calibration, the
        calibrated probability and the temperature are None; the finding rests on
        the raw probability in either case.
    radiograph, geometry
        What was explained: the file's pixels, and crop (top, left, height,
        width in original pixels, None for the whole), rotation in degrees
        counter-clockwise, flip and inversion.
    ranking
        By which the channels of each stage are listed; a stage for which it is
        not defined is listed by mean and says so.
    frame_number
        The image that was chosen from a multi-frame DICOM, counted from 1; None of a single one.
    seconds
        Time taken to read, forward and render; left out when None.

    Returns
    -------
    dict
        Only text, numbers, lists, None and dicts, ready for ``json.dumps``.
    """
    crop, calibration = geometry.crop, manifest.calibration
    entry = {
        **provenance(manifest, engine=explanation.engine),
        "preprocessing": asdict(manifest.specification),
        "input": {
            "rows": radiograph.rows,
            "columns": radiograph.columns,
            "crop": None if crop is None else [crop.top, crop.left, crop.height, crop.width],
            "rotate": float(geometry.rotate_degrees),
            "flip": geometry.flip,
            "invert": geometry.invert,
            "sha256": radiograph.sha256,
            "frame": frame_number,
        },
        "class": explanation.output_class,
        "probability": explanation.probability,
        "calibrated_probability": (
            None if calibration is None else calibrated_probability(explanation.logit, calibration.temperature)
        ),
        "temperature": None if calibration is None else calibration.temperature,
        "logit": explanation.logit,
        "bias": explanation.bias,
        "evidence_sum": explanation.evidence_sum,
        "finding": None if explanation.label_withheld else explanation.finding.value,
        "label_withheld": explanation.label_withheld,
        "warning": explanation.warning,
        "familiarity": _familiarity_entry(explanation.familiarity),
        "threshold": explanation.threshold,
        "classes": [_class_entry(one, explanation.label_withheld) for one in explanation.classes],
        "stages": [_stage_entry(stage, ranking) for stage in explanation.stages],
        "probes": [asdict(one) for one in explanation.probes],
    }
    if seconds is not None:
        entry["seconds"] = {step: round(float(duration), 4) for step, duration in seconds.items()}
    return entry


def _class_entry(answer: ClassAnswer, withheld: bool) -> dict[str, Any]:
    return {
        "class": answer.name,
        "probability": answer.probability,
        "logit": answer.logit,
        "bias": answer.bias,
        "threshold": answer.threshold,
        "finding": None if withheld else answer.finding.value,
    }


def _familiarity_entry(familiarity: Familiarity | None) -> dict[str, Any] | None:
    return None if familiarity is None else {**asdict(familiarity), "verdict": familiarity.verdict.value}


def _stage_entry(stage: StageExplanation, ranking: Ranking) -> dict[str, Any]:
    used = ranking if ranking in stage.rankings else Ranking.MEAN
    ranked = stage.ranked(used)
    return {
        "stage": stage.stage.name,
        "layer": stage.layer,
        "rows": stage.rows,
        "columns": stage.columns,
        "channels": stage.channels,
        "ranking": used.value,
        "top": [
            {"channel": int(channel), "strength": float(strength)}
            for channel, strength in zip(ranked.channels, ranked.strengths, strict=True)
        ],
    }
