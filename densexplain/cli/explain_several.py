"""``explain FILE FILE ...`` and ``explain --study``: several radiographs, explained side by side."""

from __future__ import annotations

import time
from argparse import Namespace
from typing import TYPE_CHECKING, Any

from densexplain.cli.command import print_json, report
from densexplain.cli.new_workspace import new_workspace
from densexplain.cli.out_folder import write_out
from densexplain.errors import CropError, OptionError, RadiographError
from densexplain.explain.study.record import study_record
from densexplain.explain.study.study_reading import StudyReading
from densexplain.radiograph.crop import Geometry
from densexplain.workspace.explaining import projections
from densexplain.workspace.files import is_several

if TYPE_CHECKING:
    from densexplain.workspace.case import Case
    from densexplain.workspace.workspace import Workspace


def explain_several(arguments: Namespace, geometries: list[Geometry]) -> None:
    """Read all files, explain those that can be read, print one JSON object.

    Parameters
    ----------
    arguments
        Of ``explain``.
    geometries
        One for each of the files.

    Raises
    ------
    RadiographError
        If none of the files is read as a radiograph.
    UploadTooLargeError
        If there are more files than one study may have.
    CropError
        If a crop cannot be applied.
    ModelSetError
        If the model set cannot be used.
    OptionError
        If the folder cannot be written, or crops or rotations are given for a folder or an archive.
    """
    workspace = new_workspace()
    folder = workspace.model_sets.find(arguments.model_set)
    start = time.monotonic()
    cases = _open(workspace, arguments, geometries)
    seconds = {"read": time.monotonic() - start}
    manifest = workspace.model_sets.load(folder).manifest
    workspace.choose_class(manifest, arguments.output_class)
    start = time.monotonic()
    explanations = workspace.explanations.explain_all(cases, manifest)
    seconds["forward"] = time.monotonic() - start
    reading = StudyReading(manifest, projections(cases, explanations), workspace.refused, len(workspace.studies))
    start = time.monotonic()
    if arguments.out is not None:
        _write(arguments, reading, cases)
    seconds["render"] = time.monotonic() - start if arguments.out is not None else 0.0
    _tell(arguments, reading)
    print_json(_record(arguments, reading, seconds))


def _open(workspace: Workspace, arguments: Namespace, geometries: list[Geometry]) -> list[Case]:
    """The radiographs in the order of their files, cropped and turned as asked."""
    if any(map(is_several, arguments.files)):
        if arguments.crop or arguments.rotate:
            raise OptionError("expected `--crop` and `--rotate` with files alone; received a folder or an archive")
        geometries = []
    workspace.open_paths(arguments.files, arguments.frame_number)
    cases = sorted((case for study in workspace.studies for case in study.cases), key=lambda case: case.number)
    if not cases:
        refused = workspace.refused
        reason = refused[0].reason.replace(f"{arguments.files[0]}: ", "")  # it may name a patient
        raise RadiographError(f"expected at least one radiograph; none of {len(refused)} was read: {reason}")
    for case in cases:
        chosen = geometries[case.number - 1] if geometries else Geometry(None, 0.0, arguments.flip, arguments.invert)
        try:
            case.change_geometry(chosen)
        except CropError as problem:
            raise type(problem)(f"file {case.number}: {problem}") from problem
    return cases


def _tell(arguments: Namespace, reading: StudyReading) -> None:
    files = len(reading.projections) + len(reading.refused)
    for refused in reading.refused:
        report(f"densexplain: file {refused.number} of {files} was not read: {refused.reason}")
    for warning in reading.warnings if arguments.study else ():
        report(f"densexplain: {warning}")


def _record(arguments: Namespace, reading: StudyReading, seconds: dict[str, float] | None) -> dict[str, Any]:
    """The study's record; of files that are no study the same without what is said of a study."""
    record = study_record(reading, ranking=arguments.ranking, seconds=seconds)
    if not arguments.study:
        del record["study"]
        for entry in record["radiographs"]:
            del entry["disagrees"], entry["series"]
    return record


def _write(arguments: Namespace, reading: StudyReading, cases: list[Case]) -> None:
    """A folder for each radiograph, named by its place; of a study also its figure, table and record."""
    from densexplain.workspace.exports import report_of, study_exports

    for case, one in zip(cases, reading.projections, strict=True):
        files = report_of(case, reading.manifest, one.explanation, ranking=arguments.ranking).files()
        write_out(arguments.out / f"{case.number:02d}", files)
    if arguments.study:
        exports = study_exports(reading, ranking=arguments.ranking)
        write_out(arguments.out, {one.name: one.make() for one in exports})
