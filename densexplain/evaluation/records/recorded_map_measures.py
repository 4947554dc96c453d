"""The measures of maps recorded with a model set, read without Keras."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from densexplain.classifier.model_sets.manifest import read_manifest
from densexplain.errors import ManifestError, RecordedEvaluationError
from densexplain.evaluation.records.map_report import MapReport, map_report_from_json, map_report_to_json
from densexplain.files import write_atomically
from densexplain.schema import decode

MAP_MEASURES_FILE = "map_measures.json"

_MOST_BYTES = 256 * 1024


@dataclass(frozen=True)
class RecordedMapMeasures:
    """What a model set's maps reached when they were last measured for the record.

    Parameters
    ----------
    report
        The measures.
    stale
        Whether the weights have changed since: the measures must then not be shown.
    """

    report: MapReport
    stale: bool


def read_map_measures(folder: Path) -> RecordedMapMeasures | None:
    """Read the measures recorded in a model set's folder; None where there are none.

    Raises
    ------
    ManifestError
        If the model set's manifest cannot be read.
    RecordedEvaluationError
        If the file is damaged, oversized or of a newer version.
    """
    path = folder / MAP_MEASURES_FILE
    if not path.exists():
        return None
    manifest = read_manifest(folder)
    try:
        with path.open("rb") as file:
            content = file.read(_MOST_BYTES + 1)
        if len(content) > _MOST_BYTES:
            raise ValueError(f"it has more than {_MOST_BYTES} bytes")
        report = map_report_from_json(decode(content))
    except (RecordedEvaluationError, OSError, ValueError) as error:
        raise RecordedEvaluationError(f"expected {path.name} of {folder.name} to be usable; {error}") from error
    return RecordedMapMeasures(report, report.weights_sha256 != manifest.weights_sha256)


def write_map_measures(folder: Path, report: MapReport) -> None:
    """Keep measures with the model set that they are of.

    Raises
    ------
    ManifestError
        If the manifest cannot be read, or its weights are no longer those that were measured.
    OSError
        If the folder cannot be written.
    """
    if read_manifest(folder).weights_sha256 != report.weights_sha256:
        raise ManifestError(f"expected the weights of {folder.name} to be those measured; they have been replaced")
    content = json.dumps(map_report_to_json(report), indent=1, ensure_ascii=False, allow_nan=False) + "\n"
    write_atomically(folder / MAP_MEASURES_FILE, content.encode("utf-8"))
