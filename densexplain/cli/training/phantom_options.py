"""Options of ``train`` for phantoms that are drawn while the run goes on."""

from __future__ import annotations

from argparse import Namespace, _ArgumentGroup

from densexplain.errors import OptionError
from densexplain.training.phantoms.phantom_plan import PhantomPlan
from densexplain.vocabulary import ExtremityType

_PLAN = PhantomPlan()
_NUMBERS = (
    ("--phantom-share", float, _PLAN.share, "of phantoms in each batch; the rest are --data's"),
    ("--phantom-repeats", int, _PLAN.repeats, "how often each is seen within its epoch, varied anew"),
    ("--phantom-severity-until", float, _PLAN.severity_until, "share of the run over which the least severity falls"),
    ("--phantom-enlargement", float, _PLAN.enlargement, "edge they are drawn at beside the input's"),
    ("--held-out", int, _PLAN.held_out, "phantoms kept apart: half to measure on, half to stand for those trained on"),
    ("--held-out-seed", int, _PLAN.held_out_seed, "theirs"),
    ("--generators", int, 1, "processes that draw them"),
)


def add_phantom_arguments(group: _ArgumentGroup) -> None:
    """Declare what is drawn, and by how many."""
    group.add_argument(
        "--phantoms",
        type=int,
        nargs="?",
        const=_PLAN.images,
        default=0,
        metavar="N",
        help=f"train on fresh phantoms, N radiographs an epoch (without a number: {_PLAN.images})",
    )
    group.add_argument(
        "--phantom-extremity",
        type=ExtremityType,
        nargs="+",
        choices=list(ExtremityType),
        default=list(_PLAN.extremities),
        metavar="NAME",
        help="(default: all seven)",
    )
    group.add_argument(
        "--phantom-severity",
        type=float,
        nargs=2,
        default=_PLAN.severity,
        metavar=("FIRST", "LAST"),
        help="least severity at first and later on, 0 hardly visible, 1 plain (default: 1 0.25)",
    )
    for option, number, default, text in _NUMBERS:
        group.add_argument(option, type=number, default=default, metavar="N", help=f"{text} (default: %(default)s)")


def phantoms_of(arguments: Namespace) -> PhantomPlan | None:
    """What is drawn; None where no phantoms are asked for.

    Raises
    ------
    OptionError
        If an option is out of range.
    """
    if arguments.phantoms == 0:
        return None
    return PhantomPlan(
        images=arguments.phantoms,
        share=arguments.phantom_share,
        repeats=arguments.phantom_repeats,
        extremities=tuple(dict.fromkeys(arguments.phantom_extremity)),
        severity=tuple(arguments.phantom_severity),
        severity_until=arguments.phantom_severity_until,
        enlargement=arguments.phantom_enlargement,
        held_out=arguments.held_out,
        held_out_seed=arguments.held_out_seed,
    )


def generators_of(arguments: Namespace) -> int:
    """How many processes draw.

    Raises
    ------
    OptionError
        If there is none.
    """
    if arguments.generators < 1:
        raise OptionError(f"`--generators` must be 1 or more; received {arguments.generators}")
    return int(arguments.generators)
