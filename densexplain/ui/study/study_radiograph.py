"""One radiograph of a study on the page: looking at it, cropping and turning it, whatever becomes of the others."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import streamlit as st

from densexplain.errors import DensexplainError
from densexplain.explain.study.study_reading import projection_name
from densexplain.radiograph.crop import Geometry, check_crop
from densexplain.radiograph.geometry import whole_view
from densexplain.radiograph.reading.upload import StudyImage
from densexplain.ui import messages, plots, state
from densexplain.ui.explanation import radiograph_view
from densexplain.ui.study import study_state

PICTURE_PX = 640
"""Longest edge of a radiograph and of its map."""

_ASKED = "densexplain.study.explain_asked"


def go_where_asked() -> None:
    """Leave for the page Explain where a radiograph was opened there."""
    if st.session_state.pop(_ASKED, False):
        st.switch_page("pages/Explain.py")


def draw(image: StudyImage) -> None:
    """Draw the whole radiograph as it is turned, with its crop and its tools."""
    geometry, radiograph = study_state.geometry(image.number), image.radiograph
    name = projection_name(radiograph)
    crop = geometry.crop
    part = "whole" if crop is None else f"crop {crop.height} x {crop.width} px"
    turned = f", turned {geometry.rotate_degrees:+.1f}°" if geometry.rotate_degrees else ""
    st.markdown(f"**File {image.number}** {name} :small[:gray[series {image.series}, {part}{turned}]]")
    _draw_tools(image, geometry)
    view, window = whole_view(radiograph.pixels, geometry), state.window(study_state.window_keys(image.number))
    png = study_state.remember(
        ("view", image.number, replace(geometry, crop=None), window),
        lambda: radiograph_view.view_png(view, window, PICTURE_PX),
    )
    st.plotly_chart(
        radiograph_view.view_figure(png, radiograph, geometry, view, study_state.suggestion(image)),
        key=_chart(image.number),
        height="stretch",
        theme=None,
        on_select=partial(_crop_to_box, image.number),
        selection_mode="box",
        config=plots.VIEWER_CONFIG,
        alt=f"Radiograph, file {image.number} {name}. Drag a box to crop.",
    )


def _chart(number: int) -> str:
    return f"study_radiograph_{number}"


def _draw_tools(image: StudyImage, geometry: Geometry) -> None:
    number, found = image.number, study_state.suggestion(image) is not None
    with st.container(key=f"study_tools_{number}", horizontal=True, gap="xxsmall"):
        st.button(
            "Crop off frame" if found else "No frame found",
            key=f"study_frame_{number}",
            icon=":material/crop:",
            disabled=not found,
            help="Crop to the exposed field that was found inside an image frame",
            on_click=study_state.apply_suggestion,
            args=(number,),
        )
        for label, icon, say, do in (
            ("Turn", ":material/rotate_left:", "Quarter turn to the left", _turn),
            ("Reset", ":material/restart_alt:", "Whole radiograph, unturned", _reset),
            ("Explain", ":material/open_in_new:", "Open it by itself, with its feature maps", _open_in_explain),
        ):
            st.button(label, key=f"study_{label.lower()}_{number}", icon=icon, help=say, on_click=do, args=(number,))
        with st.popover("Adjust", icon=":material/tune:", help="Window and free angle"):
            st.caption("Window: how the radiograph is shown. The network always reads the whole range.")
            radiograph_view.draw_window_sliders(study_state.window_keys(number))
            radiograph_view.draw_angle_slider(_angle(number), geometry, _tilt, (number,))


def _angle(number: int) -> str:
    return f"study_angle_{number}"


# Callbacks are given the number only: Streamlit keeps that of every chart, and with it whatever it holds.


def _crop_to_box(number: int) -> None:
    image = study_state.image(number)
    if image is None:
        return
    geometry = study_state.geometry(number)
    try:
        crop = radiograph_view.dragged_box(_chart(number), image.radiograph, geometry)
        if crop is None:
            return
        check_crop(crop, image.radiograph.rows, image.radiograph.columns)
    except DensexplainError as error:
        study_state.tell_problem(messages.sentence(error))
        return
    study_state.tell_problem(None)
    study_state.change_geometry(number, replace(geometry, crop=crop))


def _turn(number: int) -> None:
    study_state.change_geometry(number, study_state.geometry(number).turned(90))


def _tilt(number: int) -> None:
    changed = radiograph_view.tilted(study_state.geometry(number), st.session_state[_angle(number)])
    study_state.change_geometry(number, changed)


def _reset(number: int) -> None:
    study_state.change_geometry(number, Geometry())


def _open_in_explain(number: int) -> None:
    """Open one radiograph by itself, cropped as it is here, to see its feature maps."""
    image = study_state.image(number)
    if image is None:
        return
    state.open_case(image.radiograph, f"File {number} of the study")
    state.change_geometry(study_state.geometry(number))
    state.reset_window()
    st.session_state[_ASKED] = True  # a callback cannot leave the page by itself
