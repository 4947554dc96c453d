"""``phantom``: a data set of simulated radiographs whose ground truth is known."""

from __future__ import annotations

import os
from argparse import ArgumentParser, Namespace
from pathlib import Path

from densexplain.cli.command import Command, print_json, report
from densexplain.files import check_writable
from densexplain.provenance import NOTICE, provenance
from densexplain.vocabulary import ExtremityType, FileFormat

_ALL = "all"


def add_arguments(parser: ArgumentParser) -> None:
    """Declare what is simulated and where it goes."""
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder of the data set, MURA's layout")
    parser.add_argument("--count", type=int, default=100, metavar="N", help="images (default: %(default)s)")
    parser.add_argument(
        "--extremity", nargs="+", default=[_ALL], choices=[_ALL, *ExtremityType], help="(default: %(default)s)"
    )
    parser.add_argument(
        "--seed", type=int, default=0, metavar="S", help="the same seed gives the same files (default: %(default)s)"
    )
    parser.add_argument(
        "--shortcut",
        nargs=2,
        type=float,
        metavar=("P", "Q"),
        help="plant a text legend in these shares of the abnormal and of the normal images",
    )
    parser.add_argument(
        "--severity",
        nargs=2,
        type=float,
        default=(0.25, 1.0),
        metavar=("LOW", "HIGH"),
        help="severity of the abnormalities: 0 hardly visible, 1 plain (default: 0.25 1)",
    )
    parser.add_argument("--size", type=int, default=512, metavar="PX", help="longer edge (default: %(default)s)")
    parser.add_argument(
        "--valid", type=float, default=0.2, metavar="SHARE", help="share of patients (default: %(default)s)"
    )
    parser.add_argument(
        "--format",
        type=FileFormat,
        default=FileFormat.PNG,
        choices=[FileFormat.PNG, FileFormat.DICOM],
        help="(default: %(default)s)",
    )
    parser.add_argument(
        "--processes", type=int, metavar="N", help="processes that share the work (default: one for each core)"
    )


def run(arguments: Namespace) -> None:
    """Simulate and write.

    Raises
    ------
    OptionError
        If a number lies outside its range.
    """
    from densexplain.phantom.data_set import DataSetPlan, Shortcut, write_data_set

    every = _ALL in arguments.extremity
    plan = DataSetPlan(
        images=arguments.count,
        extremities=tuple(ExtremityType) if every else tuple(dict.fromkeys(map(ExtremityType, arguments.extremity))),
        seed=arguments.seed,
        shortcut=Shortcut(*arguments.shortcut) if arguments.shortcut else None,
        valid_share=arguments.valid,
        severity=tuple(arguments.severity),
        size_px=arguments.size,
        file_format=arguments.format,
    )
    check_writable(arguments.out)
    count = write_data_set(arguments.out, plan, arguments.processes or os.cpu_count() or 1, report)
    print_json({**provenance(), "folder": str(arguments.out), "images": count, "use": f"{NOTICE}."})


COMMAND = Command("phantom", "simulate radiographs whose ground truth is known", add_arguments, run)
