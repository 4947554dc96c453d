"""``compare``: one radiograph, several model sets and versions of the input, one JSON object."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

import numpy as np

from densexplain.classifier.engines.keras_start import start_backend
from densexplain.classifier.model_sets.catalogue import find_model_set
from densexplain.cli.command import Command, print_json
from densexplain.cli.explain import add_ranking_argument, add_view_arguments, geometry_of, read_file
from densexplain.cli.out_folder import check_out, write_out
from densexplain.errors import OptionError
from densexplain.radiograph.radiograph import Radiograph
from densexplain.radiograph.regions.regions import Mask
from densexplain.vocabulary import InputVersion, Region, RegionSource

_SIDES = ("TOP", "LEFT", "HEIGHT", "WIDTH")


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the radiograph, the model sets, the versions and where artefacts go."""
    parser.add_argument("file", type=Path, metavar="FILE", help="DICOM, PNG or JPEG")
    parser.add_argument(
        "--model-sets", required=True, nargs="+", metavar="NAME", help="the others are held against the first"
    )
    parser.add_argument(
        "--inputs",
        type=InputVersion,
        choices=list(InputVersion),
        nargs="+",
        metavar="VERSION",
        help=f"out of {', '.join(map(repr, map(str, InputVersion)))} (default: all that are possible)",
    )
    parser.add_argument("--crop", type=int, nargs=4, metavar=_SIDES, help="box in pixels (default: the found field)")
    parser.add_argument("--rotate", type=float, default=0.0, metavar="DEGREES", help="counter-clockwise")
    add_view_arguments(parser)
    parser.add_argument("--legend", type=int, nargs=4, metavar=_SIDES, help="text legend (default: as it is found)")
    add_ranking_argument(parser)
    parser.add_argument("--out", type=Path, metavar="DIR", help="write comparison.png, .csv and .json there")
    parser.add_argument(
        "--stages", action="store_true", help="with --out also comparison.pdf: the figure, then a page a stage"
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
    from densexplain.radiograph.reading.reading import read_radiograph
    from densexplain.radiograph.regions.image_frame import find_image_frame
    from densexplain.radiograph.versions import WHY_NOT, radiograph_versions

    if arguments.out is not None:
        check_out(arguments.out)
    elif arguments.stages:
        raise OptionError("expected --out with --stages, which writes a document there; received none")
    folders = [find_model_set(name) for name in dict.fromkeys(arguments.model_sets)]
    radiograph = read_radiograph(read_file(arguments.file), arguments.file.name, arguments.frame)
    marker, source = _legend(arguments, radiograph), RegionSource.DRAWN
    if marker is None and (not arguments.inputs or InputVersion.MARKER_REMOVED in arguments.inputs):
        from densexplain.radiograph.regions.found_regions import find_regions

        marker = find_regions(radiograph.pixels, inverted=arguments.invert)[Region.TEXT_LEGEND]
        source = RegionSource.FOUND
    found = radiograph_versions(geometry_of(arguments), find_image_frame(radiograph.pixels), marker, source)
    wanted = arguments.inputs or list(found)
    if missing := [f"{version} ({WHY_NOT[version]})" for version in wanted if version not in found]:
        raise OptionError(f"expected inputs out of {', '.join(found)}; received {', '.join(missing)}")

    start_backend()
    from densexplain.classifier.model_sets.model_set import load_model_set
    from densexplain.explain.comparison.comparison import compare
    from densexplain.explain.comparison.record import comparison_record, comparison_table
    from densexplain.explain.explainer import Explainer

    explainers = {(one := Explainer(load_model_set(folder))).model_set.manifest.name: one for folder in folders}
    compared = compare(
        radiograph,
        [explainer.model_set.manifest for explainer in explainers.values()],
        [version for name, version in found.items() if name in wanted],
        lambda manifest, _version, make_input: explainers[manifest.name].explain(make_input()),
    )
    record = comparison_record(compared, arguments.ranking)
    if arguments.out is not None:
        import json

        from densexplain.render.comparison.figure import comparison_figure

        table = comparison_table(compared, arguments.ranking).encode()
        figure = comparison_figure(compared, ranking=arguments.ranking)
        files = {"comparison.png": figure, "comparison.csv": table, "comparison.json": json.dumps(record).encode()}
        if arguments.stages:
            from densexplain.render.comparison.document import comparison_document

            files["comparison.pdf"] = comparison_document(compared, ranking=arguments.ranking)
        write_out(arguments.out, files)
    print_json(record)


def _legend(arguments: Namespace, radiograph: Radiograph) -> Mask | None:
    if arguments.legend is None:
        return None
    top, left, height, width = arguments.legend
    rows, columns = radiograph.rows, radiograph.columns
    if min(top, left) < 0 or min(height, width) < 1 or top + height > rows or left + width > columns:
        raise OptionError(
            f"expected a legend inside the radiograph of {rows} rows x {columns} columns; received {arguments.legend}"
        )
    mask = np.zeros((rows, columns), np.bool_)
    mask[top : top + height, left : left + width] = True
    return mask


COMMAND = Command("compare", "compare model sets and versions of one radiograph as JSON", add_arguments, run)
