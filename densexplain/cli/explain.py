"""``explain``: radiographs, one model set, one JSON object; several may be one study."""

from __future__ import annotations

import time
from argparse import ArgumentParser, Namespace
from pathlib import Path

from densexplain.classifier.engines.keras_start import start_backend
from densexplain.classifier.model_sets.catalogue import find_model_set
from densexplain.cli.command import Command, print_json
from densexplain.errors import OptionError
from densexplain.radiograph.geometry import Crop, Geometry, apply_geometry
from densexplain.radiograph.preprocessing import prepare
from densexplain.settings import settings
from densexplain.vocabulary import Ranking


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the radiographs, the model set, the geometry and where artefacts go."""
    parser.add_argument("files", type=Path, nargs="+", metavar="FILE", help="DICOM, PNG or JPEG")
    parser.add_argument(
        "--study", action="store_true", help="the files are one study: its label is the majority vote of them"
    )
    parser.add_argument("--model-set", required=True, metavar="NAME")
    sides = ("TOP", "LEFT", "HEIGHT", "WIDTH")
    parser.add_argument(
        "--crop",
        type=int,
        nargs=4,
        action="append",
        default=[],
        metavar=sides,
        help="box in pixels of the file; with several files once for each, in their order",
    )
    parser.add_argument(
        "--rotate",
        type=float,
        action="append",
        default=[],
        metavar="DEGREES",
        help="counter-clockwise; with several files once for each, in their order",
    )
    add_view_arguments(parser)
    add_ranking_argument(parser)
    parser.add_argument("--out", type=Path, metavar="DIR", help="write figure, overlay, maps and grids there")


def add_view_arguments(parser: ArgumentParser) -> None:
    """Declare how a file is looked at, crop and rotation apart."""
    parser.add_argument("--flip", action="store_true", help="mirror left and right")
    parser.add_argument("--invert", action="store_true", help="exchange bright and dark")
    parser.add_argument("--frame", type=int, metavar="N", help="image of a multi-frame DICOM, from 1")


def add_ranking_argument(parser: ArgumentParser) -> None:
    """Declare how the 16 maps of a stage are chosen."""
    parser.add_argument(
        "--ranking",
        type=Ranking,
        choices=list(Ranking),
        default=Ranking.MEAN,
        help="how the 16 maps of a stage are chosen (default: %(default)s)",
    )


def run(arguments: Namespace) -> None:
    """Read, explain, print; render only what is asked for.

    Of several files, or with ``--study``, one that cannot be read is named on
    standard error and in the result, and the others go on.

    Raises
    ------
    RadiographError
        If the file, or none of several, is read as a radiograph.
    CropError
        If the crop cannot be applied.
    ModelSetError
        If the model set cannot be used.
    OptionError
        If the file cannot be opened or a number is out of range.
    """
    geometries = geometries_of(arguments)
    if arguments.study or len(arguments.files) > 1:
        from densexplain.cli.explain_several import explain_several

        explain_several(arguments, geometries)
    else:
        _explain_one(arguments, geometries[0])


def _explain_one(arguments: Namespace, geometry: Geometry) -> None:
    from densexplain.radiograph.reading.reading import read_radiograph

    (file,) = arguments.files
    folder = find_model_set(arguments.model_set)
    start = time.monotonic()
    radiograph = read_radiograph(read_file(file), file.name, arguments.frame)
    pixels = apply_geometry(radiograph.pixels, geometry)
    read = time.monotonic() - start

    start_backend()
    from densexplain.classifier.model_sets.model_set import load_model_set
    from densexplain.explain.explainer import Explainer
    from densexplain.explain.record import explanation_record

    explainer = Explainer(load_model_set(folder))
    explainer.warm_up()
    manifest = explainer.model_set.manifest
    start = time.monotonic()
    explanation = explainer.explain(prepare(pixels, manifest.specification))
    forward = time.monotonic() - start
    start = time.monotonic()
    if arguments.out is not None:
        from densexplain.cli.artefacts import write_artefacts
        from densexplain.render.report import Report

        report = Report(pixels, explanation, manifest, radiograph, geometry, arguments.ranking)
        write_artefacts(arguments.out, report)
    seconds = {"read": read, "forward": forward, "render": time.monotonic() - start if arguments.out else 0.0}
    options = {"ranking": arguments.ranking, "seconds": seconds, "frame": arguments.frame}
    print_json(explanation_record(explanation, manifest, radiograph, geometry, **options))


def geometry_of(arguments: Namespace) -> Geometry:
    """Crop and rotation as given to a command that takes one file.

    Raises
    ------
    OptionError
        If the rotation is out of range.
    """
    crop = None if arguments.crop is None else Crop(*arguments.crop)
    return Geometry(crop, arguments.rotate, arguments.flip, arguments.invert)


def geometries_of(arguments: Namespace) -> list[Geometry]:
    """Crop and rotation of each file as given.

    Raises
    ------
    OptionError
        If a rotation is out of range, or crops or rotations are given, but not one for each file.
    """
    count = len(arguments.files)
    for option, given in (("--crop", arguments.crop), ("--rotate", arguments.rotate)):
        if len(given) not in (0, count):
            raise OptionError(
                f"expected `{option}` once for each of {count} files, or not at all; received {len(given)}"
            )
    crops: list[Crop | None] = [Crop(*sides) for sides in arguments.crop] or [None] * count
    angles = arguments.rotate or [0.0] * count
    return [Geometry(crop, angle, arguments.flip, arguments.invert) for crop, angle in zip(crops, angles, strict=True)]


def read_file(path: Path) -> bytes:
    """Read a file, but not more of it than shows that it is too large.

    Raises
    ------
    OptionError
        If it cannot be opened.
    """
    try:
        with path.open("rb") as file:
            return file.read(settings().maximum_file_bytes + 1)
    except OSError as error:
        raise OptionError(f"expected a file that can be read; {path}: {error.strerror}") from error


COMMAND = Command(
    "explain", "explain radiographs, or a study of several, and print the result as JSON", add_arguments, run
)
