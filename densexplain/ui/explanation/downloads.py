"""Downloads of an explanation: figure, maps and a record that suffices to repeat the result."""

from __future__ import annotations

import streamlit as st

from densexplain.classifier.model_sets.manifest import Manifest
from densexplain.explain.explanation import Explanation
from densexplain.render.report import Report
from densexplain.ui import downloads
from densexplain.ui.explanation.maps import Display
from densexplain.workspace.case import Case
from densexplain.workspace.exports import explanation_exports, report_of


def draw(case: Case, manifest: Manifest, explanation: Explanation, display: Display) -> None:
    """Draw the downloads; each file is made on request."""

    def report() -> Report:
        return report_of(
            case,
            manifest,
            explanation,
            ranking=display.ranking,
            map_colours=display.map_colours,
            scale=display.scale,
            opacity=display.opacity,
            grid_colours=display.grid_colours,
        )

    with st.popover("Download", icon=":material/download:", width="stretch"):
        downloads.draw(explanation_exports(case, report, manifest, explanation, display.ranking))
