"""Answers of model sets to the paper's cases, kept beside the cases so that a reader sees them before opening one."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from densexplain.classifier.model_sets import json_fields
from densexplain.errors import CaseError, ManifestError
from densexplain.explain.cases.case_answer import CaseAnswer
from densexplain.explain.cases.cases import PaperCase
from densexplain.files import write_atomically
from densexplain.vocabulary import Finding, FocusPart

ANSWERS_FILE = "answers.json"

_MOST_BYTES = 256 * 1024
_KEYS = {"case", "weights_sha256", "finding", "probability", "evidence", "area"}


def write_answers(folder: Path, answers: Iterable[tuple[str, CaseAnswer]]) -> None:
    """Keep answers in the folder of the cases.

    Parameters
    ----------
    folder
        That holds ``cases.json``.
    answers
        SHA-256 of the weights, and what they answered.

    Raises
    ------
    OSError
        If the folder cannot be written to.
    """
    entries = [_entry(sha256, answer) for sha256, answer in answers]
    write_atomically(folder / ANSWERS_FILE, (json.dumps(entries, indent=1, ensure_ascii=False) + "\n").encode())


def read_answers(folder: Path, cases: Iterable[PaperCase]) -> dict[tuple[str, str], CaseAnswer]:
    """Read kept answers by name of the case and SHA-256 of the weights; none where there is no such file.

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
        entries = [_read(entry) for entry in json_fields.array(json.loads(content), ANSWERS_FILE)]
    except (OSError, ManifestError, ValueError, RecursionError) as error:
        raise CaseError(f"expected {ANSWERS_FILE} to be usable; {error}") from error
    return {
        (entry["case"], entry["weights_sha256"]): CaseAnswer(
            known[entry["case"]], entry["finding"], entry["probability"], entry["evidence"], entry["area"]
        )
        for entry in entries
        if entry["case"] in known
    }


def _entry(sha256: str, answer: CaseAnswer) -> dict[str, Any]:
    shares = None if answer.evidence is None else _plain(answer.evidence)
    return {
        "case": answer.case.name,
        "weights_sha256": sha256,
        "finding": answer.finding,
        "probability": round(answer.probability, 6),
        "evidence": shares,
        "area": _plain(answer.area),
    }


def _plain(shares: Mapping[FocusPart, float]) -> dict[str, float]:
    return {str(part): round(float(share), 6) for part, share in shares.items()}


def _read(value: object) -> dict[str, Any]:
    given = json_fields.mapping(value, "an answer")
    json_fields.check_keys(given, _KEYS, "an answer")
    finding, evidence = given["finding"], given["evidence"]
    return {
        "case": json_fields.text(given["case"], "case"),
        "weights_sha256": json_fields.text(given["weights_sha256"], "weights_sha256"),
        "finding": None if finding is None else Finding(json_fields.text(finding, "finding")),
        "probability": json_fields.number(given["probability"], "probability"),
        "evidence": None if evidence is None else _shares(evidence, "evidence"),
        "area": _shares(given["area"], "area"),
    }


def _shares(value: object, key: str) -> dict[FocusPart, float]:
    given = json_fields.mapping(value, key)
    json_fields.check_keys(given, {str(part) for part in FocusPart}, key)
    return {part: float(json_fields.number(given[str(part)], key)) for part in FocusPart}
