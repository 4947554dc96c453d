"""Errors as sentences for a clinician."""

from __future__ import annotations

import logging

from densexplain.errors import BusyError, DensexplainError, ModelSetError, RadiographError, RemoteClassifierError

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


def _capitalised(text: str) -> str:
    return text[:1].upper() + text[1:] + ("" if text.endswith(".") else ".")
