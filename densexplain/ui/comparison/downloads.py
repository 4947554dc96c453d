"""Downloads of a comparison: one figure, a table and a record."""

from __future__ import annotations

import streamlit as st

from densexplain.explain.comparison.comparison import Comparison
from densexplain.ui import downloads
from densexplain.ui.comparison.matrix import style_of
from densexplain.ui.explanation.maps import Display
from densexplain.workspace.case import Case
from densexplain.workspace.exports import comparison_exports


def draw(case: Case, comparison: Comparison, display: Display) -> None:
    """Draw the downloads; each file is made on request."""
    exports = comparison_exports(
        comparison,
        style=style_of(comparison, display),
        ranking=display.ranking,
        grid_colours=display.grid_colours,
        further={"reader_opinion": case.reading.opinion},
    )
    with st.popover("Download", icon=":material/download:", width="stretch"):
        downloads.draw(exports)
