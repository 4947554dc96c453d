"""``measure-maps``: whether a model set's maps lie where the abnormalities of phantoms are."""

from __future__ import annotations

import json
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from pathlib import Path

from densexplain.classifier.engines.keras.start import start_backend
from densexplain.classifier.model_sets.catalogue import find_model_set
from densexplain.cli.command import Command, report
from densexplain.errors import OptionError
from densexplain.evaluation.records.map_report import MapFigure, MapReport, map_report_to_json
from densexplain.files import check_writable, write_atomically
from densexplain.provenance import NOTICE
from densexplain.vocabulary import MapMeasure, Split

_LEAST = {
    "limit": 1,
    "occlusion_limit": 0,
    "curve_limit": 0,
    "steps": 1,
    "patch_px": 1,
    "stride_px": 1,
    "batch_size": 1,
    "resamples": 100,
    "seed": 0,
}


def add_arguments(parser: ArgumentParser) -> None:
    """Declare data, model sets, how much is measured, and where the results go."""
    parser.add_argument("--data", type=Path, required=True, metavar="DIR", help="phantom data set, with its truth")
    parser.add_argument("--model-set", required=True, metavar="NAME")
    parser.add_argument("--compare", nargs="+", default=[], metavar="NAME", help="other model sets, for agreement")
    parser.add_argument("--split", type=Split, choices=list(Split), default=Split.VALID, help="(default: %(default)s)")
    parser.add_argument("--extremity", nargs="+", default=[], metavar="NAME", help="as in XR_NAME (default: all)")
    for option, default, words in (
        ("--limit", 100, "abnormal radiographs at most"),
        ("--occlusion-limit", 25, "radiographs for occlusion, about 8 s each at 320 px; 0 leaves it out"),
        ("--curve-limit", 25, "radiographs for the curves and the randomised weights, about 25 s each at 320 px"),
        ("--steps", 20, "of deletion and insertion"),
        ("--patch-px", 32, "edge of the patch of occlusion"),
        ("--stride-px", 32, "from one patch to the next"),
        ("--batch-size", 8, "network inputs at a time"),
        ("--resamples", 1000, "resamples of patients, for intervals"),
        ("--seed", 0, "seed of the choice of radiographs, resamples and weights"),
    ):
        parser.add_argument(option, type=int, default=default, metavar="N", help=f"{words} (default: %(default)s)")
    parser.add_argument("--out", type=Path, metavar="FILE", help="write the measures there as JSON")
    parser.add_argument("--record", action="store_true", help="record the measures with the model set")


def run(arguments: Namespace) -> None:
    """Measure the maps; print a table, write and record the measures.

    Raises
    ------
    DataSetError
        If the data set cannot be used or has no truth.
    ModelSetError
        If a model set cannot be used.
    OptionError
        If a number is out of range, or a folder cannot be written.
    """
    from densexplain.data_sets.mura import read_data_set
    from densexplain.evaluation.maps.annotated_phantoms import annotated_phantoms

    folder, others = find_model_set(arguments.model_set), [find_model_set(name) for name in arguments.compare]
    _check(arguments, folder)
    items = read_data_set(arguments.data, arguments.split, tuple(arguments.extremity))
    marked = annotated_phantoms(arguments.data, items, arguments.limit, arguments.seed)

    start_backend()
    from densexplain.classifier.model_sets.model_set import load_model_set
    from densexplain.evaluation.maps.map_measurement import MapOptions, measure_maps
    from densexplain.evaluation.records.recorded_map_measures import write_map_measures

    model_set, compared = load_model_set(folder), [load_model_set(other) for other in others]
    options = MapOptions(**{name: getattr(arguments, name) for name in _LEAST if name != "limit"})
    measured = measure_maps(model_set, marked, compared, options, report)
    try:
        if arguments.out is not None:
            content = json.dumps(map_report_to_json(measured), indent=2, ensure_ascii=False, allow_nan=False) + "\n"
            write_atomically(arguments.out, content.encode("utf-8"))
        if arguments.record:
            write_map_measures(folder, measured)
    except OSError as error:
        raise OptionError(f"the measures could not be written: {error.strerror}") from error
    print(table(measured))


def _check(arguments: Namespace, folder: Path) -> None:
    for name, least in _LEAST.items():
        received = getattr(arguments, name)
        if received < least:
            raise OptionError(f"`--{name.replace('_', '-')}` must be at least {least}; received {received}")
    wanted = [("--out", arguments.out.parent)] if arguments.out is not None else []
    wanted += [("--record", folder)] if arguments.record else []
    for option, place in wanted:
        try:
            check_writable(place)
        except OSError as error:
            raise OptionError(
                f"expected a folder that can be written for {option}; {place}: {error.strerror}"
            ) from error


def table(measured: MapReport) -> str:
    """The measures as text, a line for each source of maps, the 95 % interval in brackets."""
    lines = [
        f"{measured.model_set} {measured.version}: {measured.images} abnormal phantoms of {measured.patients} patients "
        f"({measured.split}; {', '.join(measured.extremities)})",
        "",
        *_columns(
            ["", *(str(measure) for measure in MapMeasure)],
            [
                [str(source), *(_in_words(figures[measure]) for measure in MapMeasure)]
                for source, figures in measured.sources.items()
            ],
        ),
        "",
        "Class activation map after randomising the weights, from the head down to",
        *_columns(
            ["", "rank correlation", "structural similarity"],
            [[step.down_to, _in_words(step.correlation), _in_words(step.structure)] for step in measured.randomised],
        ),
    ]
    if measured.agreements:
        rows = [[one.model_set, _in_words(one.correlation), _in_words(one.overlap)] for one in measured.agreements]
        lines += ["", "Agreement with other model sets", *_columns(["", "rank correlation", "warmest tenth"], rows)]
    return "\n".join([*lines, "", NOTICE])


def _columns(heading: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(len(line[place]) for line in (heading, *rows)) for place in range(len(heading))]
    return [
        "  ".join(word.ljust(width) for word, width in zip(line, widths, strict=True)).rstrip()
        for line in (heading, *rows)
    ]


def _in_words(figure: MapFigure) -> str:
    if figure.value is None:
        return "-"
    interval = "" if figure.low is None else f" ({figure.low:.2f} to {figure.high:.2f})"
    return f"{figure.value:.3f}{interval}"


COMMAND = Command(
    "measure-maps", "measure a model set's maps on phantoms whose abnormalities are known", add_arguments, run
)
