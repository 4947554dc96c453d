"""``fit-probes``: fit linear probes of a model set's stages."""

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
    """Declare data and model set."""
    parser.add_argument(
        "--data", type=Path, required=True, metavar="DIR", help="data set in MURA's layout; measured on its split valid"
    )
    parser.add_argument("--model-set", required=True, metavar="NAME", help="its file, manifest and card are written")
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
    from densexplain.phantom.truth import truth_folder

    folder, extremities = find_model_set(arguments.model_set), tuple(arguments.extremity)
    train, valid = (read_data_set(arguments.data, split, extremities) for split in (Split.TRAIN, Split.VALID))

    from densexplain.training.probes_fit import ProbeData, fit_probes

    record = fit_probes(folder, ProbeData(train, valid, truth_folder(arguments.data)), report)
    print_json({**provenance(read_manifest(folder)), "probes": asdict(record)})


COMMAND = Command("fit-probes", "fit linear probes: what a network could know at each stage", add_arguments, run)
