"""What a command of the command line consists of."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Command:
    """One command.

    Parameters
    ----------
    name, summary
        What is typed, and one line for ``--help``.
    add_arguments
        Declares its arguments; imports nothing heavy.
    run
        Does the work, raising on refusal; imports what it needs itself.
    """

    name: str
    summary: str
    add_arguments: Callable[[ArgumentParser], None]
    run: Callable[[Namespace], None]


def print_json(record: Any) -> None:
    """Print one JSON value to standard output, readable by people too."""
    print(json.dumps(record, indent=2, ensure_ascii=False, allow_nan=False))


def report(line: str) -> None:
    """Print one line of progress to standard error."""
    print(line, file=sys.stderr, flush=True)
