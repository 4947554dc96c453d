"""A radiograph as every page shows it: picture, outlines, viewing window and free angle."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import plotly.graph_objects as go
import streamlit as st

from densexplain.radiograph.crop import Geometry
from densexplain.radiograph.geometry import View
from densexplain.radiograph.radiograph import Radiograph
from densexplain.radiograph.regions.image_frame import ImageFrameCrop
from densexplain.radiograph.window import Window, apply_window
from densexplain.render.encoding import encode_png
from densexplain.render.overlay import fit_within, render_radiograph
from densexplain.ui import case_changes, plots
from densexplain.workspace.case import Case


def view_png(case: Case, view: View, most_px: int) -> bytes:
    """Encode what is seen of a radiograph under its viewing window, its longer edge at most `most_px`; made once."""
    key = ("view", most_px, replace(case.geometry, crop=None), case.window)
    return case.pictures.remember(key, partial(_encoded, view, case.window, most_px))


def _encoded(view: View, window: Window, most_px: int) -> bytes:
    pixels = apply_window(view.pixels, window)
    # Never enlarged here: the browser does that, and a small radiograph stays small on the way.
    rows, columns = pixels.shape
    height_px, width_px = fit_within(rows, columns, min(rows, most_px), min(columns, most_px))
    return encode_png(render_radiograph(pixels, height_px=height_px, width_px=width_px)[:, :, 0].copy())


def view_figure(
    png: bytes, radiograph: Radiograph, geometry: Geometry, view: View, suggestion: ImageFrameCrop | None
) -> go.Figure:
    """Lay out the whole radiograph as it is turned, with its crop, or the crop that was found while there is none."""
    rows, columns = view.pixels.shape
    figure = plots.picture(png, rows, columns, f"{radiograph.sha256}{geometry.rotate_degrees}", "select")
    if geometry.crop is not None:
        plots.mark_crop(figure, view.from_crop(geometry.crop), rows, columns)
    elif suggestion is not None:
        plots.mark_suggestion(figure, view.outline(suggestion.crop, suggestion.rotate_degrees))
    return figure


def draw_window_sliders(window: Window, keys: tuple[str, str], number: int | None = None) -> None:
    """Draw the sliders of level and width at what a radiograph is viewed with.

    Parameters
    ----------
    window
        Of the radiograph.
    keys
        Of the two sliders.
    number
        Of the radiograph; None for the one in front.
    """
    sliders = zip(keys, ("Level", "Width"), (0.0, 0.01), (window.level, window.width), strict=True)
    for key, label, least, value in sliders:
        st.session_state[key] = value
        st.slider(
            label,
            least,
            1.0,
            step=0.01,
            key=key,
            format=f"{label} %.2f",
            label_visibility="collapsed",
            on_change=case_changes.set_window,
            args=(keys, number),
        )


def draw_angle_slider(key: str, geometry: Geometry, number: int | None = None) -> None:
    """Draw the slider of the free angle at what a radiograph is tilted by beside its quarter turns."""
    st.session_state[key] = round(case_changes.shown_tilt(geometry), 1)
    st.slider(
        "Turn by (degrees, counter-clockwise)",
        -45.0,
        45.0,
        key=key,
        step=0.1,
        on_change=case_changes.tilt,
        args=(key, number),
    )
