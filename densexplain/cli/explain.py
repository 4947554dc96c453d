"""``explain``: radiographs, one model set, one JSON object; several may be one study."""

from __future__ import annotations

import time
from argparse import ArgumentParser, Namespace
from pathlib import Path

from densexplain.cli.command import Command, print_json
from densexplain.cli.radiograph_arguments import (
    SIDES,
    add_class_argument,
    add_ranking_argument,
    add_view_arguments,
    geometries_of,
)
from densexplain.radiograph.crop import Geometry


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the radiographs, the model set, the geometry and where artefacts go."""
    parser.add_argument(
        "files", type=Path, nargs="+", metavar="FILE", help="DICOM, PNG or JPEG, a zip of them, or a folder"
    )
    parser.add_argument(
        "--study", action="store_true", help="the files are one study: its label is the majority vote of them"
    )
    parser.add_argument("--model-set", required=True, metavar="NAME")
    add_class_argument(parser)
    parser.add_argument(
        "--crop",
        type=int,
        nargs=4,
        action="append",
        default=[],
        metavar=SIDES,
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
    from densexplain.workspace.files import is_several

    geometries = geometries_of(arguments)
    if arguments.study or len(arguments.files) > 1 or is_several(arguments.files[0]):
        from densexplain.cli.explain_several import explain_several

        explain_several(arguments, geometries)
    else:
        _explain_one(arguments, geometries[0])


def _explain_one(arguments: Namespace, geometry: Geometry) -> None:
    from densexplain.cli.new_workspace import new_workspace, open_one
    from densexplain.explain.record import explanation_record

    workspace = new_workspace()
    folder = workspace.model_sets.find(arguments.model_set)
    start = time.monotonic()
    case = open_one(workspace, arguments.files[0], arguments.frame_number)
    case.change_geometry(geometry)
    seconds = {"read": time.monotonic() - start}
    manifest = workspace.model_sets.load(folder).manifest
    workspace.choose_class(manifest, arguments.output_class)
    start = time.monotonic()
    explanation = workspace.explain(case, manifest)
    seconds["forward"], start = time.monotonic() - start, time.monotonic()
    if arguments.out is not None:
        from densexplain.cli.out_folder import write_out
        from densexplain.workspace.exports import report_of

        write_out(arguments.out, report_of(case, manifest, explanation, ranking=arguments.ranking).files())
    seconds["render"] = time.monotonic() - start if arguments.out is not None else 0.0
    options = {"ranking": arguments.ranking, "seconds": seconds, "frame_number": case.frame_number}
    print_json(explanation_record(explanation, manifest, case.radiograph, case.geometry, **options))


COMMAND = Command(
    "explain", "explain radiographs, or a study of several, and print the result as JSON", add_arguments, run
)
