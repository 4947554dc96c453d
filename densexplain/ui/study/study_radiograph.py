"""One radiograph of a study on the page: viewing, cropping and turning it, independently of the others."""

from __future__ import annotations

from functools import partial

import streamlit as st

from densexplain.explain.study.study_reading import projection_name
from densexplain.radiograph.geometry import whole_view
from densexplain.ui import case_changes, plots, session
from densexplain.ui.explanation import radiograph_view
from densexplain.workspace.case import Case

PICTURE_PX = 640
"""Longest edge of a radiograph and of its map."""

_ASKED = "densexplain.study.explain_asked"


def go_where_asked() -> None:
    """Leave for the page Explain where a radiograph was opened there."""
    if st.session_state.pop(_ASKED, False):
        st.switch_page("pages/Explain.py")


def draw(case: Case) -> None:
    """Draw the whole radiograph as it is turned, with its crop and its tools."""
    geometry, crop = case.geometry, case.geometry.crop
    name = projection_name(case.radiograph)
    part = "whole" if crop is None else f"crop {crop.height} x {crop.width} px"
    turned = f", turned {geometry.rotate_degrees:+.1f}°" if geometry.rotate_degrees else ""
    st.markdown(f"**File {case.number}** {name} :small[:gray[series {case.series}, {part}{turned}]]")
    _draw_tools(case)
    view = whole_view(case.radiograph.pixels, geometry)
    png = radiograph_view.view_png(case, view, PICTURE_PX)
    chart = f"study_radiograph_{case.number}"
    st.plotly_chart(
        radiograph_view.view_figure(png, case.radiograph, geometry, view, case.suggestion),
        key=chart,
        height="stretch",
        theme=None,
        on_select=partial(case_changes.crop_to_dragged, chart, case.number),
        selection_mode="box",
        config=plots.VIEWER_CONFIG,
        alt=f"Radiograph, file {case.number} {name}. Drag a box to crop.",
    )


def _draw_tools(case: Case) -> None:
    number, found = case.number, case.suggestion is not None
    with st.container(key=f"study_tools_{number}", horizontal=True, gap="xxsmall"):
        st.button(
            "Crop off frame" if found else "No frame found",
            key=f"study_frame_{number}",
            icon=":material/crop:",
            disabled=not found,
            help="Crop to the exposed field that was found inside an image frame",
            on_click=case_changes.apply_suggestion,
            args=(number,),
        )
        turn, reset = partial(case_changes.turn, 90.0), case_changes.reset
        for label, icon, say, do in (
            ("Turn", ":material/rotate_left:", "Quarter turn to the left", turn),
            ("Reset", ":material/restart_alt:", "Whole radiograph, unturned", reset),
            ("Explain", ":material/open_in_new:", "Open it by itself, with its feature maps", _open_in_explain),
        ):
            st.button(label, key=f"study_{label.lower()}_{number}", icon=icon, help=say, on_click=do, args=(number,))
        with st.popover("Adjust", icon=":material/tune:", help="Window and free angle"):
            st.caption("Window: how the radiograph is shown. The network always reads the whole range.")
            keys = (f"study_level_{number}", f"study_width_{number}")
            radiograph_view.draw_window_sliders(case.window, keys, number)
            radiograph_view.draw_angle_slider(f"study_angle_{number}", case.geometry, number)


def _open_in_explain(number: int) -> None:
    """Look at one radiograph by itself, to see its feature maps."""
    study = session.workspace().study
    if study is not None:
        study.bring_to_front(number)
        st.session_state[_ASKED] = True  # a callback cannot leave the page by itself
