"""``describe-data``: what a data set holds, counted as in the paper's Table 2, and what is wrong with it."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from densexplain.cli.command import Command, print_json, report
from densexplain.vocabulary import Finding, Split

if TYPE_CHECKING:
    from densexplain.data_sets.inventory import Inventory

_NAMED_OF_A_KIND = 20
_NAME_WIDTH = 8


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the folder, the extremities and the form of the answer."""
    parser.add_argument("folder", type=Path, metavar="DIR", help="data set in MURA's layout")
    parser.add_argument("--extremity", nargs="+", default=[], metavar="NAME", help="as in XR_NAME (default: all)")
    parser.add_argument("--json", action="store_true", help="JSON instead of text; it names every problem")


def run(arguments: Namespace) -> None:
    """Read every image and print counts and problems.

    Raises
    ------
    DataSetError
        If the folder is no data set in MURA's layout.
    """
    from densexplain.data_sets.inventory import take_inventory

    inventory = take_inventory(arguments.folder, tuple(arguments.extremity), report)
    if arguments.json:
        print_json(inventory.as_dict())
    else:
        print("\n".join(_lines(inventory)))


def _lines(inventory: Inventory) -> Iterator[str]:
    record = inventory.as_dict()
    yield from _table("studies", record["studies"])
    if inventory.cells_as_in_the_paper is not None:
        yield f"{inventory.cells_as_in_the_paper} of {len(inventory.studies)} cells as in the paper's Table 2"
    yield ""
    yield from _table("images", record["images"])
    yield ""
    patients = ", ".join(f"{split} {inventory.patients[split]}" for split in Split)
    yield f"patients: {patients}, in all {inventory.patients_in_all}"
    yield f"problems: {len(inventory.problems) or 'none'}"
    for kind, problems in inventory.problems_by_kind().items():
        yield ""
        yield f"{kind}: {len(problems)} ({kind.meaning})"
        for problem in problems[:_NAMED_OF_A_KIND]:
            others = f" and {', '.join(problem.also[:3])}" if problem.also else ""
            more = f" and {len(problem.also) - 3} more" if len(problem.also) > 3 else ""
            yield f"  {problem.path}{others}{more}{f': {problem.detail}' if problem.detail else ''}"
        if len(problems) > _NAMED_OF_A_KIND:
            yield f"  and {len(problems) - _NAMED_OF_A_KIND} more; --json names all"


def _table(title: str, counts: dict[str, Any]) -> Iterator[str]:
    """Rows are extremity types, columns splits and findings, as the paper has them."""
    columns = [(split, finding) for split in Split for finding in Finding]
    rows = [[title, *(f"{split} {finding}" for split, finding in columns), "total"]]
    for name, row in counts.items():
        rows.append([name, *(str(row[split][finding]) for split, finding in columns), str(row["total"])])
    widths = [max(len(row[number]) for row in rows) for number in range(len(rows[0]))]
    for row in rows:
        numbers = (cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))
        yield "  ".join([row[0].ljust(max(_NAME_WIDTH, widths[0])), *numbers])


COMMAND = Command("describe-data", "count a data set and list its problems", add_arguments, run)
