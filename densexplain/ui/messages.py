"""Errors as sentences for a clinician."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from densexplain.errors import BusyError, DensexplainError, ModelSetError, RadiographError, RemoteClassifierError
from densexplain.radiograph.reading.upload import RefusedFile

_LOG = logging.getLogger("densexplain")

_LEADS: tuple[tuple[type[DensexplainError], str], ...] = (
    (RadiographError, "This file was not opened."),
    (ModelSetError, "This model set is not used."),
    (RemoteClassifierError, "The network cannot be asked just now."),
    (BusyError, "The explanation has to wait."),
)


def sentence(error: BaseException) -> str:
    """Say what happened; for an unforeseen error, only that it did.

    An unforeseen error is logged by its type alone: its message might quote
    what a file contains.
    """
    if isinstance(error, DensexplainError):
        lead = next((lead for kind, lead in _LEADS if isinstance(error, kind)), "")
        return f"{lead} {_capitalised(str(error))}".strip()
    _LOG.error("unforeseen %s", type(error).__name__)
    return "Something went wrong that was not foreseen; the case shown before is unchanged."


def nothing_opened(refused: Sequence[RefusedFile], before: str) -> str:
    """Say that files were brought and none of them was opened.

    Parameters
    ----------
    refused
        All of them.
    before
        What is open still, for example "The radiograph"; empty where there is nothing.
    """
    if not refused:
        said = "This file was not opened. It holds no radiograph."
    else:
        lead = "This file was not opened." if len(refused) == 1 else f"None of {len(refused)} files was opened."
        said = f"{lead} {_capitalised(refused[0].reason)}"
    return f"{said} {before} before it is still open." if before else said


def _capitalised(text: str) -> str:
    return text[:1].upper() + text[1:] + ("" if text.endswith(".") else ".")
