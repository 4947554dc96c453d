"""Recording an evaluation with its model set."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from densexplain.classifier.model_sets.manifest import CARD_FILE, Manifest, read_manifest, write_manifest
from densexplain.errors import ManifestError
from densexplain.evaluation.card_section import with_measured
from densexplain.evaluation.evaluation import Evaluation
from densexplain.evaluation.evaluation_text import measured_text
from densexplain.evaluation.records.evaluation_report import EvaluationReport, LevelMetrics
from densexplain.evaluation.records.recorded_evaluation import write_evaluation
from densexplain.files import write_atomically


def record_evaluation(folder: Path, evaluation: Evaluation) -> Manifest:
    """Write figures and predictions into a model set's folder, and bring manifest and card up to date.

    Parameters
    ----------
    folder
        Folder of the model set whose weights were evaluated.
    evaluation
        Its evaluation. A temperature that was fitted in it replaces the manifest's.

    Returns
    -------
    Manifest
        As it is now.

    Raises
    ------
    ManifestError
        If the manifest cannot be read, or its weights are no longer those that were evaluated.
    OSError
        If the folder cannot be written; the weights and the previous manifest are intact.
    """
    report, manifest = evaluation.report, read_manifest(folder)
    if manifest.weights_sha256 != report.weights_sha256:
        raise ManifestError(f"expected the weights of {folder.name} to be those evaluated; they have been replaced")
    manifest = replace(
        manifest,
        evaluation={**manifest.evaluation, report.split: manifest_entry(report)},
        calibration=evaluation.calibration or manifest.calibration,
    )
    card = folder / CARD_FILE
    text = card.read_text(encoding="utf-8") if card.exists() else f"# {manifest.title}\n"
    write_evaluation(folder, report, evaluation.predictions)
    write_atomically(card, with_measured(text, measured_text(report)).encode("utf-8"))
    write_manifest(folder, manifest)
    return manifest


def manifest_entry(report: EvaluationReport) -> dict[str, Any]:
    """What the manifest keeps of an evaluation, of all radiographs together.

    The figures per image lie directly in it; ``intervals`` holds [low, high] of
    each, and ``studies`` the same per study.
    """
    overall = report.overall
    entry = _level_entry("images", overall.images)
    sets = report.sample_sets
    return {
        **entry,
        "threshold": report.threshold,
        "patients": overall.patients,
        "resamples": report.resamples,
        "skipped": report.skipped,
        "studies": {**_level_entry("studies", overall.studies), "ties": overall.studies.ties},
        "sample_sets": None if sets is None else {"sets": sets.sets, "mean": sets.mean, "deviation": sets.deviation},
    }


def _level_entry(units: str, level: LevelMetrics) -> dict[str, Any]:
    return {
        units: level.units,
        "abnormal": level.abnormal,
        **{name: figure.value for name, figure in level.figures.items()},
        "intervals": {
            name: [figure.low, figure.high] for name, figure in level.figures.items() if figure.low is not None
        },
    }
