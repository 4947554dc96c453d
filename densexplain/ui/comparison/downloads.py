"""Downloads of a comparison: one figure, a table and a record."""

from __future__ import annotations

import json

import streamlit as st

from densexplain.explain.comparison.comparison import Comparison
from densexplain.explain.comparison.record import comparison_record, comparison_table
from densexplain.provenance import NOTICE
from densexplain.ui.comparison.matrix import style_of
from densexplain.ui.explanation.maps import Display


def draw(comparison: Comparison, display: Display) -> None:
    """Draw the downloads; each file is made on request."""

    def figure() -> bytes:
        from densexplain.render.comparison.figure import comparison_figure  # here: no page waits for Matplotlib

        return comparison_figure(comparison, style_of(comparison, display), display.ranking)

    def document() -> bytes:
        from densexplain.render.comparison.document import comparison_document

        style = style_of(comparison, display)
        return comparison_document(comparison, style, display.ranking, display.grid_colours)

    def table() -> bytes:
        return comparison_table(comparison, display.ranking).encode()

    def record() -> bytes:
        entry = comparison_record(comparison, display.ranking)
        return json.dumps({**entry, "reader_opinion": opinion}, indent=1).encode()

    opinion = st.session_state.get("reader_opinion")
    with st.popover("Download", icon=":material/download:", width="stretch"):
        for label, name, kind, make in (
            ("Figure, PNG", "comparison.png", "image/png", figure),
            ("Figure and stage grids, PDF", "comparison.pdf", "application/pdf", document),
            ("Table, CSV", "comparison.csv", "text/csv", table),
            ("Record, JSON", "comparison.json", "application/json", record),
        ):
            st.download_button(label, make, name, kind, key=f"download_{name}", on_click="ignore", width="stretch")
        st.caption(NOTICE)
