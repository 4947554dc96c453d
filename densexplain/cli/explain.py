"""``explain``: one radiograph, one model set, one JSON object."""

from __future__ import annotations

import time
from argparse import ArgumentParser, Namespace
from pathlib import Path

from densexplain.cli.command import Command, print_json
from densexplain.errors import OptionError
from densexplain.network.backend import start_backend
from densexplain.network.catalogue import find_model_set
from densexplain.radiograph.geometry import Crop, Geometry, apply_geometry
from densexplain.radiograph.preprocessing import prepare
from densexplain.settings import settings
from densexplain.vocabulary import Ranking


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the radiograph, the model set, the geometry and where artefacts go."""
    parser.add_argument("file", type=Path, metavar="FILE", help="DICOM, PNG or JPEG")
    parser.add_argument("--model-set", required=True, metavar="NAME")
    sides = ("TOP", "LEFT", "HEIGHT", "WIDTH")
    parser.add_argument("--crop", type=int, nargs=4, metavar=sides, help="box in pixels of the file")
    parser.add_argument("--rotate", type=float, default=0.0, metavar="DEGREES", help="counter-clockwise")
    parser.add_argument("--flip", action="store_true", help="mirror left and right")
    parser.add_argument("--invert", action="store_true", help="exchange bright and dark")
    parser.add_argument("--frame", type=int, metavar="N", help="image of a multi-frame DICOM, from 1")
    parser.add_argument(
        "--ranking",
        type=Ranking,
        choices=list(Ranking),
        default=Ranking.MEAN,
        help="how the 16 maps of a stage are chosen (default: %(default)s)",
    )
    parser.add_argument("--out", type=Path, metavar="DIR", help="write figure, overlay, maps and grids there")


def run(arguments: Namespace) -> None:
    """Read, explain, print; render only what is asked for.

    Raises
    ------
    RadiographError
        If the file is not read as a radiograph.
    CropError
        If the crop cannot be applied.
    ModelSetError
        If the model set cannot be used.
    OptionError
        If the file cannot be opened or a number is out of range.
    """
    from densexplain.radiograph.reading import read_radiograph

    geometry = geometry_of(arguments)
    folder = find_model_set(arguments.model_set)
    start = time.monotonic()
    radiograph = read_radiograph(read_file(arguments.file), arguments.file.name, arguments.frame)
    pixels = apply_geometry(radiograph.pixels, geometry)
    read = time.monotonic() - start

    start_backend()
    from densexplain.explain.explainer import Explainer
    from densexplain.explain.record import explanation_record
    from densexplain.network.model_set import load_model_set

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
    """Crop and rotation as given.

    Raises
    ------
    OptionError
        If the rotation is out of range.
    """
    crop = None if arguments.crop is None else Crop(*arguments.crop)
    return Geometry(crop, arguments.rotate, arguments.flip, arguments.invert)


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


COMMAND = Command("explain", "explain one radiograph and print the result as JSON", add_arguments, run)
