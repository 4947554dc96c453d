"""Answers of model sets to the paper's cases, recorded beside the cases and shown before one is opened."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from densexplain import schema
from densexplain.errors import CaseError, EntryError
from densexplain.explain.cases.case_answer import CaseAnswer
from densexplain.explain.cases.cases import PaperCase
from densexplain.files import write_atomically
from densexplain.vocabulary import Finding, FocusPart

ANSWERS_FILE = "answers.json"

_MOST_BYTES = 256 * 1024


@dataclass(frozen=True)
class _Entry:
    case: str
    weights_sha256: str
    finding: Finding | None
    probability: float
    evidence: Mapping[FocusPart, float] | None
    area: Mapping[FocusPart, float]


def write_answers(folder: Path, answers: Iterable[tuple[str, CaseAnswer]]) -> None:
    """Write answers into the folder of the cases.

    Parameters
    ----------
    folder
        Folder that holds ``cases.json``.
    answers
        SHA-256 of the weights, and what they answered.

    Raises
    ------
    OSError
        If the folder cannot be written to.
    """
    entries = [schema.to_json(_entry(sha256, answer)) for sha256, answer in answers]
    write_atomically(folder / ANSWERS_FILE, (json.dumps(entries, indent=1, ensure_ascii=False) + "\n").encode())


def read_answers(folder: Path, cases: Iterable[PaperCase]) -> dict[tuple[str, str], CaseAnswer]:
    """Read recorded answers by name of the case and SHA-256 of the weights; none where there is no such file.

    An answer holds for the very weights that gave it: other weights find none.

    Raises
    ------
    CaseError
        If the file cannot be read or is not what `write_answers` writes.
    """
    path = folder / ANSWERS_FILE
    if not path.is_file():
        return {}
    known = {case.name: case for case in cases}
    try:
        with path.open("rb") as file:
            content = file.read(_MOST_BYTES + 1)
        if len(content) > _MOST_BYTES:
            raise CaseError(f"expected {ANSWERS_FILE} to have at most {_MOST_BYTES} bytes")
        entries = schema.read(tuple[_Entry, ...], schema.decode(content), ANSWERS_FILE)
    except (OSError, EntryError) as error:
        raise CaseError(f"expected {ANSWERS_FILE} to be usable; {error}") from error
    return {
        (entry.case, entry.weights_sha256): CaseAnswer(
            known[entry.case], entry.finding, entry.probability, entry.evidence, entry.area
        )
        for entry in entries
        if entry.case in known
    }


def _entry(sha256: str, answer: CaseAnswer) -> _Entry:
    shares = None if answer.evidence is None else _rounded(answer.evidence)
    return _Entry(answer.case.name, sha256, answer.finding, round(answer.probability, 6), shares, _rounded(answer.area))


def _rounded(shares: Mapping[FocusPart, float]) -> dict[FocusPart, float]:
    return {part: round(float(share), 6) for part, share in shares.items()}
