"""``import-weights``: a network that was trained elsewhere with Keras becomes a model set."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from densexplain.classifier.heads import Head, HeadKind, OutputClass
from densexplain.cli.command import Command, print_json
from densexplain.errors import OptionError
from densexplain.radiograph.preprocessing import InputSpecification
from densexplain.vocabulary import ResizeMode

_USUAL = InputSpecification()


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the file, the name, and how the network's input was made."""
    parser.add_argument("file", type=Path, metavar="FILE", help="Keras .weights.h5 of a DenseNet or ResNet50V2")
    parser.add_argument("--name", required=True, help="name of the new model set")
    parser.add_argument("--out", type=Path, metavar="DIR", help="folder of model sets (default: the first in use)")
    parser.add_argument("--replace", action="store_true", help="write over an installed model set of that name")
    for option in ("--title", "--purpose", "--not-for"):
        parser.add_argument(option, metavar="TEXT")
    parser.add_argument("--threshold", type=float, default=0.5, metavar="N", help="(default: %(default)s)")
    several = parser.add_argument_group("where the dense layer has several units; one is the finding, abnormal")
    several.add_argument("--classes", nargs="+", default=[], metavar="NAME", help="in the order of the units")
    several.add_argument("--thresholds", nargs="+", type=float, default=[], metavar="N", help="(default: 0.5 each)")
    several.add_argument("--normal", metavar="NAME", help="the class that says that nothing is found")
    several.add_argument("--softmax", action="store_true", help="the units compete; else each is a sigmoid unit")
    made = parser.add_argument_group("how its training images were made; wrong values give wrong predictions silently")
    made.add_argument("--size", type=int, default=_USUAL.size_px, metavar="PX", help="(default: %(default)s)")
    made.add_argument("--resize", type=ResizeMode, choices=list(ResizeMode), default=_USUAL.resize)
    made.add_argument("--channel-order", choices=["RGB", "BGR"], default=_USUAL.channel_order)
    for option, values in (("--mean", _USUAL.mean), ("--standard-deviation", _USUAL.standard_deviation)):
        made.add_argument(option, type=float, nargs=3, default=values, metavar="N", help="per channel, of [0, 1]")


def run(arguments: Namespace) -> None:
    """Import and print what was written.

    Raises
    ------
    OptionError
        If the name, the threshold or the preprocessing is out of range.
    ImportWeightsError
        If the file is not taken or the name is.
    """
    specification = InputSpecification(
        size_px=arguments.size,
        resize=arguments.resize,
        mean=tuple(arguments.mean),
        standard_deviation=tuple(arguments.standard_deviation),
        channel_order=arguments.channel_order,
    )

    from densexplain.classifier.model_sets.import_weights import import_weights

    words = {"title": arguments.title, "purpose": arguments.purpose, "not_for": arguments.not_for}
    manifest = import_weights(
        arguments.file,
        arguments.name,
        specification=specification,
        folder=arguments.out,
        threshold=arguments.threshold,
        head=_head(arguments),
        replace=arguments.replace,
        **{key: value for key, value in words.items() if value is not None},
    )
    print_json(
        {
            "model_set": manifest.name,
            "architecture": manifest.architecture_name,
            "weights_sha256": manifest.weights_sha256,
            "golden": {"logit": manifest.golden.logit, "probability": manifest.golden.probability},
        }
    )


def _head(arguments: Namespace) -> Head | None:
    names, thresholds = arguments.classes, arguments.thresholds
    if not names:
        return None
    if thresholds and len(thresholds) != len(names):
        raise OptionError(f"expected a threshold for each of {len(names)} classes; received {len(thresholds)}")
    if arguments.normal is not None and arguments.normal not in names:
        raise OptionError(f"expected `--normal` to be one of the classes; received {arguments.normal[:80]!r}")
    classes = tuple(
        OutputClass(name, threshold, name == arguments.normal)
        for name, threshold in zip(names, thresholds or [0.5] * len(names), strict=True)
    )
    return Head(HeadKind.SOFTMAX if arguments.softmax else HeadKind.SIGMOID, classes)


COMMAND = Command("import-weights", "make a model set of a Keras .weights.h5 file", add_arguments, run)
