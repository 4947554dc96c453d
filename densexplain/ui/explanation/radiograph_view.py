"""A radiograph as every page shows it: picture, outlines, viewing window and free angle."""

from __future__ import annotations

from collections.abc import Callable

import plotly.graph_objects as go
import streamlit as st

from densexplain.radiograph.crop import Crop, Geometry
from densexplain.radiograph.geometry import View, whole_view
from densexplain.radiograph.radiograph import Radiograph
from densexplain.radiograph.regions.image_frame import FrameSuggestion
from densexplain.radiograph.window import Window, apply_window
from densexplain.render.encoding import encode_png
from densexplain.render.overlay import fit_within, render_radiograph
from densexplain.ui import plots, state


def view_png(view: View, window: Window | None, most_px: int) -> bytes:
    """Encode what is seen under a viewing window, its longer edge at most `most_px`."""
    pixels = view.pixels if window is None else apply_window(view.pixels, window)
    # Never enlarged here: the browser does that, and a small radiograph stays small on the way.
    rows, columns = pixels.shape
    height_px, width_px = fit_within(rows, columns, min(rows, most_px), min(columns, most_px))
    return encode_png(render_radiograph(pixels, height_px=height_px, width_px=width_px)[:, :, 0].copy())


def view_figure(
    png: bytes, radiograph: Radiograph, geometry: Geometry, view: View, suggestion: FrameSuggestion | None
) -> go.Figure:
    """Lay out the whole radiograph as it is turned, with its crop, or the crop that was found while there is none."""
    rows, columns = view.pixels.shape
    figure = plots.picture(png, rows, columns, f"{radiograph.sha256}{geometry.rotate_degrees}", "select")
    if geometry.crop is not None:
        plots.mark_crop(figure, view.from_crop(geometry.crop), rows, columns)
    elif suggestion is not None:
        plots.mark_suggestion(figure, view.outline(suggestion.crop, suggestion.rotate_degrees))
    return figure


def dragged_box(chart: str, radiograph: Radiograph, geometry: Geometry) -> Crop | None:
    """The box that was dragged on a chart, in pixels of the radiograph as it was read; None without one.

    Raises
    ------
    CropTooSmallError, CropOutsideError
        As `densexplain.radiograph.geometry.View.to_crop`.
    """
    boxes = st.session_state[chart].selection.box
    if not boxes:
        return None
    (x0, x1), (y0, y1) = sorted(boxes[0]["x"]), sorted(boxes[0]["y"])
    return whole_view(radiograph.pixels, geometry).to_crop((x0, y0, x1, y1))


def draw_window_sliders(keys: tuple[str, str] = state.WINDOW_KEYS) -> None:
    """Draw the sliders of level and width, whose values are stored under two keys."""
    for key, label, least in zip(keys, ("Level", "Width"), (0.0, 0.01), strict=True):
        st.session_state.setdefault(key, state.WHOLE_RANGE[label == "Width"])
        st.slider(
            label,
            least,
            1.0,
            step=0.01,
            key=key,
            persist_state="session",
            format=f"{label} %.2f",
            label_visibility="collapsed",
        )


def draw_angle_slider(
    key: str, geometry: Geometry, on_change: Callable[..., None], args: tuple[object, ...] = ()
) -> None:
    """Draw the slider of the free angle at what a radiograph is tilted by beside its quarter turns."""
    st.session_state[key] = round(_shown_tilt(geometry), 1)
    st.slider("Turn by (degrees, counter-clockwise)", -45.0, 45.0, key=key, step=0.1, on_change=on_change, args=args)


def tilted(geometry: Geometry, degrees: float) -> Geometry:
    """The same, tilted by so many degrees as it is seen, counter-clockwise."""
    return geometry.turned(degrees - _shown_tilt(geometry))


def _shown_tilt(geometry: Geometry) -> float:
    """Tilt as it is seen, counter-clockwise: a mirror turns it round."""
    return -geometry.tilt_degrees if geometry.flip else geometry.tilt_degrees
