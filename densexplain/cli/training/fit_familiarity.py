"""``fit-familiarity``: fit a model set's distribution of training radiographs."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from dataclasses import asdict
from pathlib import Path

from densexplain.classifier.model_sets.catalogue import find_model_set
from densexplain.classifier.model_sets.manifest import read_manifest
from densexplain.cli.command import Command, print_json, report
from densexplain.provenance import provenance
from densexplain.vocabulary import Split


def add_arguments(parser: ArgumentParser) -> None:
    """Declare data, model set and split."""
    parser.add_argument("--data", type=Path, required=True, metavar="DIR", help="data set in MURA's layout")
    parser.add_argument("--model-set", required=True, metavar="NAME", help="its file and manifest are written")
    parser.add_argument("--split", type=Split, choices=list(Split), default=Split.TRAIN, help="(default: %(default)s)")
    parser.add_argument("--extremity", nargs="+", default=[], metavar="NAME", help="as in XR_NAME (default: all)")


def run(arguments: Namespace) -> None:
    """Fit and print what the manifest now states.

    Raises
    ------
    DataSetError
        If the data set cannot be used.
    ModelSetError
        If the model set cannot be used.
    OSError
        If it cannot be written.
    """
    from densexplain.data_sets.mura import read_data_set

    folder = find_model_set(arguments.model_set)
    items = read_data_set(arguments.data, arguments.split, tuple(arguments.extremity))

    from densexplain.training.familiarity_fit import fit_familiarity

    record = fit_familiarity(folder, items, report)
    print_json({**provenance(read_manifest(folder)), "familiarity": asdict(record)})


COMMAND = Command("fit-familiarity", "fit a model set's familiarity to its training radiographs", add_arguments, run)
