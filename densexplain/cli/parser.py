"""The table of commands, and a parser that refuses in one line."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import NoReturn

from densexplain import __version__
from densexplain.cli import (
    audit,
    cases,
    check_files,
    compare,
    evaluate,
    experiment,
    explain,
    import_weights,
    measure_audit,
    measure_maps,
    model_sets,
    serve,
    serve_classifier,
)
from densexplain.cli.training import describe_data, fit_familiarity, fit_probes, phantom, train
from densexplain.errors import OptionError
from densexplain.provenance import NOTICE

_MODULES = (
    explain,
    audit,
    compare,
    model_sets,
    check_files,
    phantom,
    describe_data,
    train,
    evaluate,
    fit_familiarity,
    fit_probes,
    experiment,
    measure_maps,
    measure_audit,
    cases,
    import_weights,
    serve,
    serve_classifier,
)
COMMANDS = tuple(module.COMMAND for module in _MODULES)


class OneLineParser(ArgumentParser):
    """Raises instead of printing the usage, so that every refusal is one line with one exit code."""

    def error(self, message: str) -> NoReturn:
        """Refuse the arguments.

        Raises
        ------
        OptionError
            Always.
        """
        raise OptionError(f"{message}; see {self.prog} --help")


def build_parser() -> OneLineParser:
    """Make the parser of ``python -m densexplain``; the chosen command is `Namespace.command`."""
    parser = OneLineParser(
        prog="densexplain",
        description=f"Explain a radiograph classifier. {NOTICE}.",
    )
    parser.add_argument("--version", action="version", version=f"densexplain {__version__}")
    subparsers = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for command in COMMANDS:
        subparser = subparsers.add_parser(command.name, help=command.summary, description=command.summary)
        command.add_arguments(subparser)
        subparser.set_defaults(command=command)
    return parser
