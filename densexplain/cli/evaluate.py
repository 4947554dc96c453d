"""``evaluate``: a model set's figures on labelled radiographs."""

from __future__ import annotations

import json
import time
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from densexplain.classifier.model_sets.catalogue import find_model_set
from densexplain.cli.command import Command, print_json, report
from densexplain.errors import OptionError
from densexplain.evaluation.records.evaluation_json import report_to_json
from densexplain.files import check_writable, write_atomically
from densexplain.vocabulary import Split

if TYPE_CHECKING:
    from densexplain.evaluation.evaluation import Evaluation
    from densexplain.evaluation.predicted_images import PredictedImages

_FEWEST_RESAMPLES, _MOST_RESAMPLES = 100, 100_000


def add_arguments(parser: ArgumentParser) -> None:
    """Declare data, model set, split, and where the results go."""
    parser.add_argument("--data", type=Path, required=True, metavar="DIR", help="data set in MURA's layout")
    parser.add_argument("--model-set", required=True, metavar="NAME")
    parser.add_argument("--split", type=Split, choices=list(Split), default=Split.VALID, help="(default: %(default)s)")
    parser.add_argument("--extremity", nargs="+", default=[], metavar="NAME", help="as in XR_NAME (default: all)")
    parser.add_argument("--batch-size", type=int, default=8, metavar="N", help="(default: %(default)s)")
    parser.add_argument(
        "--resamples",
        type=int,
        default=1000,
        metavar="N",
        help="resamples of patients, for intervals (default: %(default)s)",
    )
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="seed of the resamples (default: %(default)s)")
    parser.add_argument(
        "--out", type=Path, metavar="DIR", help="write report.json, report.md and predictions.csv (with paths) there"
    )
    parser.add_argument(
        "--record",
        action="store_true",
        help="record figures, predictions (without patients) and temperature with the model set, and update its card",
    )


def run(arguments: Namespace) -> None:
    """Predict every radiograph of the split; print, write and record the figures.

    Raises
    ------
    DataSetError
        If the data set cannot be used.
    ModelSetError
        If the model set cannot be used.
    OptionError
        If a number is out of range, the training split is to be kept, or a folder cannot be written.
    """
    from densexplain.data_sets.mura import check_both_findings, read_data_set

    _check(arguments)
    items = read_data_set(arguments.data, arguments.split, tuple(arguments.extremity))
    check_both_findings(items)
    folder = find_model_set(arguments.model_set)
    _check_folders(arguments, folder)

    from densexplain.classifier.model_sets.model_set import load_model_set
    from densexplain.data_sets.readable import readable_items
    from densexplain.evaluation.evaluation import evaluate
    from densexplain.evaluation.predicted_images import predicted_images
    from densexplain.evaluation.predictions import predict
    from densexplain.phantom.truth import truth_folder

    model_set = load_model_set(folder)
    manifest = model_set.manifest
    start = time.monotonic()
    items, skipped = readable_items(items, report)
    check_both_findings(items)
    predictions = predict(model_set.classifier, items, manifest.specification, arguments.batch_size, report)
    predicted = predicted_images(items, predictions)
    evaluation = evaluate(
        predicted,
        manifest,
        resamples=arguments.resamples,
        seed=arguments.seed,
        skipped=len(skipped),
        refit=arguments.record,
        truth=truth_folder(arguments.data),
    )
    record = {
        **report_to_json(evaluation.report),
        "skipped_images": [path.relative_to(arguments.data).as_posix() for path in skipped],
        "seconds": round(time.monotonic() - start, 1),
    }
    if arguments.out is not None:
        _write(arguments, evaluation, predicted, record)
    if arguments.record:
        _keep(folder, evaluation)
    print_json(record)


def _check(arguments: Namespace) -> None:
    if arguments.batch_size < 1:
        raise OptionError(f"`--batch-size` must be at least 1; received {arguments.batch_size}")
    if not _FEWEST_RESAMPLES <= arguments.resamples <= _MOST_RESAMPLES:
        raise OptionError(
            f"`--resamples` must lie between {_FEWEST_RESAMPLES} and {_MOST_RESAMPLES}; received {arguments.resamples}"
        )
    if arguments.seed < 0:
        raise OptionError(f"`--seed` must not be negative; received {arguments.seed}")
    if arguments.record and arguments.split is not Split.VALID:
        raise OptionError(
            "expected --split valid with --record; radiographs seen in training say little about performance"
        )


def _check_folders(arguments: Namespace, model_set: Path) -> None:
    """Check before the long work, not after it."""
    wanted = [("--out", arguments.out)] if arguments.out is not None else []
    wanted += [("--record", model_set)] if arguments.record else []
    for option, folder in wanted:
        try:
            check_writable(folder)
        except OSError as error:
            raise OptionError(
                f"expected a folder that can be written for {option}; {folder}: {error.strerror}"
            ) from error


def _write(arguments: Namespace, evaluation: Evaluation, predicted: PredictedImages, record: dict[str, Any]) -> None:
    from densexplain.evaluation.evaluation_text import report_document
    from densexplain.evaluation.predicted_images import predictions_table

    files = {
        "report.json": json.dumps(record, indent=2, ensure_ascii=False, allow_nan=False).encode() + b"\n",
        "report.md": report_document(evaluation.report, record["skipped_images"]).encode(),
        "predictions.csv": predictions_table(
            predicted, arguments.data, evaluation.report.threshold, evaluation.temperature
        ),
    }
    try:
        for name, content in files.items():
            write_atomically(arguments.out / name, content)
    except OSError as error:
        raise OptionError(f"the results could not be written to {arguments.out}: {error.strerror}") from error


def _keep(folder: Path, evaluation: Evaluation) -> None:
    from densexplain.evaluation.recording import record_evaluation

    try:
        record_evaluation(folder, evaluation)
    except OSError as error:
        raise OptionError(f"the evaluation could not be recorded with {folder.name}: {error.strerror}") from error


COMMAND = Command("evaluate", "measure a model set on labelled radiographs", add_arguments, run)
