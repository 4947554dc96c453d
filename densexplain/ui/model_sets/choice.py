"""The choice of a model set, and of its performance or its radiographs."""

from __future__ import annotations

import streamlit as st

from densexplain.ui import cache, session
from densexplain.ui.model_sets.evaluations import EvaluatedModelSet

FACTS, RADIOGRAPHS = "Facts and figures", "Evaluated radiographs"


def choose(evaluated: tuple[EvaluatedModelSet, ...]) -> tuple[EvaluatedModelSet | None, str]:
    """Draw the choosers of model set and view, and say what is wrong with those that cannot be used.

    Returns
    -------
    tuple
        The chosen model set, None where none is usable; and `FACTS` or `RADIOGRAPHS`.
    """
    cache.library()  # it looks for the radiographs while the facts are being read
    if not evaluated:
        _draw_unusable()
        st.error("No model set is installed; see README.md on how to add one.", icon=":material/block:")
        return None, FACTS
    usable = {one.manifest.name: one for one in evaluated}
    st.session_state.setdefault("shown_view", FACTS)
    if "shown_model_set" not in st.session_state and session.workspace().model_set in usable:
        st.session_state["shown_model_set"] = session.workspace().model_set
    with st.container(key="chooser", horizontal=True, vertical_alignment="center", gap="small"):
        name = st.selectbox(
            "Model set",
            list(usable),
            format_func=lambda key: f"{usable[key].manifest.title} ({usable[key].manifest.version})",
            key="shown_model_set",
            persist_state="session",
            label_visibility="collapsed",
            width=380,
        )
        view = st.segmented_control(
            "View",
            [FACTS, RADIOGRAPHS],
            required=True,
            key="shown_view",
            persist_state="session",
            label_visibility="collapsed",
        )
        _draw_unusable()
    return usable[name], view or FACTS


def _draw_unusable() -> None:
    problems = [f"**{entry.name}** is not used: {entry.problem}" for entry in cache.model_sets() if entry.problem]
    if problems:
        with st.container(key="unusable", width="stretch"):
            st.markdown("  \n".join(f":material/warning: {problem}" for problem in problems))
