"""Downloads of an explanation: figure, maps and a record that suffices to repeat the result."""

from __future__ import annotations

import io
import json
import zipfile

import streamlit as st

from densexplain.classifier.model_sets.manifest import Manifest
from densexplain.explain.explanation import Explanation
from densexplain.explain.record import explanation_record
from densexplain.provenance import NOTICE
from densexplain.radiograph.geometry import apply_geometry
from densexplain.render.report import Report
from densexplain.ui import state
from densexplain.ui.explanation.maps import Display
from densexplain.vocabulary import FigureFormat


def draw(case: state.Case, manifest: Manifest, explanation: Explanation, display: Display) -> None:
    """Draw the downloads; each file is made on request."""
    geometry, opinion = state.geometry(), st.session_state.get("reader_opinion")

    def report() -> Report:
        return Report(
            apply_geometry(case.radiograph.pixels, geometry),
            explanation,
            manifest,
            case.radiograph,
            geometry,
            display.ranking,
            display.map_colours,
            display.scale,
            display.opacity,
            display.grid_colours,
        )

    def record() -> bytes:
        entry = explanation_record(explanation, manifest, case.radiograph, geometry, ranking=display.ranking)
        return json.dumps({**entry, "reader_opinion": opinion}, indent=2).encode()

    with st.popover("Download", icon=":material/download:", width="stretch"):
        for label, name, kind, make in (
            ("Figure, PNG", "figure.png", "image/png", lambda: report().figure(FigureFormat.PNG)),
            ("Figure, PDF", "figure.pdf", "application/pdf", lambda: report().figure(FigureFormat.PDF)),
            ("Maps, raw .npy", "maps.zip", "application/zip", lambda: _zip(report().maps())),
            ("Record, JSON", "explanation.json", "application/json", record),
        ):
            st.download_button(label, make, name, kind, key=f"download_{name}", on_click="ignore", width="stretch")
        st.caption(NOTICE)


def _zip(files: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in {**files, "NOTICE.txt": (NOTICE + "\n").encode()}.items():
            archive.writestr(name, content)
    return stream.getvalue()
