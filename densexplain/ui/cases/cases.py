"""The paper's cases side by side; a click opens one with its model set."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from html import escape

import streamlit as st

from densexplain.classifier.model_sets.manifest import Manifest
from densexplain.errors import CaseError, DensexplainError
from densexplain.explain.cases.case_answer import CaseAnswer
from densexplain.explain.cases.cases import PaperCase, read_case, read_cases
from densexplain.explain.cases.recorded_answers import read_answers
from densexplain.radiograph.geometry import apply_geometry
from densexplain.radiograph.regions.regions import IMAGE_FILE
from densexplain.render.thumbnail import render_thumbnail
from densexplain.settings import CASES_VARIABLE, settings
from densexplain.ui import cache, messages, opening, session

_COLUMNS = 4
_PICTURE_PX = 512  # as large as a wide page shows it


def draw() -> None:
    """Draw every case with what to look for, or say why there is none."""
    try:
        cases = read_cases(settings().cases)
    except DensexplainError as error:
        st.error(messages.sentence(error), icon=":material/block:")
        return
    if not cases:
        st.info(
            "The cases are not part of this installation: `assets/cases/cases.json` lists them. A folder of other "
            f"cases may be named in `{CASES_VARIABLE}`.",
            icon=":material/folder_off:",
        )
        return
    figures = [case.figure for case in cases]
    with st.container(key="hint"):
        st.caption(
            f"Phantoms that stand for Figures {min(figures)} to {max(figures)} of the paper: computed, no patient was "
            "imaged. Click one to see what its model set relies on, and whether it agrees with the paper."
        )
    chosen = _draw_grid(cases, cache.usable_model_sets())
    if chosen is not None:
        problem = opening.open_paper_case(chosen)
        if problem is None:
            session.tell_problem(None)
            st.switch_page("pages/Explain.py")
        st.error(problem, icon=":material/block:")


def _draw_grid(cases: tuple[PaperCase, ...], usable: Mapping[str, Manifest]) -> PaperCase | None:
    chosen = None
    with st.grid(_COLUMNS, min_column_width=300, gap=("small", "small"), key="cases"):
        for case in cases:
            manifest = usable.get(case.model_set)
            with st.container(key=f"tile_{case.name}"):
                st.html(_tile(case, manifest))
                if manifest is not None and st.button(_button(case), key=f"open_{case.name}"):
                    chosen = case
    return chosen


def _button(case: PaperCase) -> str:
    return f"Open Figure {case.figure}, {case.title}, in Explain"


def _tile(case: PaperCase, manifest: Manifest | None) -> str:
    try:
        picture = _thumbnail(case, _stamp(case))
    except DensexplainError:
        picture = ""
    shown = f'<img src="{picture}" alt="Phantom: {escape(case.title)}">' if picture else "<span>cannot be read</span>"
    lines = (
        ("Look for", case.look_for),
        ("The paper", case.paper_found),
        ("This model set", _what_it_does(case, manifest)),
    )
    told = "".join(f"<p><b>{lead}</b> {escape(text)}</p>" for lead, text in lines)
    return (
        f'<article class="case{"" if manifest is not None else " closed"}"><div>{shown}</div>'
        f"<section><h3>{escape(case.title)}</h3><small>Figure {case.figure} \N{MIDDLE DOT} model set "
        f"{escape(case.model_set)}</small>{told}</section></article>"
    )


def _what_it_does(case: PaperCase, manifest: Manifest | None) -> str:
    if manifest is None:
        return "is not installed, so the case cannot be opened."
    found = session.workspace().remembered_answer(case, manifest) or _recorded_answer(case, manifest)
    return "has not been applied to it yet; open the case to see the result." if found is None else found.sentence


def _recorded_answer(case: PaperCase, manifest: Manifest) -> CaseAnswer | None:
    try:
        return read_answers(settings().cases, (case,)).get((case.name, manifest.weights_sha256))
    except CaseError:  # the case can still be opened, and is answered then
        return None


def _stamp(case: PaperCase) -> int:
    """Changes when the radiograph does."""
    try:
        return (settings().cases / case.image / IMAGE_FILE).stat().st_mtime_ns
    except OSError:
        return 0


# The cases belong to the installation, not to a reader, so all sessions may share what is made of them.
@st.cache_data(show_spinner=False, max_entries=64)
def _thumbnail(case: PaperCase, stamp: int) -> str:
    """Encode as a data URI; an error is not remembered."""
    radiograph, _ = read_case(settings().cases, case)
    content = render_thumbnail(apply_geometry(radiograph.pixels, case.geometry), _PICTURE_PX)
    return "data:image/jpeg;base64," + base64.b64encode(content).decode("ascii")
