"""``evaluate``: a model set's figures on labelled radiographs."""

from __future__ import annotations

import json
import time
from argparse import ArgumentParser, Namespace
from pathlib import Path

from densexplain.cli.command import Command, print_json, report
from densexplain.errors import OptionError
from densexplain.files import write_atomically
from densexplain.network.backend import start_backend
from densexplain.vocabulary import Split


def add_arguments(parser: ArgumentParser) -> None:
    """Declare data, model set and split."""
    parser.add_argument("--data", type=Path, required=True, metavar="DIR", help="data set in MURA's layout")
    parser.add_argument("--model-set", required=True, metavar="NAME")
    parser.add_argument("--split", type=Split, choices=list(Split), default=Split.VALID, help="(default: %(default)s)")
    parser.add_argument("--extremity", nargs="+", default=[], metavar="NAME", help="as in XR_NAME (default: all)")
    parser.add_argument("--batch-size", type=int, default=8, metavar="N", help="(default: %(default)s)")
    parser.add_argument("--out", type=Path, metavar="FILE", help="write the JSON there as well")


def run(arguments: Namespace) -> None:
    """Predict every radiograph of the split and print accuracy, kappa, sensitivity, specificity and AUC.

    Raises
    ------
    DataSetError
        If the data set cannot be used.
    ModelSetError
        If the model set cannot be used.
    OptionError
        If the batch size is not positive.
    """
    from densexplain.training.mura import check_both_findings, read_data_set

    if arguments.batch_size < 1:
        raise OptionError(f"`--batch-size` must be at least 1; received {arguments.batch_size}")
    items = read_data_set(arguments.data, arguments.split, tuple(arguments.extremity))
    check_both_findings(items)

    start_backend()
    from densexplain.network.model_set import load_model_set
    from densexplain.training.evaluation import evaluate
    from densexplain.training.measurement import labels_of, measure

    model_set = load_model_set(arguments.model_set)
    manifest = model_set.manifest
    start = time.monotonic()
    measurement = measure(model_set.model, items, manifest.specification, arguments.batch_size, report)
    record = {
        "model_set": manifest.name,
        "version": manifest.version,
        "weights_sha256": manifest.weights_sha256,
        "split": arguments.split,
        "extremities": sorted({item.extremity.lower() for item in items}),
        **evaluate(labels_of(items), measurement.probabilities, manifest.threshold).as_dict(),
        "seconds": round(time.monotonic() - start, 1),
        "notice": "Research use only, not for diagnosis",
    }
    if arguments.out is not None:
        write_atomically(arguments.out, (json.dumps(record, indent=2) + "\n").encode())
    print_json(record)


COMMAND = Command("evaluate", "measure a model set on labelled radiographs", add_arguments, run)
