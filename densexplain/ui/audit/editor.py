"""The open case's radiograph with its regions, and the file that they can be saved in."""

from __future__ import annotations

import json
from dataclasses import replace

import streamlit as st

from densexplain.radiograph.geometry import View, whole_view
from densexplain.radiograph.regions.edited_regions import EditedRegions
from densexplain.radiograph.regions.region_file import regions_to_json
from densexplain.ui import downloads, session
from densexplain.ui.audit import region_changes, region_editor
from densexplain.ui.explanation import radiograph_view
from densexplain.workspace.case import Case

_DISPLAYED_PX = 1200


def draw(case: Case) -> EditedRegions:
    """Draw the editor, turned and windowed as on Explain, and return the regions."""
    edited = case.regions.current(case.boxes, case.geometry.invert)
    view = whole_view(case.radiograph.pixels, replace(case.geometry, crop=None))
    png = radiograph_view.view_png(case, view, _DISPLAYED_PX)
    region_editor.draw(
        session.case_key(case),
        view,
        png,
        edited,
        crop=_crop_outline(case, view),
        on_edit=region_changes.take_edit,
        on_undo=region_changes.undo,
        on_find_again=region_changes.find_again,
    )
    problem = region_changes.problem(case)
    if problem:
        st.error(problem, icon=":material/block:")
    return edited


def draw_file(edited: EditedRegions) -> None:
    """Draw the controls that save the regions to a file and load them from one."""

    def content() -> bytes:
        return json.dumps(regions_to_json(edited.regions), indent=1).encode()

    with st.popover("Regions file", icon=":material/draft:", width="stretch"):
        st.download_button(
            "Save these regions, JSON",
            downloads.on_request("regions.json", content),
            "regions.json",
            "application/json",
            on_click="ignore",
            width="stretch",
        )
        st.file_uploader(
            "Load regions from a file",
            key="regions_file",
            on_change=_take_file,
            help="JSON as kept here, of an audit's record, or for the command audit; in pixels of the radiograph. They "
            "take the place of the present ones.",
        )


def _take_file() -> None:
    upload = st.session_state.get("regions_file")
    if upload is not None:
        region_changes.take_file(upload.getvalue())


def _crop_outline(case: Case, view: View) -> list[tuple[float, float]] | None:
    """Corners of the crop that is explained, on the displayed image."""
    crop = case.geometry.crop
    if crop is None:
        return None
    box = view.from_crop(crop)
    return [(box.left, box.top), (box.right, box.top), (box.right, box.bottom), (box.left, box.bottom)]
