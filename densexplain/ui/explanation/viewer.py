"""The radiograph: looking at it, cropping and turning it."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from densexplain.errors import DensexplainError
from densexplain.radiograph.crop import Crop, Geometry
from densexplain.radiograph.geometry import whole_view
from densexplain.radiograph.regions.drawn_regions import DrawnBox
from densexplain.ui import case_changes, messages, plots, session
from densexplain.ui.explanation import radiograph_view
from densexplain.vocabulary import Region
from densexplain.workspace.case import Case

_CROP_KEYS = ("crop_top", "crop_left", "crop_height", "crop_width")
_WINDOW_KEYS = ("window_level", "window_width")
_DISPLAYED_PX = 1400
_CHART = "radiograph"
_CROP = "crop"
_BOX_MEANINGS = (_CROP, *map(str, (Region.ABNORMALITY, Region.TEXT_LEGEND, Region.IMAGE_FRAME)))


def draw_radiograph(case: Case) -> None:
    """Draw the whole radiograph as it is turned, with its crop, and everything that changes either."""
    geometry = case.geometry
    _draw_heading(case, geometry)
    _draw_toolbar(case)
    view = whole_view(case.radiograph.pixels, geometry)
    png = radiograph_view.view_png(case, view, _DISPLAYED_PX)
    figure = radiograph_view.view_figure(png, case.radiograph, geometry, view, case.suggestion)
    for box in case.boxes:
        plots.mark_region(figure, view.outline(box.crop, box.rotate_degrees), str(box.region))
    st.plotly_chart(
        figure,
        key=_CHART,
        height="stretch",
        theme=None,
        on_select=_use_box,
        selection_mode="box",
        config=plots.VIEWER_CONFIG,
        alt=f"Radiograph, {case.title}. Drag a box to crop.",
    )
    _draw_window(case)


def _draw_heading(case: Case, geometry: Geometry) -> None:
    crop = geometry.crop
    whole = f"{case.radiograph.rows} x {case.radiograph.columns} px"
    part = "whole" if crop is None else f"crop {crop.height} x {crop.width} px"
    turned = f", turned {geometry.rotate_degrees:+.1f}°" if geometry.rotate_degrees else ""
    notes = case.radiograph.notes
    said = (
        f" · :material/info: {len(notes)} {'note' if len(notes) == 1 else 'notes'} on how it was read" if notes else ""
    )
    with st.container(key="viewer_heading"):
        st.markdown(
            f"**{case.title}** :gray[{whole}, {part}{turned}{said}]",
            help="\n".join(f"- {note}" for note in notes) or None,
        )


def _draw_toolbar(case: Case) -> None:
    with st.container(key="toolbar", horizontal=True, gap="xxsmall", vertical_alignment="center"):
        found = case.suggestion is not None
        st.button(
            "Crop off frame" if found else "No frame found",
            key="apply_frame",
            icon=":material/crop:",
            disabled=not found,
            shortcut="F",
            type="primary" if found and case.geometry.crop is None else "secondary",
            on_click=case_changes.apply_suggestion,
            help=_suggestion_in_words(case),
        )
        undo, reset, turn = case_changes.undo, case_changes.reset, case_changes.turn
        _tool("Undo", ":material/undo:", "Undo the last change", undo, "U", disabled=not case.can_undo)
        _tool("Reset", ":material/restart_alt:", "Whole radiograph, unturned", reset, "W")
        _tool("Turn left", ":material/rotate_left:", "Quarter turn to the left", turn, "Alt+Left", args=(90,))
        _tool("Turn right", ":material/rotate_right:", "Quarter turn to the right", turn, "Alt+Right", args=(-90,))
        _tool("Flip", ":material/flip:", "Flip left and right", case_changes.flip, "M")
        _tool("Invert", ":material/invert_colors:", "Exchange bright and dark", case_changes.invert, "I")
        with st.popover("Adjust", icon=":material/tune:"):
            _draw_fields(case)
            _draw_box_meaning(case)


def _draw_window(case: Case) -> None:
    with st.container(key="window", horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown("Window", help="How the radiograph is shown. The network always reads the whole range.")
        radiograph_view.draw_window_sliders(case.window, _WINDOW_KEYS)


def _tool(
    name: str,
    icon: str,
    say: str,
    do: Callable[..., None],
    shortcut: str,
    *,
    args: tuple[object, ...] = (),
    disabled: bool = False,
) -> None:
    key = "tool_" + name.lower().replace(" ", "_")
    st.button(
        name,
        key=key,
        icon=icon,
        help=f"{say} ({shortcut})",
        on_click=do,
        args=args,
        shortcut=shortcut,
        disabled=disabled,
    )


def _draw_fields(case: Case) -> None:
    rows, columns = case.radiograph.rows, case.radiograph.columns
    crop = case.geometry.crop or Crop(0, 0, rows, columns)
    st.caption("Crop in pixels of the radiograph as it was read")
    for key, value in zip(_CROP_KEYS, (crop.top, crop.left, crop.height, crop.width), strict=True):
        st.session_state[key] = value
    upper, lower = st.columns(2), st.columns(2)
    for column, key, most in zip((*upper, *lower), _CROP_KEYS, (rows, columns, rows, columns), strict=True):
        column.number_input(key.removeprefix("crop_").capitalize(), 0, most, key=key, step=1, on_change=_crop_to_fields)
    radiograph_view.draw_angle_slider("free_angle", case.geometry)


def _draw_box_meaning(case: Case) -> None:
    st.session_state.setdefault("box_meaning", _CROP)
    st.radio(
        "A dragged box is",
        _BOX_MEANINGS,
        key="box_meaning",
        persist_state="session",
        horizontal=True,
        help="Choose a region and drag boxes over it; Stage focus then shows each stage's activation there.",
    )
    count = len(case.boxes)
    st.button(f"Forget drawn regions ({count})", key="forget_boxes", on_click=_forget_boxes, disabled=not count)


def _suggestion_in_words(case: Case) -> str:
    if case.suggestion is None:
        return "No image frame was found round this radiograph; drag a box to crop by hand."
    crop, angle = case.suggestion.crop, case.suggestion.rotate_degrees
    return f"An image frame was found: crop to {crop.height} x {crop.width} px and turn by {angle:+.1f}° (F)"


def _use_box() -> None:
    """Crop to the dragged box, or keep it as a region, as the reader has chosen."""
    meaning, case = st.session_state.get("box_meaning", _CROP), session.case()
    if meaning == _CROP:
        case_changes.crop_to_dragged(_CHART)
    elif case is not None:
        try:
            box = case_changes.dragged_box(_CHART, case)
        except DensexplainError as error:
            session.tell_problem(messages.sentence(error))
            return
        if box is not None:
            case.draw_box(DrawnBox(Region(meaning), box, case.geometry.rotate_degrees))


def _crop_to_fields() -> None:
    case_changes.crop(Crop(*(int(st.session_state[key]) for key in _CROP_KEYS)))


def _forget_boxes() -> None:
    case = session.case()
    if case is not None:
        case.forget_boxes()
