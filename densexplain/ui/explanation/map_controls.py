"""How maps are shown on every page: opacity, colours, and what the colours mean.

The choices are kept under the same keys on every page, so that a reader makes each once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from html import escape
from typing import TypeVar, cast

import streamlit as st

from densexplain.ui import plots
from densexplain.vocabulary import ColourMap

_Choice = TypeVar("_Choice")
_MAP_COLOURS = {ColourMap.JET: "jet (paper)", ColourMap.CIVIDIS: "cividis (colour-blind safe)"}


def choose_opacity(width: int | None = None) -> float:
    """Draw the slider of the opacity, as wide as there is room or so many pixels: 0 is the radiograph, 1 the map."""
    return st.slider(
        "Opacity",
        0.0,
        1.0,
        0.45,
        0.05,
        key="opacity",
        persist_state="session",
        format="Opacity %.2f",
        label_visibility="collapsed",
        width="stretch" if width is None else width,
    )


@contextmanager
def more() -> Iterator[None]:
    """Place for choices that are rarely made."""
    with st.popover("Display", icon=":material/palette:"):
        yield


def choose_colours(label: str = "Class activation map") -> ColourMap:
    """Draw the choice of the colours of class activation maps."""
    return choose(label, _MAP_COLOURS, "map_colours")


def choose(label: str, options: Mapping[_Choice, str], key: str) -> _Choice:
    """Draw a choice, its first option taken at first.

    Parameters
    ----------
    label
        What is chosen.
    options
        Each with its name for a reader.
    key
        Under which the session keeps the choice.
    """
    st.session_state.setdefault(key, next(iter(options)))
    st.radio(label, list(options), format_func=options.__getitem__, key=key, persist_state="session")
    return cast("_Choice", st.session_state[key])


def draw_colour_bar(colours: ColourMap, said: str) -> None:
    """Draw the colours from the low end to the high end, and what the ends mean."""
    stops = ", ".join(plots.colour_stops(colours))
    st.html(
        f'<div class="colour-bar"><span style="background:linear-gradient(to right,{stops})"></span>'
        f"<small>{escape(said)}</small></div>"
    )
