"""``experiment``: where the stages look and what the evidence rests on, over phantoms whose regions are known."""

from __future__ import annotations

import json
import time
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from densexplain.classifier.model_sets.catalogue import find_model_set
from densexplain.cli.command import Command, report
from densexplain.errors import DataSetError, OptionError
from densexplain.files import check_writable, write_atomically
from densexplain.vocabulary import Split

if TYPE_CHECKING:
    from densexplain.data_sets.mura import LabelledRadiograph
    from densexplain.evaluation.experiment.experiment import Experiment
    from densexplain.evaluation.experiment.phantom_result import PhantomResult
    from densexplain.explain.explainer import Explainer
    from densexplain.phantom.truth import Truth

_FEWEST_RESAMPLES, _MOST_RESAMPLES = 100, 100_000
_REPORT_EVERY_SECONDS = 15.0


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the phantoms, the model sets and where the results go."""
    parser.add_argument(
        "--data", type=Path, required=True, metavar="DIR", help="phantoms in MURA's layout, with a folder truth"
    )
    parser.add_argument(
        "--model-sets", required=True, nargs="+", metavar="NAME", help="the others are compared with the first"
    )
    parser.add_argument("--split", type=Split, choices=list(Split), default=Split.VALID, help="(default: %(default)s)")
    parser.add_argument("--extremity", nargs="+", default=[], metavar="NAME", help="as in XR_NAME (default: all)")
    parser.add_argument("--limit", type=int, metavar="N", help="number of images, drawn at random (default: all)")
    parser.add_argument(
        "--resamples",
        type=int,
        default=1000,
        metavar="N",
        help="resamples of patients, for intervals (default: %(default)s)",
    )
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="random seed (default: %(default)s)")
    parser.add_argument("--out", type=Path, metavar="DIR", help="write experiment.json, report.md and pictures there")


def run(arguments: Namespace) -> None:
    """Explain every phantom with every model set, as it is and without its text legend and image frame.

    Raises
    ------
    DataSetError
        If the data set, or what is known of a radiograph, cannot be used.
    ModelSetError
        If a model set cannot be used.
    OptionError
        If a number is out of range or the folder cannot be written.
    """
    from densexplain.data_sets.mura import read_data_set
    from densexplain.phantom.truth import check_truth, planted_finding, read_truth

    _check(arguments)
    check_truth(arguments.data)
    items = _drawn(read_data_set(arguments.data, arguments.split, tuple(arguments.extremity)), arguments)
    folders = [find_model_set(name) for name in dict.fromkeys(arguments.model_sets)]
    truths = [read_truth(arguments.data, item) for item in items]
    planted = planted_finding(truth.record for truth in truths)

    from densexplain.evaluation.experiment.experiment import (
        Experiment,
        ModelSetResult,
        legend_verdict,
        mean_differences,
        mean_figures,
    )
    from densexplain.evaluation.experiment.experiment_text import experiment_text
    from densexplain.evaluation.experiment.phantom_result import image_figures
    from densexplain.workspace.model_set_store import load_ready

    patients, options = [item.patient for item in items], (arguments.resamples, arguments.seed)
    results, entries = {}, []
    for folder in folders:
        explainer = load_ready(folder).explainer
        manifest = explainer.model_set.manifest
        images = _examine(explainer, items, truths)
        figures = mean_figures([image_figures(image) for image in images], patients, *options)
        names = (manifest.name, manifest.title, manifest.version, manifest.weights_sha256)
        entries.append(ModelSetResult(*names, figures, legend_verdict(figures, planted)))
        results[manifest.name] = images
    first, *others = results
    differences = {name: mean_differences(results[first], results[name], patients, *options) for name in others}
    experiment = Experiment(_facts(arguments, items, planted), tuple(entries), differences)
    if arguments.out is not None:
        _write(arguments.out, experiment)
    print(experiment_text(experiment))


def _check(arguments: Namespace) -> None:
    if arguments.limit is not None and arguments.limit < 1:
        raise OptionError(f"`--limit` must be at least 1; received {arguments.limit}")
    if not _FEWEST_RESAMPLES <= arguments.resamples <= _MOST_RESAMPLES:
        raise OptionError(
            f"`--resamples` must lie between {_FEWEST_RESAMPLES} and {_MOST_RESAMPLES}; received {arguments.resamples}"
        )
    if arguments.seed < 0:
        raise OptionError(f"`--seed` must not be negative; received {arguments.seed}")
    if arguments.out is not None:
        try:
            check_writable(arguments.out)
        except OSError as error:
            raise OptionError(
                f"expected a folder that can be written for --out; {arguments.out}: {error.strerror}"
            ) from error


def _drawn(items: tuple[LabelledRadiograph, ...], arguments: Namespace) -> tuple[LabelledRadiograph, ...]:
    """As many as are asked for, in the order of the data set."""
    import numpy as np

    if arguments.limit is None or arguments.limit >= len(items):
        return items
    chosen = np.random.default_rng((arguments.seed, 1)).permutation(len(items))[: arguments.limit]
    return tuple(items[index] for index in sorted(chosen))


def _examine(explainer: Explainer, items: tuple[LabelledRadiograph, ...], truths: list[Truth]) -> list[PhantomResult]:
    from densexplain.data_sets.images import read_training_image
    from densexplain.evaluation.experiment.phantom_result import examine_phantom

    manifest, images, last = explainer.model_set.manifest, [], time.monotonic()
    for item, truth in zip(items, truths, strict=True):
        pixels = read_training_image(item.path)
        if pixels.shape != truth.regions.shape:
            raise DataSetError(
                f"expected regions of {pixels.shape[0]} x {pixels.shape[1]} px for {item.path}; "
                f"received {truth.regions.shape[0]} x {truth.regions.shape[1]}"
            )
        images.append(examine_phantom(explainer.explain, manifest.specification, pixels, truth.regions, item.finding))
        if time.monotonic() - last >= _REPORT_EVERY_SECONDS:
            last = time.monotonic()
            report(f"{manifest.name}: examined {len(images)} of {len(items)} radiographs")
    return images


def _facts(arguments: Namespace, items: tuple[LabelledRadiograph, ...], planted: object) -> dict[str, object]:
    return {
        "split": arguments.split.value,
        "extremities": sorted({item.extremity.lower() for item in items}),
        "images": len(items),
        "abnormal": sum(item.finding == "abnormal" for item in items),
        "patients": len({item.patient for item in items}),
        "legend_planted_with": planted,
        "resamples": arguments.resamples,
        "seed": arguments.seed,
    }


def _write(folder: Path, experiment: Experiment) -> None:
    from densexplain.evaluation.experiment.experiment import experiment_record
    from densexplain.evaluation.experiment.experiment_text import experiment_document
    from densexplain.render.experiment_figures import experiment_figures

    pictures = (("Focus over the five stages", "focus.png"), ("Positive evidence beside area", "evidence.png"))
    files = {
        "experiment.json": json.dumps(
            experiment_record(experiment), indent=2, ensure_ascii=False, allow_nan=False
        ).encode()
        + b"\n",
        "report.md": experiment_document(experiment, pictures).encode(),
        **experiment_figures(experiment.model_sets),
    }
    try:
        for name, content in files.items():
            write_atomically(folder / name, content)
    except OSError as error:
        raise OptionError(f"the results could not be written to {folder}: {error.strerror}") from error


COMMAND = Command(
    "experiment", "measure on phantoms where each stage is active and what the evidence rests on", add_arguments, run
)
