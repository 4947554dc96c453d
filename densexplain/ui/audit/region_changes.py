"""A reader's changes to the regions of the open case: each is applied, or refused with a sentence."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from densexplain.errors import DensexplainError
from densexplain.ui import messages, session
from densexplain.ui.audit import region_editor
from densexplain.workspace.case import Case

_PROBLEM = "densexplain.regions_problem"


def problem(case: Case) -> str | None:
    """The sentence on what was refused last for this case."""
    whose, sentence = st.session_state.get(_PROBLEM, ("", None))
    return sentence if whose == session.case_key(case) else None


def take_edit() -> None:
    """Apply what the editor has sent."""
    _change("edit", lambda case, message: case.regions.apply_edit(message))


def undo() -> None:
    """Go back to before the last change."""
    _change("undo", lambda case, _: case.regions.undo())


def find_again() -> None:
    """Discard the changes and find the regions again; this can be undone."""
    _change("find_again", lambda case, _: case.regions.find_again(case.boxes, case.geometry.invert))


def take_file(content: bytes) -> None:
    """Replace the regions by those of a file; a file that is refused leaves them unchanged."""
    case = session.case()
    if case is None:
        return
    try:
        case.regions.use_file(content)
    except DensexplainError as error:
        _tell(case, f"This region file was not used. {messages.sentence(error)}")
    else:
        _tell(case, None)


def _change(event: str, change: Callable[[Case, Mapping[str, Any]], None]) -> None:
    """Change the case that a message is about; a message about an earlier case is ignored."""
    case, message = session.case(), region_editor.sent(event)
    if case is None or not isinstance(message, dict) or message.get("case") != session.case_key(case):
        return
    try:
        change(case, message)
    except DensexplainError as error:
        _tell(case, messages.sentence(error))
    else:
        _tell(case, None)


def _tell(case: Case, sentence: str | None) -> None:
    st.session_state[_PROBLEM] = (session.case_key(case), sentence)
