"""Predictions of model sets for the paper's cases, remembered by each session."""

from __future__ import annotations

import streamlit as st

from densexplain.classifier.model_sets.manifest import Manifest
from densexplain.errors import CaseError
from densexplain.explain.cases.case_answer import CaseAnswer, case_answer
from densexplain.explain.cases.cases import PaperCase
from densexplain.explain.cases.recorded_answers import read_answers
from densexplain.explain.explanation import Explanation
from densexplain.settings import settings
from densexplain.ui import state

_KEPT = "densexplain.case_answers"


def answer(case: state.Case, manifest: Manifest, explanation: Explanation) -> CaseAnswer | None:
    """Answer the open case and keep it; None where it is not shown as the paper's case has it.

    Another crop or another model set than the case's has no counterpart in the paper.
    """
    paper, regions = case.paper_case, case.regions
    if paper is None or regions is None or manifest.name != paper.model_set or state.geometry() != paper.geometry:
        return None
    found = state.remember(
        ("case answer", manifest.weights_sha256, paper.name),
        lambda: case_answer(paper, explanation, regions, manifest.specification.resize),
    )
    st.session_state.setdefault(_KEPT, {})[paper.name, manifest.weights_sha256] = found
    return found


def kept_answer(case: PaperCase, manifest: Manifest) -> CaseAnswer | None:
    """What was answered when the case was last open in this session, or else what was recorded of these weights."""
    found: CaseAnswer | None = st.session_state.get(_KEPT, {}).get((case.name, manifest.weights_sha256))
    if found is not None and found.case == case:
        return found
    try:
        return read_answers(settings().cases, (case,)).get((case.name, manifest.weights_sha256))
    except CaseError:  # the case can still be opened, and is answered then
        return None
