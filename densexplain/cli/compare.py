"""``compare``: one radiograph, several model sets and versions of the input, one JSON object."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from densexplain.cli.command import Command, print_json
from densexplain.cli.out_folder import check_out, write_out
from densexplain.cli.radiograph_arguments import (
    SIDES,
    add_crop_arguments,
    add_ranking_argument,
    add_view_arguments,
    geometry_of,
)
from densexplain.errors import OptionError
from densexplain.radiograph.crop import Crop
from densexplain.vocabulary import InputVersion, Region

if TYPE_CHECKING:
    from densexplain.workspace.case import Case


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the radiograph, the model sets, the versions and where artefacts go."""
    parser.add_argument("file", type=Path, metavar="FILE", help="DICOM, PNG or JPEG")
    parser.add_argument(
        "--model-sets", required=True, nargs="+", metavar="NAME", help="the others are compared with the first"
    )
    parser.add_argument(
        "--inputs",
        type=InputVersion,
        choices=list(InputVersion),
        nargs="+",
        metavar="VERSION",
        help=f"out of {', '.join(map(repr, map(str, InputVersion)))} (default: all that are possible)",
    )
    add_crop_arguments(parser, "box in pixels (default: the found field)")
    add_view_arguments(parser)
    parser.add_argument("--legend", type=int, nargs=4, metavar=SIDES, help="text legend (default: as it is found)")
    add_ranking_argument(parser)
    parser.add_argument("--out", type=Path, metavar="DIR", help="write comparison.png, .csv and .json there")
    parser.add_argument(
        "--stages", action="store_true", help="with --out also comparison.pdf: the figure, then one page per stage"
    )


def run(arguments: Namespace) -> None:
    """Read, explain each version with each model set, print.

    Raises
    ------
    RadiographError
        If the file is not read as a radiograph.
    CropError
        If the crop does not fit.
    ModelSetError
        If a model set cannot be used.
    OptionError
        If a version cannot be made, the legend lies outside, the file cannot be opened or the folder cannot be written.
    """
    from densexplain.cli.new_workspace import new_workspace, open_one
    from densexplain.explain.comparison.record import comparison_record
    from densexplain.radiograph.versions import WHY_NOT

    if arguments.out is not None:
        check_out(arguments.out)
    elif arguments.stages:
        raise OptionError("expected --out with --stages, which writes a document there; received none")
    workspace = new_workspace()
    folders = [workspace.model_sets.find(name) for name in dict.fromkeys(arguments.model_sets)]
    case = open_one(workspace, arguments.file, arguments.frame_number)
    case.change_geometry(geometry_of(arguments))
    _draw_legend(arguments, case)
    found = workspace.versions(case, arguments.inputs or tuple(InputVersion))
    wanted = arguments.inputs or list(found)
    if missing := [f"{version} ({WHY_NOT[version]})" for version in wanted if version not in found]:
        raise OptionError(f"expected inputs out of {', '.join(found)}; received {', '.join(missing)}")
    manifests = [workspace.model_sets.load(folder).manifest for folder in folders]
    versions = [version for name, version in found.items() if name in wanted]
    compared = workspace.compare(case, manifests, versions).whole()
    if arguments.out is not None:
        from densexplain.workspace.exports import comparison_exports

        exports = comparison_exports(compared, ranking=arguments.ranking)
        written = {one.name: one.make() for one in exports if arguments.stages or one.name != "comparison.pdf"}
        write_out(arguments.out, written)
    print_json(comparison_record(compared, arguments.ranking))


def _draw_legend(arguments: Namespace, case: Case) -> None:
    """Keep the text legend as it was given; without one it is looked for."""
    if arguments.legend is None:
        return
    top, left, height, width = arguments.legend
    rows, columns = case.radiograph.rows, case.radiograph.columns
    if min(top, left) < 0 or min(height, width) < 1 or top + height > rows or left + width > columns:
        raise OptionError(
            f"expected a legend inside the radiograph of {rows} rows x {columns} columns; received {arguments.legend}"
        )
    from densexplain.radiograph.regions.drawn_regions import DrawnBox

    case.draw_box(DrawnBox(Region.TEXT_LEGEND, Crop(top, left, height, width)))


COMMAND = Command("compare", "compare model sets and versions of one radiograph as JSON", add_arguments, run)
