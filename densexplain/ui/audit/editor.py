"""The open case's radiograph with its regions, and the file that they can be saved in."""

from __future__ import annotations

import json
from dataclasses import replace

import streamlit as st

from densexplain.radiograph.geometry import View, whole_view
from densexplain.radiograph.regions.edited_regions import EditedRegions
from densexplain.radiograph.regions.region_file import regions_to_json
from densexplain.radiograph.window import apply_window
from densexplain.render.encoding import encode_png
from densexplain.render.overlay import fit_within, render_radiograph
from densexplain.ui import state
from densexplain.ui.audit import region_editor
from densexplain.ui.audit import regions as audit_regions

_DISPLAYED_PX = 1200


def draw(case: state.Case) -> EditedRegions:
    """Draw the editor, turned and windowed as on Explain, and return the regions."""
    edited = audit_regions.of_case(case)
    geometry, window = replace(state.geometry(), crop=None), state.window()
    view = whole_view(case.radiograph.pixels, geometry)

    def render() -> bytes:
        pixels = view.pixels if window is None else apply_window(view.pixels, window)
        rows, columns = pixels.shape
        height_px, width_px = fit_within(rows, columns, min(rows, _DISPLAYED_PX), min(columns, _DISPLAYED_PX))
        return encode_png(render_radiograph(pixels, height_px=height_px, width_px=width_px)[:, :, 0].copy())

    png = state.remember(("edited view", case.radiograph.sha256, geometry, window), render)
    region_editor.draw(
        audit_regions.case_key(case),
        view,
        png,
        edited,
        crop=_crop_outline(view),
        on_edit=audit_regions.take_edit,
        on_undo=audit_regions.undo,
        on_find_again=audit_regions.find_again,
    )
    if audit_regions.problem():
        st.error(audit_regions.problem(), icon=":material/block:")
    return edited


def draw_file(edited: EditedRegions) -> None:
    """Draw the controls that save the regions to a file and load them from one."""

    def content() -> bytes:
        return json.dumps(regions_to_json(edited.regions), indent=1).encode()

    with st.popover("Regions file", icon=":material/draft:", width="stretch"):
        st.download_button(
            "Save these regions, JSON", content, "regions.json", "application/json", on_click="ignore", width="stretch"
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
        audit_regions.take_file(upload.getvalue())


def _crop_outline(view: View) -> list[tuple[float, float]] | None:
    """Corners of the crop that is explained, on the displayed image."""
    crop = state.geometry().crop
    if crop is None:
        return None
    box = view.from_crop(crop)
    return [(box.left, box.top), (box.right, box.top), (box.right, box.bottom), (box.left, box.bottom)]
