"""The reader's opinion beside the computed verdict: an overruling with its reason, and a remark for the report."""

from __future__ import annotations

import streamlit as st

from densexplain.errors import DensexplainError
from densexplain.explain.audit.audit import Audit
from densexplain.explain.audit.verdict import MOST_LETTERS, Overruling, check_remark
from densexplain.ui import messages, session
from densexplain.vocabulary import AuditVerdict
from densexplain.workspace.case import Case, Opinion

_FILLED, _PROBLEM = "densexplain.opinion_filled", "densexplain.opinion_problem"


def draw(case: Case, audit: Audit) -> None:
    """Draw the fields; both verdicts are recorded and shown."""
    with st.popover("Your verdict", icon=":material/gavel:"):
        _fill_fields(case)
        with st.form("own_opinion", border=False):
            st.selectbox(
                "Your own verdict",
                list(AuditVerdict),
                key="own_verdict",
                persist_state="session",
                index=None,
                placeholder="As computed",
                format_func=lambda verdict: str(verdict).capitalize(),
                help=f"Computed: {audit.verdict.verdict}. The record has both.",
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
        if st.session_state.get(_PROBLEM):
            st.error(st.session_state[_PROBLEM], icon=":material/block:")


def draw_opinion(case: Case) -> None:
    """Draw the reader's own verdict beside the computed one, and the remark."""
    kept = case.opinion
    if kept.overruling is not None:
        st.markdown(
            f":material/gavel: **You: {kept.overruling.verdict}** :small[{_plain(kept.overruling.reason)}]",
        )
    if kept.remark:
        st.markdown(f":small[:gray[Remark: {_plain(kept.remark)}]]")


def _fill_fields(case: Case) -> None:
    """Start with the reader's opinion on the case; later edits are not overwritten."""
    kept, first = case.opinion, st.session_state.get(_FILLED) != session.case_key(case)
    for key, value in {
        "own_verdict": None if kept.overruling is None else kept.overruling.verdict,
        "own_reason": "" if kept.overruling is None else kept.overruling.reason,
        "audit_remark": kept.remark,
    }.items():
        if first or key not in st.session_state:
            st.session_state[key] = value
    if first:
        st.session_state[_PROBLEM] = None
    st.session_state[_FILLED] = session.case_key(case)


def _take() -> None:
    case, verdict, reason = session.case(), st.session_state["own_verdict"], st.session_state["own_reason"]
    if case is None:
        return
    try:
        overruling = None if verdict is None else Overruling(AuditVerdict(verdict), reason)
        remark = check_remark(st.session_state["audit_remark"])
    except DensexplainError as error:
        st.session_state[_PROBLEM] = messages.sentence(error)
        return
    st.session_state[_PROBLEM] = None
    case.opinion = Opinion(overruling, remark)


def _plain(text: str) -> str:
    """Put a reader's text on one line, with Markdown escaped."""
    kept = " ".join(text.split())
    return "".join("\\" + letter if letter in "\\`*_{}[]()<>#+-.!|:$~" else letter for letter in kept)
