"""Options of ``train``: the data, the model set's words and every setting of the recipe, by default the paper's."""

from __future__ import annotations

import math
import re
from argparse import ArgumentParser, BooleanOptionalAction, Namespace, _ArgumentGroup
from pathlib import Path

from densexplain.classifier.model_sets.manifest import check_name
from densexplain.classifier.wiring.registry import ARCHITECTURES
from densexplain.cli.training.phantom_options import add_phantom_arguments, generators_of, phantoms_of
from densexplain.errors import OptionError
from densexplain.radiograph.preprocessing import InputSpecification
from densexplain.settings import MODEL_FOLDER
from densexplain.training.augmentation import Augmentation
from densexplain.training.card import ModelSetText
from densexplain.training.recipe import NAMED_RECIPES, PRECISIONS, GrowthStep, Recipe
from densexplain.training.run.run_options import RunOptions
from densexplain.vocabulary import AbnormalityGroup, EpochRule, ResizeMode, Schedule

_PAPER = Recipe()
_NUMBERS = (
    ("--epochs", int, _PAPER.epochs, "length of the run"),
    ("--batch-size", int, _PAPER.batch_size, "radiographs in a step"),
    ("--learning-rate", float, _PAPER.learning_rate, "initial rate"),
    ("--warmup", float, _PAPER.warmup, "share of the run over which the rate climbs from zero"),
    ("--beta1", float, _PAPER.beta1, "Adam"),
    ("--beta2", float, _PAPER.beta2, "Adam"),
    ("--rotation", float, _PAPER.augmentation.rotation_degrees, "largest random rotation, degrees"),
    ("--early-stopping", int, _PAPER.early_stopping, "epochs without a lower validation loss, 0: never"),
    ("--clip-norm", float, _PAPER.clip_norm, "largest norm of the gradient, 0: any"),
    ("--zoom", float, _PAPER.augmentation.zoom, "largest random zoom, as a share"),
    ("--gamma", float, _PAPER.augmentation.gamma, "largest random change of exposure, as a power of 2"),
    (
        "--statistics-batches",
        int,
        _PAPER.statistics_batches,
        "batches that normalisations are averaged over at the end",
    ),
    ("--averaging", float, _PAPER.averaging, "what is kept of the average of the weights in a step, 0: no average"),
    ("--size", int, _PAPER.specification.size_px, "edge of the square input, px"),
    ("--seed", int, _PAPER.seed, "initial weights, data order and augmentation"),
)
_CHOICES = (
    ("--architecture", str, list(ARCHITECTURES), _PAPER.architecture, "network"),
    ("--schedule", Schedule, list(Schedule), _PAPER.schedule, "course of the learning rate"),
    ("--rule", EpochRule, list(EpochRule), _PAPER.rule, "which epoch is kept"),
    ("--resize", ResizeMode, list(ResizeMode), _PAPER.specification.resize, "how a radiograph becomes square"),
    ("--precision", str, list(PRECISIONS), _PAPER.precision, "arithmetic"),
    (
        "--channel-order",
        str,
        ["RGB", "BGR"],
        _PAPER.specification.channel_order,
        "channel order of mean and standard deviation",
    ),
)
_GROWTH_HELP = (
    'smaller inputs first, as "112:7 224*0.5:2": 7 epochs at 112 px, then 2 on the middle half of the rows at 224'
)
_GROWTH = re.compile(r"(\d+)(?:\*(0?\.\d+|1))?:(\d+)")


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the data, the model set's words and every setting of the recipe."""
    parser.add_argument("--data", type=Path, metavar="DIR", help="data set in MURA's layout")
    parser.add_argument(
        "--recipe",
        choices=list(NAMED_RECIPES),
        default="paper",
        help="paper: its settings for any data; the others: its four model sets (default: %(default)s)",
    )
    parser.add_argument("--model-set", metavar="NAME", help="name of the model set to make (default: the recipe's)")
    parser.add_argument("--extremity", nargs="+", metavar="NAME", help="as in XR_NAME (default: the recipe's, or all)")
    parser.add_argument("--out", type=Path, default=MODEL_FOLDER, metavar="DIR", help="folder of models")
    parser.add_argument("--replace", action="store_true", help="write over an installed model set of that name")
    _add_run_arguments(parser.add_argument_group("run"))
    add_phantom_arguments(parser.add_argument_group("phantoms drawn during the run"))
    words = parser.add_argument_group("description of the model set")
    for option in ("--title", "--purpose", "--not-for", "--attribution"):
        words.add_argument(option, metavar="TEXT")
    words.add_argument("--set-version", default="1.0", metavar="TEXT", help="(default: %(default)s)")
    recipe = parser.add_argument_group("recipe")
    for option, number, default, text in _NUMBERS:
        recipe.add_argument(option, type=number, default=default, metavar="N", help=f"{text} (default: %(default)s)")
    for option, kind, choices, usual, text in _CHOICES:
        recipe.add_argument(option, type=kind, choices=choices, default=usual, help=f"{text} (default: %(default)s)")
    recipe.add_argument(
        "--init", metavar="NAME", help="initial weights: random, imagenet, or a model set (default: the recipe's)"
    )
    recipe.add_argument(
        "--class-weighting",
        action=BooleanOptionalAction,
        default=_PAPER.class_weighting,
        help="give both findings equal weight",
    )
    recipe.add_argument(
        "--regions",
        type=float,
        nargs="?",
        const=1.0,
        default=_PAPER.regions,
        metavar="WEIGHT",
        help="learn which regions each cell holds too, where truth is known, with this weight (without a number: 1)",
    )
    recipe.add_argument(
        "--groups",
        type=AbnormalityGroup,
        nargs="+",
        choices=list(AbnormalityGroup),
        default=list(_PAPER.groups),
        metavar="GROUP",
        help="a unit for each of these groups beside abnormal, learnt where truth is known: "
        f"{', '.join(AbnormalityGroup)} (default: one unit)",
    )
    inversion = _PAPER.augmentation.lateral_inversion
    recipe.add_argument("--lateral-inversion", action=BooleanOptionalAction, default=inversion)
    recipe.add_argument("--growth", default="", metavar="PX[*BAND]:EPOCHS", help=_GROWTH_HELP)
    for option, values in (
        ("--mean", _PAPER.specification.mean),
        ("--standard-deviation", _PAPER.specification.standard_deviation),
    ):
        recipe.add_argument(option, type=float, nargs=3, default=values, metavar="N", help="per channel, of [0, 1]")


def _add_run_arguments(group: _ArgumentGroup) -> None:
    group.add_argument(
        "--run", type=Path, metavar="DIR", help="folder of the run's state, from which it resumes (default: runs/NAME)"
    )
    group.add_argument(
        "--state-every", type=int, default=0, metavar="STEPS", help="also save the state within an epoch (default: no)"
    )
    group.add_argument("--export", type=Path, metavar="FILE", help="write the state small, to be carried away, and end")
    group.add_argument("--resume-from", type=Path, metavar="FILE", help="go on from such a file if --run has no state")
    group.add_argument("--imagenet-weights", type=Path, metavar="FILE", help="Keras's file, where there is no network")
    group.add_argument("--tensorboard", type=Path, metavar="DIR", help="write events for TensorBoard there")
    group.add_argument(
        "--distributed", action="store_true", help="all devices, and the processes KERAS_DISTRIBUTION_... name (JAX)"
    )
    group.add_argument("--quiet", action="store_true", help="one line per epoch, for logs")


def run_options_of(arguments: Namespace) -> RunOptions:
    """How the run is carried out.

    Raises
    ------
    OptionError
        If the number of steps is negative.
    """
    if arguments.state_every < 0:
        raise OptionError(f"`--state-every` must be 0 or more steps; received {arguments.state_every}")
    return RunOptions(
        state_every_steps=arguments.state_every,
        imagenet_file=arguments.imagenet_weights,
        tensorboard=arguments.tensorboard,
        distributed=arguments.distributed,
        generators=generators_of(arguments),
        resume_from=arguments.resume_from,
        progress_seconds=math.inf if arguments.quiet else RunOptions.progress_seconds,
    )


def extremities_of(arguments: Namespace) -> tuple[str, ...]:
    """Extremity types as given, else the recipe's; empty means all."""
    chosen = NAMED_RECIPES[arguments.recipe].extremities if arguments.extremity is None else arguments.extremity
    return tuple(chosen)


def recipe_of(arguments: Namespace) -> Recipe:
    """Put the options together.

    Raises
    ------
    OptionError
        If one is out of range.
    """
    return Recipe(
        architecture=arguments.architecture,
        specification=InputSpecification(
            size_px=arguments.size,
            resize=arguments.resize,
            mean=tuple(arguments.mean),
            standard_deviation=tuple(arguments.standard_deviation),
            channel_order=arguments.channel_order,
        ),
        augmentation=Augmentation(arguments.lateral_inversion, arguments.rotation, arguments.zoom, arguments.gamma),
        epochs=arguments.epochs,
        batch_size=arguments.batch_size,
        learning_rate=arguments.learning_rate,
        schedule=arguments.schedule,
        warmup=arguments.warmup,
        beta1=arguments.beta1,
        beta2=arguments.beta2,
        rule=arguments.rule,
        init=arguments.init or NAMED_RECIPES[arguments.recipe].init,
        class_weighting=arguments.class_weighting,
        early_stopping=arguments.early_stopping,
        clip_norm=arguments.clip_norm,
        statistics_batches=arguments.statistics_batches,
        regions=arguments.regions,
        phantoms=phantoms_of(arguments),
        averaging=arguments.averaging,
        groups=tuple(arguments.groups),
        growth=growth_of(arguments.growth),
        precision=arguments.precision,
        seed=arguments.seed,
    )


def growth_of(text: str) -> tuple[GrowthStep, ...]:
    """Read ``"112:7 224*0.5:2"``: 7 epochs at 112 px, then 2 on the middle half of the rows at 224 px.

    Raises
    ------
    OptionError
        If it is written otherwise.
    """
    steps = [_GROWTH.fullmatch(step) for step in text.split()]
    if None in steps:
        raise OptionError(f'`--growth` must be written as "112:7 224*0.5:2", px, band and epochs; received {text!r}')
    return tuple(GrowthStep(int(step[3]), int(step[1]), float(step[2] or 1)) for step in steps if step is not None)


def text_of(arguments: Namespace) -> ModelSetText:
    """The model set's description, with a cautious one where none was given.

    Raises
    ------
    OptionError
        If there is no name, or it cannot be a model set's.
    """
    named = NAMED_RECIPES[arguments.recipe]
    name = arguments.model_set or named.model_set
    if not name:
        raise OptionError("the recipe paper makes a model set of any name; give one as --model-set")
    check_name(name)
    parts = " and ".join(extremities_of(arguments)).lower() or "extremity"
    return ModelSetText(
        name=name,
        title=arguments.title or named.title or name,
        version=arguments.set_version,
        purpose=arguments.purpose or f"Studying how a network separates abnormal from normal {parts} radiographs.",
        not_for=arguments.not_for
        or "Not for diagnosis, nor for radiographs of other body parts or sources than it was trained on.",
        attribution=arguments.attribution or "",
    )
