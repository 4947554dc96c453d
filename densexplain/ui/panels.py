"""What the network makes of the radiograph: prediction, map, feature maps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar, cast

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from densexplain.errors import DensexplainError
from densexplain.explain.explanation import Explanation, StageExplanation
from densexplain.network.manifest import Manifest
from densexplain.radiograph.geometry import apply_geometry
from densexplain.render.encoding import encode_png
from densexplain.render.label import strength_text
from densexplain.render.montage import MontageStyle, render_montage
from densexplain.render.overlay import Overlay, fit_within, render_feature_overlay, render_overlay
from densexplain.ui import cache, messages, plots, state
from densexplain.ui.theme import ink, paper
from densexplain.vocabulary import ColourMap, ColourScale, Finding, Ranking, Stage

if TYPE_CHECKING:
    from densexplain.explain.queue import ExplanationQueue

_OVERLAY_PX = 900
_Choice = TypeVar("_Choice")
_RANKINGS = {
    Ranking.MEAN: "mean activation (paper)",
    Ranking.MAXIMUM: "maximum activation",
    Ranking.CONTRIBUTION: "contribution to the logit (block 4)",
}
_MAP_COLOURS = {ColourMap.JET: "jet (paper)", ColourMap.CIVIDIS: "cividis (colour-blind safe)"}
_GRID_COLOURS = {ColourMap.BWR: "bwr (paper)", ColourMap.CIVIDIS: "cividis (colour-blind safe)"}
_SCALES = {ColourScale.RELATIVE: "relative (paper)", ColourScale.ABSOLUTE: "absolute, in logits"}


@dataclass(frozen=True)
class Display:
    """How the maps are shown; changing it asks the network nothing."""

    opacity: float
    map_colours: ColourMap
    scale: ColourScale
    ranking: Ranking
    grid_colours: ColourMap


def choose_model_set() -> Manifest | None:
    """Draw the chooser of model sets and say what the chosen one is meant for."""
    installed = cache.model_sets()
    usable = {entry.name: entry.manifest for entry in installed if entry.manifest is not None and entry.problem is None}
    for entry in installed:
        if entry.problem is not None:
            st.warning(f"Model set {entry.name} is not used. {entry.problem}", icon=":material/warning:")
    if not usable:
        st.error("No model set is installed; see README.md on how to add one.", icon=":material/block:")
        return None
    name = st.selectbox(
        "Model set",
        list(usable),
        format_func=lambda key: f"{usable[key].title} ({usable[key].version})",
        key="model_set",
        persist_state="session",
    )
    manifest = usable[name]
    st.caption(f"**For** {manifest.purpose}  \n**Not for** {manifest.not_for}")
    return manifest


def choose_reading_order() -> int:
    """Draw the switch for a blinded reading; return what may be seen: 0 image, 1 map, 2 label."""
    blinded = st.toggle(
        "Image, then map, then label",
        key="blinded",
        persist_state="session",
        help="Readers who see the label first are led by it: look, decide, then compare.",
    )
    return state.step() if blinded else 2


def draw_reading_steps(step: int) -> None:
    """In a blinded reading, ask for the reader's own opinion before the machine's."""
    st.segmented_control(
        "Your own reading", ["normal", "abnormal", "unsure"], key="reader_opinion", persist_state="session"
    )
    label = ("Show the maps", "Show the label")[step]
    st.button(
        label,
        key="next_step",
        type="primary",
        shortcut="N",
        on_click=state.show_step,
        args=(step + 1,),
        disabled=st.session_state.get("reader_opinion") is None,
    )


def choose_display() -> Display:
    """Draw opacity, colours, scale and ranking in one place."""
    with st.container(key="display", horizontal=True, vertical_alignment="center", gap="small"):
        opacity = st.slider(
            "Opacity",
            0.0,
            1.0,
            0.45,
            0.05,
            key="opacity",
            persist_state="session",
            format="Opacity %.2f",
            label_visibility="collapsed",
        )
        with st.popover("Display", icon=":material/palette:"):
            colours = _choose("Class activation map", _MAP_COLOURS, "map_colours")
            scale = _choose("Scale", _SCALES, "scale")
            ranking = _choose("16 feature maps by", _RANKINGS, "ranking")
            grid_colours = _choose("Feature maps", _GRID_COLOURS, "grid_colours")
    return Display(opacity, colours, scale, ranking, grid_colours)


def _choose(label: str, options: dict[_Choice, str], key: str) -> _Choice:
    chosen = st.radio(
        label, list(options), format_func=lambda option: options[option], key=key, persist_state="session"
    )
    return cast(_Choice, chosen)


def explain(manifest: Manifest) -> Explanation | None:
    """Explain the open case, or say why there is no explanation yet."""
    loading = cache.loading(manifest)
    if loading.ready is None:
        if loading.error is not None:
            st.error(messages.sentence(loading.error), icon=":material/block:")
        else:
            _wait_for(manifest)
        return None
    try:
        return _explain(manifest, loading.ready)
    except DensexplainError as error:
        st.error(messages.sentence(error), icon=":material/hourglass:")
        return None


def _explain(manifest: Manifest, queue: ExplanationQueue) -> Explanation:
    place = st.empty()

    def tell(ahead: int) -> None:
        place.info(f"{ahead} explanations are ahead of yours.", icon=":material/hourglass:")

    explanation = cache.explain(manifest, queue, tell)
    place.empty()
    return explanation


@st.fragment(run_every=0.5)
def _wait_for(manifest: Manifest) -> None:
    loading = cache.loading(manifest)
    if loading.ready is not None or loading.error is not None:
        st.rerun()
    st.info(
        f"Loading model set {manifest.title}: checking and building the network, {loading.seconds:.0f} s",
        icon=":material/hourglass_top:",
    )


def draw_prediction(manifest: Manifest, explanation: Explanation, visible: bool) -> None:
    """Draw finding, probability and logit, with what they came from."""
    with st.container(key="prediction", horizontal=True, vertical_alignment="center", gap="small"):
        if not visible:
            st.markdown("Prediction hidden until you ask for it")
            return
        icon = ":material/circle:" if explanation.finding is Finding.NORMAL else ":material/change_history:"
        finding = explanation.finding.value.capitalize()
        st.markdown(
            f"#### {icon} {finding} &nbsp; {explanation.probability:.2f}", help="Probability of an abnormal finding"
        )
        st.markdown(
            f":gray[threshold {explanation.threshold:g} · logit {explanation.logit:+.2f} · "
            f"{manifest.title} {manifest.version} · {manifest.weights_sha256[:8]}]"
        )


def draw_map(case: state.Case, manifest: Manifest, explanation: Explanation, display: Display) -> None:
    """Draw the class activation map, or the picked feature map, over the crop."""
    crop = apply_geometry(case.radiograph.pixels, state.geometry())
    picked = _picked_map(explanation, display.ranking)
    height, width = fit_within(*crop.shape, _OVERLAY_PX, _OVERLAY_PX)
    if picked is None:
        overlay = render_overlay(
            crop,
            explanation.activation_map,
            colour_map=display.map_colours,
            scale=display.scale,
            opacity=display.opacity,
            limit_logits=manifest.activation_map_limit_logits,
            resize=manifest.specification.resize,
            height_px=height,
            width_px=width,
        )
        heading = "**Class activation map** over the crop"
    else:
        overlay = render_feature_overlay(
            crop,
            picked.values,
            colour_map=display.grid_colours,
            opacity=display.opacity,
            resize=manifest.specification.resize,
            height_px=height,
            width_px=width,
        )
        heading = f"**{picked.stage.title}, channel {picked.channel}** strength {picked.strength}"
    _draw_map_heading(heading, picked is not None)
    _draw_colour_bar(overlay, display.map_colours if picked is None else display.grid_colours)
    revision = f"{case.radiograph.sha256}{state.geometry()}"
    figure = plots.picture(encode_png(overlay.image), *crop.shape, revision, "pan")
    st.plotly_chart(figure, key="map", height="stretch", theme=None, config=plots.VIEWER_CONFIG, alt=_in_words(overlay))


def draw_stages(explanation: Explanation, display: Display) -> None:
    """Draw the five grids of feature maps in the order of the forward pass."""
    for number, (column, stage) in enumerate(zip(st.columns(5, gap="small"), explanation.stages, strict=True), start=1):
        with column:
            arrow = "" if number == 1 else "→ "
            size = f"{stage.rows} × {stage.columns} × {stage.channels}"
            st.markdown(f"{arrow}**{stage.stage.title}** :small[:gray[{size}]]")
            _draw_grid(stage, display)


def _draw_grid(stage: StageExplanation, display: Display) -> None:
    ranked = stage.ranked(display.ranking)
    style = MontageStyle(tile_px=96, gap_px=4, font_px=22, written=False, background=paper())
    signed = bool(ranked.strengths.min() < 0)
    strengths = [strength_text(float(value), signed) for value in ranked.strengths]
    channels = [int(channel) for channel in ranked.channels]
    picked = state.picked_tile()
    here = picked is not None and picked.stage is stage.stage and picked.channel in channels
    figure = plots.grid(
        encode_png(render_montage(ranked.maps, colour_map=display.grid_colours, style=style)),
        [f"channel {channel}<br>strength {value}" for channel, value in zip(channels, strengths, strict=True)],
        [f"{channel}  {value}" for channel, value in zip(channels, strengths, strict=True)],
        channels.index(picked.channel) if here and picked is not None else None,
        style,
        ink(),
    )
    key = f"grid_{stage.stage.value}"

    def pick() -> None:
        points = st.session_state[key].selection.point_indices
        if points:
            state.pick_tile(state.Tile(stage.stage, channels[points[0]]))

    st.plotly_chart(
        figure,
        key=key,
        height="stretch",
        theme=None,
        on_select=pick,
        selection_mode="points",
        config=plots.GRID_CONFIG,
        alt=f"{stage.stage.title}: the 16 feature maps that come first. Click one to see it over the radiograph.",
    )


@dataclass(frozen=True)
class _PickedMap:
    stage: Stage
    channel: int
    strength: str
    values: NDArray[np.float32]


def _picked_map(explanation: Explanation, ranking: Ranking) -> _PickedMap | None:
    picked = state.picked_tile()
    if picked is None:
        return None
    ranked = explanation.stage(picked.stage).ranked(ranking)
    found = np.flatnonzero(ranked.channels == picked.channel)
    if not len(found):
        return None
    place = int(found[0])
    return _PickedMap(picked.stage, picked.channel, strength_text(float(ranked.strengths[place])), ranked.maps[place])


def _draw_map_heading(heading: str, feature: bool) -> None:
    with st.container(key="map_heading", horizontal=True, vertical_alignment="center"):
        st.markdown(heading)
        if feature:
            st.button(
                "Class activation map",
                key="back_to_map",
                icon=":material/arrow_back:",
                on_click=state.pick_tile,
                args=(None,),
            )


def _draw_colour_bar(overlay: Overlay, colours: ColourMap) -> None:
    stops = ", ".join(plots.colour_stops(colours))
    st.html(
        f'<div class="colour-bar"><span style="background:linear-gradient(to right,{stops})"></span>'
        f"<small>{overlay.range_text} · {overlay.cells_text}</small></div>"
    )


def _in_words(overlay: Overlay) -> str:
    return f"Map over the radiograph, {overlay.range_text}, {overlay.cells_text}"
