"""The maps: the class activation map over the crop, and the feature maps of the five stages."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from densexplain.classifier.classifier import Stage
from densexplain.classifier.model_sets.manifest import Manifest
from densexplain.explain.explanation import Explanation, StageExplanation
from densexplain.radiograph.geometry import apply_geometry
from densexplain.render.encoding import encode_png
from densexplain.render.label import strength_text
from densexplain.render.montage import MontageStyle, render_montage
from densexplain.render.overlay import Overlay, fit_within, render_feature_overlay, render_overlay
from densexplain.ui import plots, session
from densexplain.ui.explanation import map_controls
from densexplain.ui.theme import ink, paper
from densexplain.vocabulary import ColourMap, ColourScale, Ranking
from densexplain.workspace.case import Case, Tile

_OVERLAY_PX = 900
_RANKINGS = {
    Ranking.MEAN: "mean activation (paper)",
    Ranking.MAXIMUM: "maximum activation",
    Ranking.CONTRIBUTION: "contribution to the logit (last stage)",
}
_GRID_COLOURS = {ColourMap.BWR: "bwr (paper)", ColourMap.CIVIDIS: "cividis (colour-blind safe)"}
_SCALES = {ColourScale.RELATIVE: "relative (paper)", ColourScale.ABSOLUTE: "absolute, in logits"}
COMPARED_SCALES = {
    ColourScale.ABSOLUTE: "one absolute scale for all maps, in logits",
    ColourScale.RELATIVE: "each map its own scale",
}
"""Where maps stand beside each other; the first is what a reader starts with."""


@dataclass(frozen=True)
class Display:
    """How the maps are shown; changing it needs no new forward pass."""

    opacity: float
    map_colours: ColourMap
    scale: ColourScale
    ranking: Ranking
    grid_colours: ColourMap
    focus: bool = False
    """Whether the curves of the stage focus stand in the place of the grids."""


def choose_display(regions_known: bool = False, *, compared: bool = False) -> Display:
    """Draw opacity, colours, scale and ranking in one place, and where regions are known the stage focus.

    The scale of maps that are `compared` is a choice of its own.
    """
    with st.container(key="display", horizontal=True, vertical_alignment="center", gap="small"):
        opacity = map_controls.choose_opacity(260 if compared else None)
        with map_controls.more():
            colours = map_controls.choose_colours()
            if compared:
                scale = map_controls.choose("Scale", COMPARED_SCALES, "compared_scale")
            else:
                scale = map_controls.choose("Scale", _SCALES, "scale")
            ranking = map_controls.choose("16 feature maps by", _RANKINGS, "ranking")
            grid_colours = map_controls.choose("Feature maps", _GRID_COLOURS, "grid_colours")
        focus = regions_known and st.toggle("Stage focus", key="stage_focus", persist_state="session")
    return Display(opacity, colours, scale, ranking, grid_colours, focus)


def draw_map(case: Case, manifest: Manifest, explanation: Explanation, display: Display) -> None:
    """Draw the class activation map, or the picked feature map, over the crop."""
    crop = apply_geometry(case.radiograph.pixels, case.geometry)
    picked = _picked_map(case.tile, explanation, display.ranking)
    height, width = fit_within(crop.shape[0], crop.shape[1], _OVERLAY_PX, _OVERLAY_PX)
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
        heading = "**Class activation map**"
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
        heading = f"**{picked.stage.heading}, channel {picked.channel}**, strength {picked.strength}"
    colours = display.map_colours if picked is None else display.grid_colours
    _draw_map_heading(heading, picked is not None, overlay, colours)
    revision = f"{case.radiograph.sha256}{case.geometry}"
    figure = plots.picture(encode_png(overlay.image), crop.shape[0], crop.shape[1], revision, "pan")
    st.plotly_chart(figure, key="map", height="stretch", theme=None, config=plots.VIEWER_CONFIG, alt=_in_words(overlay))


def draw_stages(case: Case, explanation: Explanation, display: Display) -> None:
    """Draw the five grids of feature maps in the order of the forward pass."""
    columns = st.columns(len(explanation.stages), gap="small")
    for number, (column, stage) in enumerate(zip(columns, explanation.stages, strict=True), start=1):
        with column:
            arrow = "" if number == 1 else "→ "
            size = f"{stage.rows} \N{MULTIPLICATION SIGN} {stage.columns} \N{MULTIPLICATION SIGN} {stage.channels}"
            st.markdown(f"{arrow}**{stage.stage.heading}** :small[:gray[{size}]]")
            _draw_grid(case.tile, stage, display)


def _draw_grid(picked: Tile | None, stage: StageExplanation, display: Display) -> None:
    ranked = stage.ranked(display.ranking)
    style = MontageStyle(tile_px=96, gap_px=4, font_px=22, written=False, background=paper())
    signed = bool(ranked.strengths.min() < 0)
    strengths = [strength_text(float(value), signed) for value in ranked.strengths]
    channels = [int(channel) for channel in ranked.channels]
    here = picked is not None and picked.stage == stage.stage.name and picked.channel in channels
    figure = plots.grid(
        encode_png(render_montage(ranked.maps, colour_map=display.grid_colours, style=style)),
        [f"channel {channel}<br>strength {value}" for channel, value in zip(channels, strengths, strict=True)],
        [f"{channel}  {value}" for channel, value in zip(channels, strengths, strict=True)],
        channels.index(picked.channel) if here and picked is not None else None,
        style,
        ink(),
    )
    st.plotly_chart(
        figure,
        key=_grid_key(stage.stage.name),
        height="stretch",
        theme=None,
        on_select=partial(_pick, stage.stage.name, tuple(channels)),
        selection_mode="points",
        config=plots.GRID_CONFIG,
        alt=f"{stage.stage.heading}: the 16 feature maps that come first. Click one to see it over the radiograph.",
    )


def _grid_key(stage: str) -> str:
    return f"grid_{stage}"


def _pick(stage: str, channels: tuple[int, ...]) -> None:
    # Given numbers only: Streamlit keeps the callback of every chart that a session has ever drawn,
    # and with it whatever the callback holds.
    points = st.session_state[_grid_key(stage)].selection.point_indices
    if points:
        _pick_tile(Tile(stage, channels[points[0]]))


def _pick_tile(tile: Tile | None) -> None:
    case = session.case()
    if case is not None:
        case.tile = tile


@dataclass(frozen=True)
class _PickedMap:
    stage: Stage
    channel: int
    strength: str
    values: NDArray[np.float32]


def _picked_map(picked: Tile | None, explanation: Explanation, ranking: Ranking) -> _PickedMap | None:
    if picked is None:
        return None
    own = next((one for one in explanation.stages if one.stage.name == picked.stage), None)
    if own is None:  # picked on a network of another family
        return None
    ranked = own.ranked(ranking)
    found = np.flatnonzero(ranked.channels == picked.channel)
    if not len(found):
        return None
    place = int(found[0])
    return _PickedMap(own.stage, picked.channel, strength_text(float(ranked.strengths[place])), ranked.maps[place])


def _draw_map_heading(heading: str, feature: bool, overlay: Overlay, colours: ColourMap) -> None:
    with st.container(key="map_heading", horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(heading, width="content")
        if feature:
            st.button("Back to map", key="back_to_map", shortcut="B", on_click=_pick_tile, args=(None,))
        map_controls.draw_colour_bar(colours, f"{overlay.range_text} \N{MIDDLE DOT} {overlay.cells_text}")


def _in_words(overlay: Overlay) -> str:
    return f"Map over the radiograph, {overlay.range_text}, {overlay.cells_text}"
