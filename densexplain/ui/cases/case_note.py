"""What to look for in the open case, what the paper found, and what this model set does."""

from __future__ import annotations

import streamlit as st

from densexplain.classifier.model_sets.manifest import Manifest
from densexplain.explain.explanation import Explanation
from densexplain.ui import opening, session
from densexplain.workspace.case import Case


def draw(case: Case, manifest: Manifest, explanation: Explanation | None, visible: bool) -> None:
    """Draw the note of a case of the paper, and the way back to all of them; nothing for any other radiograph.

    Parameters
    ----------
    case
        The open one.
    manifest, explanation
        The model set that looks at it, and what it says, None while that is not known.
    visible
        Whether the reader may see it; a blinded reading comes first.
    """
    paper = case.paper_case
    if paper is None:
        return
    with st.container(key="case_note"):
        if visible:
            lines = [f"**Figure {paper.figure}. {paper.title}**"]
            lines += [f"**Look for** {paper.look_for}", f"**The paper** {paper.paper_found}"]
            if explanation is not None:
                found = session.workspace().answer(case, manifest, explanation)
                said = (
                    "Compared with the paper only in the case's own crop and with its own model set."
                    if found is None
                    else found.sentence
                )
                lines.append(f"**This model set** {said}")
            st.markdown("\n\n".join(lines))
            if explanation is not None and found is None:
                st.button("Show it as in the paper", key="case_again", on_click=_open_again)
        st.page_link("pages/Cases.py", label="All cases", icon=":material/grid_view:")


def _open_again() -> None:
    case = session.case()
    if case is not None and case.paper_case is not None:
        session.tell_problem(opening.open_paper_case(case.paper_case))
