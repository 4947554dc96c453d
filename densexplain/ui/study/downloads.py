"""Downloads of a study: one figure, a table and a record."""

from __future__ import annotations

import streamlit as st

from densexplain.explain.study.study_reading import StudyReading
from densexplain.ui import downloads
from densexplain.ui.study.view import StudyDisplay
from densexplain.workspace.exports import study_exports
from densexplain.workspace.study import Study


def draw(study: Study, reading: StudyReading, display: StudyDisplay) -> None:
    """Draw the downloads; each file is made on request."""
    exports = study_exports(
        reading,
        colour_map=display.colours,
        opacity=display.opacity,
        limit_logits=display.limit_logits,
        further={"reader_opinion": study.reading.opinion},
    )
    with st.popover("Download", icon=":material/download:", width="stretch"):
        downloads.draw(exports)
