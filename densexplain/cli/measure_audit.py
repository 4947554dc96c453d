"""``measure-audit``: how often the audit's verdict is wrong, on phantoms whose ground truth is known."""

from __future__ import annotations

import json
from argparse import ArgumentParser, Namespace
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from densexplain.classifier.model_sets.catalogue import find_model_set
from densexplain.cli.command import Command, report
from densexplain.errors import OptionError
from densexplain.evaluation.metrics.share_interval import share_interval
from densexplain.files import check_writable, write_atomically
from densexplain.provenance import NOTICE, provenance
from densexplain.vocabulary import Split


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the phantoms, the model set and where the result goes."""
    parser.add_argument("--data", type=Path, required=True, metavar="DIR", help="phantom data set, with its truth")
    parser.add_argument("--model-set", required=True, metavar="NAME")
    parser.add_argument("--split", type=Split, choices=list(Split), default=Split.VALID, help="(default: %(default)s)")
    parser.add_argument("--extremity", nargs="+", default=[], metavar="NAME", help="as in XR_NAME (default: all)")
    parser.add_argument(
        "--limit", type=int, default=100, metavar="N", help="cases of either kind at most (default: %(default)s)"
    )
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="seed of the choice (default: %(default)s)")
    parser.add_argument("--out", type=Path, metavar="FILE", help="write rates and every case there as JSON")


def run(arguments: Namespace) -> None:
    """Audit shortcut cases and clean ones; print how often the verdict is wrong.

    Raises
    ------
    DataSetError
        If the data set cannot be used, has no truth, or no case of either kind.
    ModelSetError
        If the model set cannot be used.
    OptionError
        If a number is out of range, or the result cannot be written.
    """
    from densexplain.data_sets.mura import read_data_set
    from densexplain.phantom.truth import check_truth

    _check(arguments)
    folder = find_model_set(arguments.model_set)
    check_truth(arguments.data)
    items = read_data_set(arguments.data, arguments.split, tuple(arguments.extremity))

    from densexplain.evaluation.audit_measurement import audit_phantoms, measurement_record
    from densexplain.workspace.model_set_store import load_ready

    auditor = load_ready(folder).auditor()
    phantoms = audit_phantoms(auditor, arguments.data, items, arguments.limit, arguments.seed, report)
    manifest = auditor.explainer.model_set.manifest
    facts = {**provenance(manifest), "version": manifest.version, "split": arguments.split.value}
    record = {**facts, **measurement_record(phantoms)}
    if arguments.out is not None:
        content = json.dumps(record, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
        write_atomically(arguments.out, content.encode("utf-8"))
    print(text(record))


def text(record: Mapping[str, Any]) -> str:
    """The rates for a reader."""
    rates = record["rates"]
    lines = [
        f"{record['model_set']} {record['version']}: {rates['shortcut_cases']} shortcut cases, "
        f"{rates['clean_cases']} clean cases ({record['split']})",
        f"  shortcut recognised  {_with_interval(rates['recognised'], rates['shortcut_cases'])}  "
        f"{_counts(rates['shortcut_verdicts'])}",
        f"  falsely accused      {_with_interval(rates['accused'], rates['clean_cases'])}  "
        f"{_counts(rates['clean_verdicts'])}",
        "  least push in logits, recognised, accused",
        *(
            f"  {tried['push_logits']:>6.2f}  {_share(tried['recognised'])}  {_share(tried['accused'])}"
            for tried in record["tried"]
        ),
        NOTICE,
    ]
    return "\n".join(lines)


def _share(share: float | None) -> str:
    return "-" if share is None else f"{share:.2f}"


def _with_interval(share: float | None, cases: int) -> str:
    if share is None:
        return "-"
    low, high = share_interval(round(share * cases), cases)
    return f"{share:.2f} ({low:.2f} to {high:.2f})"


def _counts(verdicts: Mapping[str, int]) -> str:
    return ", ".join(f"{verdict} {count}" for verdict, count in sorted(verdicts.items()))


def _check(arguments: Namespace) -> None:
    for name, least in (("limit", 1), ("seed", 0)):
        if getattr(arguments, name) < least:
            raise OptionError(f"`--{name}` must be at least {least}; received {getattr(arguments, name)}")
    if arguments.out is not None:
        try:
            check_writable(arguments.out.parent)
        except OSError as error:
            raise OptionError(
                f"expected a folder that can be written for --out; {arguments.out.parent}: {error.strerror}"
            ) from error


COMMAND = Command("measure-audit", "measure how often the verdict of an audit is wrong on phantoms", add_arguments, run)
