"""A study on the page: its label, and every projection with its map on one scale."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from densexplain.classifier.model_sets.manifest import Manifest
from densexplain.explain.study.study_reading import ExplainedProjection, StudyReading
from densexplain.radiograph.geometry import apply_geometry
from densexplain.render.encoding import encode_png
from densexplain.render.overlay import fit_within, render_overlay
from densexplain.ui import plots, session
from densexplain.ui.explanation import familiarity, map_controls, panels
from densexplain.ui.study import study_radiograph
from densexplain.vocabulary import ColourMap, ColourScale, Finding
from densexplain.workspace.case import Case
from densexplain.workspace.study import Study

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


def read(study: Study, manifest: Manifest) -> StudyReading | None:
    """Explain the radiographs of a study as they are cropped, or say why there is no explanation yet."""
    place = st.empty()

    def wait(ahead: int) -> None:
        place.info(f"{ahead} explanations are ahead of yours.", icon=":material/hourglass:")

    def tell(done: int, of: int) -> None:
        if of > 1:
            place.progress(done / of, f"Explaining radiographs: {done} of {of}")

    reading = panels.when_ready(manifest, lambda: session.workspace().read_study(study, manifest, wait, tell))
    if reading is not None:
        place.empty()
    return reading


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
            f"{_ICONS[vote.finding]} **{vote.wording.headline(vote.finding).capitalize()}** {how} "
            f":small[mean {vote.wording.probability}] **{vote.mean_probability:.2f}** "
            f":small[:gray[threshold {vote.threshold:g}{withheld} · "
            f"{manifest.name} {manifest.version} · {manifest.weights_sha256[:8]}]]"
        )


def draw_projections(study: Study, reading: StudyReading | None, display: StudyDisplay | None, step: int = 2) -> None:
    """Draw all projections side by side, each radiograph over its map.

    Parameters
    ----------
    study, reading
        What is shown; without a reading the radiographs alone.
    display
        How the maps are shown.
    step
        What may be seen: 0 the radiographs, 1 the maps, 2 the labels.
    """
    explained = {} if reading is None else {one.number: one for one in reading.projections}
    level = step == 2 and any(familiarity.is_warned_of(one.explanation) for one in explained.values())
    large = step == 0 and len(study.cases) <= _A_ROW
    with st.container(key="study_projections_alone" if large else "study_projections"):
        for start in range(0, len(study.cases), _A_ROW):
            row = study.cases[start : start + _A_ROW]
            places = st.columns(max(len(row), 2) if len(study.cases) <= _A_ROW else _A_ROW, gap="small")
            for place, case in zip(places, row, strict=False):
                with place, st.container(key=f"study_projection_{case.number}"):
                    study_radiograph.draw(case)
                    if reading is not None and display is not None:
                        _draw_map(case, reading, explained[case.number], display, step, level)


def _draw_map(
    case: Case,
    reading: StudyReading,
    projection: ExplainedProjection,
    display: StudyDisplay,
    step: int,
    level: bool,
) -> None:
    explanation, number = projection.explanation, projection.number
    if step < 2:
        st.markdown("Prediction hidden until you ask for it")
    elif explanation.label_withheld:
        familiarity.draw_withheld(explanation)
        st.markdown(":small[:gray[without a vote in the study]]")
    else:
        # A line for each, so that the maps stay level.
        agrees = ":small[:gray[agrees with the study]]"
        apart = ":material/call_split: **Disagrees with the study**"
        st.markdown(
            f"{_ICONS[explanation.finding]} **{explanation.statement.capitalize()}** "
            f"**{explanation.probability:.2f}** :small[:gray[logit {explanation.logit:+.2f}]]  \n"
            f"{apart if reading.disagrees(projection) else agrees}"
        )
    if level:
        familiarity.draw_warning(explanation, f"familiarity_{number}", level=True)
    geometry, most_px = projection.geometry, study_radiograph.PICTURE_PX

    def render() -> tuple[bytes, int, int, str]:
        pixels = apply_geometry(projection.radiograph.pixels, geometry)
        height_px, width_px = fit_within(pixels.shape[0], pixels.shape[1], most_px, most_px)
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

    key = ("map", reading.manifest.weights_sha256, geometry, display)
    png, rows, columns, cells = case.pictures.remember(key, render)
    figure = plots.picture(png, rows, columns, f"{projection.radiograph.sha256}{geometry}", "pan")
    st.plotly_chart(
        figure,
        key=f"study_map_{number}",
        height="stretch",
        theme=None,
        config=plots.VIEWER_CONFIG,
        alt=f"Class activation map over file {number}, {cells}",
    )
