"""What a reader can take away of a study: one figure, a table, a record."""

from __future__ import annotations

import json

import streamlit as st

from densexplain.explain.study.record import study_record, study_table
from densexplain.explain.study.study_reading import StudyReading
from densexplain.provenance import NOTICE
from densexplain.ui.study import study_state
from densexplain.ui.study.view import StudyDisplay


def draw(reading: StudyReading, display: StudyDisplay) -> None:
    """Draw the downloads; each file is made on request."""

    def figure() -> bytes:
        from densexplain.render.study_sheet import render_study_sheet  # here: no page waits for Matplotlib

        return render_study_sheet(
            reading, colour_map=display.colours, opacity=display.opacity, limit_logits=display.limit_logits
        )

    def record() -> bytes:
        return json.dumps({**study_record(reading), "reader_opinion": opinion}, indent=2).encode()

    opinion = st.session_state.get(study_state.OPINION)
    with st.popover("Download", icon=":material/download:", width="stretch"):
        for label, name, kind, make in (
            ("Figure, PNG", "study.png", "image/png", figure),
            ("Table, CSV", "study.csv", "text/csv", lambda: study_table(reading).encode()),
            ("Record, JSON", "study.json", "application/json", record),
        ):
            st.download_button(label, make, name, kind, key=f"download_{name}", on_click="ignore", width="stretch")
        st.caption(NOTICE)
