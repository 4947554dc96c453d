"""A study on the page: its label, and every projection with its map on one scale."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

import streamlit as st

from densexplain.errors import DensexplainError
from densexplain.explain.study_reading import ExplainedProjection, StudyReading, projection_name
from densexplain.radiograph.crop import Geometry, check_crop
from densexplain.radiograph.geometry import apply_geometry, whole_view
from densexplain.radiograph.upload import StudyImage, UploadedStudy
from densexplain.render.encoding import encode_png
from densexplain.render.overlay import fit_within, render_overlay, render_radiograph
from densexplain.ui import familiarity, map_controls, messages, plots, state, study_state, viewer
from densexplain.vocabulary import ColourMap, ColourScale, Finding

_ASKED = "densexplain.study.explain_asked"
_PICTURE_PX = 640
_A_ROW = 4
_ICONS = {Finding.NORMAL: ":material/circle:", Finding.ABNORMAL: ":material/change_history:"}
_SCALES = {False: "the largest of this study", True: "the model set's own"}


@dataclass(frozen=True)
class StudyDisplay:
    """How the maps are shown; one scale for all of them."""

    opacity: float
    colours: ColourMap
    limit_logits: float


def choose_display(reading: StudyReading) -> StudyDisplay:
    """Draw opacity, colours and what the one scale reaches to, beside the bar that shows it."""
    with st.container(key="study_display", horizontal=True, vertical_alignment="center", gap="small"):
        opacity = map_controls.choose_opacity(260)
        with map_controls.more():
            colours = map_controls.choose_colours("Class activation maps")
            own = map_controls.choose("One scale for all maps, to", _SCALES, "study_scale")
        limit = reading.manifest.activation_map_limit_logits if own else reading.limit_logits
        said = f"all maps on one scale: \N{MINUS SIGN}{limit:.3g} to +{limit:.3g} logits"
        map_controls.draw_colour_bar(colours, said)
    return StudyDisplay(opacity, colours, limit)


def go_where_asked() -> None:
    """Leave for the page Explain where a radiograph was opened there."""
    if st.session_state.pop(_ASKED, False):
        st.switch_page("pages/Explain.py")


def draw_label(reading: StudyReading) -> None:
    """Draw the study's label, how it came about, and the mean probability beside it."""
    vote, manifest = reading.vote, reading.manifest
    with st.container(key="study_label", horizontal=True, vertical_alignment="center", gap="small"):
        if vote.finding is None:
            st.markdown(f":material/block: **No label** {vote.sentence} :small[:gray[the maps remain]]")
            return
        how = f":material/balance: **Tie**{vote.sentence.removeprefix('Tie')}" if vote.tie else vote.sentence
        withheld = f" · {vote.withheld} withheld, without a vote" if vote.withheld else ""
        st.markdown(
            f"{_ICONS[vote.finding]} **{vote.finding.value.capitalize()}** {how} "
            f":small[mean probability of abnormal] **{vote.mean_probability:.2f}** "
            f":small[:gray[threshold {vote.threshold:g}{withheld} · "
            f"{manifest.name} {manifest.version} · {manifest.weights_sha256[:8]}]]"
        )


def draw_projections(study: UploadedStudy, reading: StudyReading | None, display: StudyDisplay | None) -> None:
    """Draw all projections side by side, each radiograph over its map; without a reading the radiographs alone."""
    explained = {} if reading is None else {one.number: one for one in reading.projections}
    with st.container(key="study_projections"):
        for start in range(0, len(study.images), _A_ROW):
            row = study.images[start : start + _A_ROW]
            places = st.columns(max(len(row), 2) if len(study.images) <= _A_ROW else _A_ROW, gap="small")
            for place, image in zip(places, row, strict=False):
                with place, st.container(key=f"study_projection_{image.number}"):
                    _draw_radiograph(image)
                    if reading is not None and display is not None:
                        _draw_map(reading, explained[image.number], display)


def _draw_radiograph(image: StudyImage) -> None:
    geometry, radiograph = study_state.geometry(image.number), image.radiograph
    name = projection_name(radiograph)
    crop = geometry.crop
    part = "whole" if crop is None else f"crop {crop.height} x {crop.width} px"
    st.markdown(f"**File {image.number}** {name} :small[:gray[series {image.series}, {part}]]")
    _draw_tools(image)
    view = whole_view(radiograph.pixels, geometry)
    rows, columns = view.pixels.shape

    def render() -> bytes:
        height_px, width_px = fit_within(rows, columns, min(rows, _PICTURE_PX), min(columns, _PICTURE_PX))
        return encode_png(render_radiograph(view.pixels, height_px=height_px, width_px=width_px)[:, :, 0].copy())

    png = study_state.remember(("view", image.number, replace(geometry, crop=None)), render)
    figure = plots.picture(png, rows, columns, f"{radiograph.sha256}{geometry.rotate_degrees}", "select")
    found = study_state.suggestion(image)
    if crop is not None:
        plots.mark_crop(figure, view.from_crop(crop), rows, columns)
    elif found is not None:
        plots.mark_suggestion(figure, view.outline(found.crop, found.rotate_degrees))
    st.plotly_chart(
        figure,
        key=f"study_radiograph_{image.number}",
        height="stretch",
        theme=None,
        on_select=partial(_crop_to_box, image.number),
        selection_mode="box",
        config=plots.VIEWER_CONFIG,
        alt=f"Radiograph, file {image.number} {name}. Drag a box to crop.",
    )


def _draw_tools(image: StudyImage) -> None:
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


def _draw_map(reading: StudyReading, projection: ExplainedProjection, display: StudyDisplay) -> None:
    explanation, number = projection.explanation, projection.number
    if explanation.label_withheld:
        familiarity.draw_withheld(explanation)
    else:
        # A line for each, so that the maps stay level.
        agrees = ":small[:gray[agrees with the study]]"
        apart = ":material/call_split: **Disagrees with the study**"
        st.markdown(
            f"{_ICONS[explanation.finding]} **{explanation.finding.value.capitalize()}** "
            f"**{explanation.probability:.2f}** :small[:gray[logit {explanation.logit:+.2f}]]  \n"
            f"{apart if reading.disagrees(projection) else agrees}"
        )
        familiarity.draw_warning(explanation)
    geometry = projection.geometry

    def render() -> tuple[bytes, int, int, str]:
        pixels = apply_geometry(projection.radiograph.pixels, geometry)
        height_px, width_px = fit_within(pixels.shape[0], pixels.shape[1], _PICTURE_PX, _PICTURE_PX)
        overlay = render_overlay(
            pixels,
            explanation.activation_map,
            colour_map=display.colours,
            scale=ColourScale.ABSOLUTE,
            opacity=display.opacity,
            limit_logits=display.limit_logits,
            height_px=height_px,
            width_px=width_px,
            resize=reading.manifest.specification.resize,
        )
        return encode_png(overlay.image), pixels.shape[0], pixels.shape[1], overlay.cells_text

    key = ("map", reading.manifest.weights_sha256, number, geometry, display)
    png, rows, columns, cells = study_state.remember(key, render)
    figure = plots.picture(png, rows, columns, f"{projection.radiograph.sha256}{geometry}", "pan")
    st.plotly_chart(
        figure,
        key=f"study_map_{number}",
        height="stretch",
        theme=None,
        config=plots.VIEWER_CONFIG,
        alt=f"Class activation map over file {number}, {cells}",
    )


def _crop_to_box(number: int) -> None:
    # Given the number only: Streamlit keeps the callback of every chart, and with it whatever the callback holds.
    image, boxes = study_state.image(number), st.session_state[f"study_radiograph_{number}"].selection.box
    if image is None or not boxes:
        return
    (x0, x1), (y0, y1) = sorted(boxes[0]["x"]), sorted(boxes[0]["y"])
    geometry = study_state.geometry(number)
    try:
        crop = whole_view(image.radiograph.pixels, geometry).to_crop((x0, y0, x1, y1))
        check_crop(crop, image.radiograph.rows, image.radiograph.columns)
    except DensexplainError as error:
        study_state.tell_problem(messages.sentence(error))
        return
    study_state.tell_problem(None)
    study_state.change_geometry(number, replace(geometry, crop=crop))


def _turn(number: int) -> None:
    study_state.change_geometry(number, study_state.geometry(number).turned(90))


def _reset(number: int) -> None:
    study_state.change_geometry(number, Geometry())


def _open_in_explain(number: int) -> None:
    """Open one radiograph by itself, cropped as it is here, to see its feature maps."""
    image = study_state.image(number)
    if image is None:
        return
    state.open_case(image.radiograph, f"File {number} of the study")
    state.change_geometry(study_state.geometry(number))
    viewer.reset_window()
    st.session_state[_ASKED] = True  # a callback cannot leave the page by itself
