"""``explain FILE FILE ...`` and ``explain --study``: several radiographs, explained side by side."""

from __future__ import annotations

import hashlib
import json
import secrets
import time
from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from densexplain.classifier.engines.keras_start import start_backend
from densexplain.classifier.model_sets.catalogue import find_model_set
from densexplain.cli.command import print_json, report
from densexplain.cli.explain import read_file
from densexplain.cli.out_folder import write_out
from densexplain.errors import CropError, OptionError, RadiographError, UploadTooLargeError
from densexplain.radiograph.geometry import Geometry, apply_geometry
from densexplain.radiograph.preprocessing import prepare
from densexplain.radiograph.reading.reading import read_with_study_facts
from densexplain.radiograph.reading.upload import FiledRadiograph, RefusedFile, check_beside, sort_into_studies
from densexplain.settings import settings

if TYPE_CHECKING:
    from densexplain.explain.study.study_reading import StudyReading


def explain_several(arguments: Namespace, geometries: list[Geometry]) -> None:
    """Read all files, explain those that can be read, print one JSON object.

    Parameters
    ----------
    arguments
        Of ``explain``.
    geometries
        One for each file.

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
        If the folder cannot be written.
    """
    folder = find_model_set(arguments.model_set)
    start = time.monotonic()
    read, refused = _read(arguments)
    crops = [_cropped(one, geometries[one.number - 1]) for one in read]
    seconds = {"read": time.monotonic() - start}

    start_backend()
    from densexplain.classifier.model_sets.model_set import load_model_set
    from densexplain.explain.explainer import Explainer
    from densexplain.explain.study.study_reading import ExplainedProjection, StudyReading

    explainer = Explainer(load_model_set(folder))
    explainer.warm_up()
    manifest = explainer.model_set.manifest
    start = time.monotonic()
    explanations = explainer.explain_several([prepare(crop, manifest.specification) for crop in crops])
    seconds["forward"] = time.monotonic() - start
    studies = sort_into_studies(read)
    series = {image.number: image.series for study in studies for image in study.images}
    projections = tuple(
        ExplainedProjection(
            one.number, series[one.number], one.radiograph, geometries[one.number - 1], explanation, arguments.frame
        )
        for one, explanation in zip(read, explanations, strict=True)
    )
    reading = StudyReading(manifest, projections, refused, len(studies))
    start = time.monotonic()
    if arguments.out is not None:
        _write(arguments, reading)
    seconds["render"] = time.monotonic() - start if arguments.out is not None else 0.0
    _tell(arguments, reading)
    print_json(_record(arguments, reading, seconds))


def _read(arguments: Namespace) -> tuple[list[FiledRadiograph], tuple[RefusedFile, ...]]:
    most = settings().maximum_upload_files
    if len(arguments.files) > most:
        raise UploadTooLargeError(f"At most {most} files can be explained at once; received {len(arguments.files)}.")
    salt, read, refused = secrets.token_bytes(16), list[FiledRadiograph](), list[RefusedFile]()
    for number, path in enumerate(arguments.files, start=1):
        sha256 = None
        try:
            data = read_file(path)
            sha256 = hashlib.sha256(data).hexdigest()
            radiograph, facts = read_with_study_facts(data, path.name, salt, arguments.frame)
            check_beside(radiograph, read)
        except (RadiographError, OptionError) as problem:
            refused.append(RefusedFile(number, path.name, _without(path, str(problem)), sha256))
        else:
            read.append(FiledRadiograph(number, radiograph, facts))
    if not read:
        raise RadiographError(f"expected a radiograph or more; none of {len(refused)} was read: {refused[0].reason}")
    return read, tuple(refused)


def _without(path: Path, sentence: str) -> str:
    """The sentence without the file's path, which may name a patient."""
    return sentence.replace(f"{path}: ", "").replace(str(path), "the file")


def _cropped(one: FiledRadiograph, geometry: Geometry) -> Any:
    try:
        return apply_geometry(one.radiograph.pixels, geometry)
    except CropError as problem:
        raise type(problem)(f"file {one.number}: {problem}") from problem


def _tell(arguments: Namespace, reading: StudyReading) -> None:
    for refused in reading.refused:
        report(f"densexplain: file {refused.number} of {len(arguments.files)} was not read: {refused.reason}")
    for warning in reading.warnings if arguments.study else ():
        report(f"densexplain: {warning}")


def _record(arguments: Namespace, reading: StudyReading, seconds: dict[str, float]) -> dict[str, Any]:
    """The study's record; of files that are no study the same without what is said of a study."""
    from densexplain.explain.study.record import study_record

    record = study_record(reading, ranking=arguments.ranking, seconds=seconds)
    if not arguments.study:
        del record["study"]
        for entry in record["radiographs"]:
            del entry["disagrees"], entry["series"]
    return record


def _write(arguments: Namespace, reading: StudyReading) -> None:
    """A folder for each radiograph, named by its place; of a study also its figure, table and record."""
    from densexplain.cli.artefacts import write_artefacts
    from densexplain.explain.study.record import study_table
    from densexplain.render.report import Report
    from densexplain.render.study_sheet import render_study_sheet

    for one in reading.projections:
        pixels = apply_geometry(one.radiograph.pixels, one.geometry)
        parts = (one.explanation, reading.manifest, one.radiograph, one.geometry)
        write_artefacts(arguments.out / f"{one.number:02d}", Report(pixels, *parts, arguments.ranking))
    if not arguments.study:
        return
    record = _record(arguments, reading, {})
    del record["seconds"]  # the same radiographs give the same file
    files = {
        "study.png": render_study_sheet(reading),
        "study.csv": study_table(reading).encode(),
        "study.json": json.dumps(record, indent=2, ensure_ascii=False, allow_nan=False).encode() + b"\n",
    }
    write_out(arguments.out, files)
