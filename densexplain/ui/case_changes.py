"""Cropping and turning a radiograph, on whichever page it is looked at.

Callbacks are given a number only, or nothing for the radiograph in front:
Streamlit keeps that of every chart, and with it whatever it holds.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import streamlit as st

from densexplain.errors import DensexplainError
from densexplain.radiograph.crop import Crop, Geometry
from densexplain.radiograph.geometry import whole_view
from densexplain.radiograph.window import Window
from densexplain.ui import messages, session
from densexplain.workspace.case import Case


def apply_suggestion(number: int | None = None) -> None:
    """Crop to the exposed field that was found, and straighten it."""
    _change(number, Case.apply_suggestion)


def undo(number: int | None = None) -> None:
    """Go back to the geometry before the last change."""
    _change(number, Case.undo)


def reset(number: int | None = None) -> None:
    """Show the whole radiograph, unturned."""
    _change(number, lambda case: case.change_geometry(Geometry()))


def turn(degrees: float, number: int | None = None) -> None:
    """Turn what is displayed, counter-clockwise."""
    _change(number, lambda case: case.change_geometry(case.geometry.turned(degrees)))


def flip(number: int | None = None) -> None:
    """Mirror left and right."""
    _change(number, lambda case: case.change_geometry(replace(case.geometry, flip=not case.geometry.flip)))


def invert(number: int | None = None) -> None:
    """Exchange bright and dark."""
    _change(number, lambda case: case.change_geometry(replace(case.geometry, invert=not case.geometry.invert)))


def tilt(slider: str, number: int | None = None) -> None:
    """Turn by the free angle of a slider."""
    degrees = float(st.session_state[slider])
    _change(number, lambda case: case.change_geometry(_tilted(case.geometry, degrees)))


def crop(box: Crop, number: int | None = None) -> None:
    """Crop to a box; one that does not fit is refused with a sentence."""
    _change(number, lambda case: case.change_geometry(replace(case.geometry, crop=box)))


def crop_to_dragged(chart: str, number: int | None = None) -> None:
    """Crop to the box that was dragged on a chart."""

    def change(case: Case) -> None:
        box = dragged_box(chart, case)
        if box is not None:
            case.change_geometry(replace(case.geometry, crop=box))

    _change(number, change)


def dragged_box(chart: str, case: Case) -> Crop | None:
    """The box that was dragged on a chart, in pixels of the radiograph as it was read; None without one.

    Raises
    ------
    CropOutsideError
        As `densexplain.radiograph.geometry.View.to_crop`.
    """
    boxes = st.session_state[chart].selection.box
    if not boxes:
        return None
    (x0, x1), (y0, y1) = sorted(boxes[0]["x"]), sorted(boxes[0]["y"])
    return whole_view(case.radiograph.pixels, case.geometry).to_crop((x0, y0, x1, y1))


def set_window(sliders: tuple[str, str], number: int | None = None) -> None:
    """View it with the level and the width of two sliders."""
    level, width = (float(st.session_state[key]) for key in sliders)
    case = session.case(number)
    if case is not None:
        case.window = Window(level, width)


def shown_tilt(geometry: Geometry) -> float:
    """Tilt as it is seen, in degrees counter-clockwise: a mirror turns it round."""
    return -geometry.tilt_degrees if geometry.flip else geometry.tilt_degrees


def _tilted(geometry: Geometry, degrees: float) -> Geometry:
    return geometry.turned(degrees - shown_tilt(geometry))


def _change(number: int | None, change: Callable[[Case], None]) -> None:
    case = session.case(number)
    if case is None:
        return
    try:
        change(case)
    except DensexplainError as error:
        session.tell_problem(messages.sentence(error))
    else:
        session.tell_problem(None)
