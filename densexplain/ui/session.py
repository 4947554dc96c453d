"""The reader's workspace in this session, and the sentence about what was refused last.

Nothing of a case is in the URL or in a process-wide cache: it belongs to one reader.
"""

from __future__ import annotations

from typing import cast

import streamlit as st

from densexplain.settings import settings
from densexplain.workspace.case import Case
from densexplain.workspace.first_visit import shared_model_sets
from densexplain.workspace.workspace import Workspace

WORKSPACE = "densexplain.workspace"
_PROBLEM = "densexplain.problem"


def workspace() -> Workspace:
    """All that the reader has open; made when first needed."""
    if WORKSPACE not in st.session_state:
        st.session_state[WORKSPACE] = Workspace(shared_model_sets())
    return cast("Workspace", st.session_state[WORKSPACE])


def case(number: int | None = None) -> Case | None:
    """The radiograph in front, or another of the study by its number; None where there is none."""
    study = workspace().study
    if study is None:
        return None
    return study.front if number is None else study.case(number)


def case_key(opened: Case) -> str:
    """Key of a case; a radiograph that is opened again is another case."""
    return f"{opened.radiograph.sha256[:16]}-{id(opened):x}"


def how_long_kept() -> str:
    """End of a sentence on how long what is open stays in memory."""
    minutes = settings().kept_idle_seconds / 60
    after = f" and for {minutes:g} minutes after its last use" if minutes else ""
    return f"stays in memory while the page is open{after}, and is never saved."


def problem() -> str | None:
    """The sentence about what was refused last."""
    return cast("str | None", st.session_state.get(_PROBLEM))


def tell_problem(sentence: str | None) -> None:
    """Keep a sentence until something else succeeds."""
    st.session_state[_PROBLEM] = sentence
