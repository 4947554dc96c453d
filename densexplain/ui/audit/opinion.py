"""The reader's opinion beside the computed verdict: an overruling with its reason, and a remark for the report."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import streamlit as st

from densexplain.errors import DensexplainError
from densexplain.explain.audit.audit import Audit
from densexplain.explain.audit.verdict import MOST_LETTERS, Overruling, check_remark
from densexplain.ui import messages, state
from densexplain.vocabulary import AuditVerdict

_OPINION, _FILLED, _PROBLEM = "audit opinion", "audit opinion filled", "audit opinion problem"


@dataclass(frozen=True)
class Opinion:
    """What a reader says of the open case.

    Parameters
    ----------
    overruling
        Their own verdict, None if they have not overruled the computed one.
    remark
        For the report; may be empty.
    """

    overruling: Overruling | None = None
    remark: str = ""


def opinion() -> Opinion:
    """What the reader has said of the open case."""
    return cast("Opinion | None", state.kept(_OPINION)) or Opinion()


def draw(audit: Audit) -> None:
    """Draw the fields; both verdicts are kept, and shown."""
    kept = opinion()
    with st.popover("Your verdict", icon=":material/gavel:"):
        _fill_fields(kept)
        with st.form("own_opinion", border=False):
            st.selectbox(
                "Your own verdict",
                list(AuditVerdict),
                key="own_verdict",
                persist_state="session",
                index=None,
                placeholder="As computed",
                format_func=lambda verdict: str(verdict).capitalize(),
                help=f"Computed: {audit.verdict.verdict}. The record keeps both.",
            )
            st.text_area("Why", key="own_reason", persist_state="session", max_chars=MOST_LETTERS, height=90)
            st.text_area(
                "Remark for the report",
                key="audit_remark",
                persist_state="session",
                max_chars=MOST_LETTERS,
                height=90,
            )
            st.form_submit_button("Keep", type="primary", on_click=_take)
        if state.kept(_PROBLEM):
            st.error(state.kept(_PROBLEM), icon=":material/block:")


def draw_kept() -> None:
    """Draw the reader's own verdict beside the computed one, and the remark."""
    kept = opinion()
    if kept.overruling is not None:
        st.markdown(
            f":material/gavel: **You: {kept.overruling.verdict}** :small[{_plain(kept.overruling.reason)}]",
        )
    if kept.remark:
        st.markdown(f":small[:gray[Remark: {_plain(kept.remark)}]]")


def _fill_fields(kept: Opinion) -> None:
    """Begin with what is kept; later what is being written stays as it is."""
    first = state.kept(_FILLED) is None
    for key, value in {
        "own_verdict": None if kept.overruling is None else kept.overruling.verdict,
        "own_reason": "" if kept.overruling is None else kept.overruling.reason,
        "audit_remark": kept.remark,
    }.items():
        if first or key not in st.session_state:
            st.session_state[key] = value
    state.keep(_FILLED, True)


def _take() -> None:
    verdict, reason = st.session_state["own_verdict"], st.session_state["own_reason"]
    try:
        overruling = None if verdict is None else Overruling(AuditVerdict(verdict), reason)
        remark = check_remark(st.session_state["audit_remark"])
    except DensexplainError as error:
        state.keep(_PROBLEM, messages.sentence(error))
        return
    state.keep(_PROBLEM, None)
    state.keep(_OPINION, Opinion(overruling, remark))


def _plain(text: str) -> str:
    """A reader's words on one line, without what Markdown would make of them."""
    kept = " ".join(text.split())
    return "".join("\\" + letter if letter in "\\`*_{}[]()<>#+-.!|:$~" else letter for letter in kept)
