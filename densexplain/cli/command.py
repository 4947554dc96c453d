"""What a command of the command line consists of."""

from __future__ import annotations

import json
import os
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterator
from contextlib import contextmanager
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


@contextmanager
def libraries_print_to_error() -> Iterator[None]:
    """Keep standard output for results where a library's own code prints to it (Gloo, on connecting processes)."""
    sys.stdout.flush()
    kept = os.dup(1)
    os.dup2(2, 1)
    try:
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)


def report(line: str) -> None:
    """Print one line of progress to standard error."""
    print(line, file=sys.stderr, flush=True)
