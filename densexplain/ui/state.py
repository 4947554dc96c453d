"""What a session knows about its case; kept in the session alone and across pages.

Nothing here goes into a process-wide cache or into the URL: a case belongs to
one reader.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, TypeVar, cast

import streamlit as st

from densexplain.errors import ShapeError
from densexplain.explain.cases.cases import PaperCase
from densexplain.radiograph.crop import Geometry
from densexplain.radiograph.radiograph import Radiograph
from densexplain.radiograph.regions.drawn_regions import DrawnBox
from densexplain.radiograph.regions.image_frame import FrameSuggestion, find_image_frame
from densexplain.radiograph.regions.regions import RegionMasks
from densexplain.radiograph.window import Window
from densexplain.vocabulary import Finding

_CASE, _GEOMETRY, _HISTORY, _TILE, _PROBLEM, _STEP, _MEMO, _BOXES, _KEPT, _CLOSED = (
    f"densexplain.{name}"
    for name in ("case", "geometry", "history", "tile", "problem", "step", "memo", "boxes", "kept", "closed")
)
WINDOW_KEYS, WHOLE_RANGE = ("window_level", "window_width"), (0.5, 1.0)
"""Where level and width of the open case are kept, and what they are when all is shown."""

_MOST_REMEMBERED = 12  # an explanation is 2 MB
_Value = TypeVar("_Value")


@dataclass(frozen=True)
class Case:
    """One radiograph as a reader opened it.

    Parameters
    ----------
    radiograph
        What was read.
    title
        What to call it on screen; never the file's name, which may name a patient.
    suggestion
        The exposed field inside an image frame, where one was found.
    label
        What the data set says of it, for an evaluated radiograph.
    regions
        What each of its pixels belongs to, where that is known: of a phantom.
    paper_case
        The case of the paper that it stands for.
    """

    radiograph: Radiograph
    title: str
    suggestion: FrameSuggestion | None
    label: Finding | None = None
    regions: RegionMasks | None = None
    paper_case: PaperCase | None = None


@dataclass(frozen=True)
class Tile:
    """A feature map that the reader picked."""

    stage: str
    channel: int


def case() -> Case | None:
    """The open case, None before the first."""
    return cast("Case | None", st.session_state.get(_CASE))


def open_case(
    radiograph: Radiograph,
    title: str,
    label: Finding | None = None,
    *,
    regions: RegionMasks | None = None,
    paper_case: PaperCase | None = None,
) -> None:
    """Show another radiograph, whole and unturned, or as the paper's case has it.

    Raises
    ------
    ShapeError
        If the regions are of another size.
    """
    if regions is not None and regions.shape != radiograph.pixels.shape:
        raise ShapeError(f"`regions` must be of {radiograph.pixels.shape}; received {regions.shape}")
    suggestion = find_image_frame(radiograph.pixels)
    st.session_state[_CASE] = Case(radiograph, title, suggestion, label, regions, paper_case)
    st.session_state[_BOXES] = ()
    st.session_state[_GEOMETRY] = Geometry() if paper_case is None else paper_case.geometry
    st.session_state[_HISTORY] = ()
    st.session_state[_MEMO] = {}
    closed().set()
    st.session_state[_KEPT], st.session_state[_CLOSED] = {}, threading.Event()
    st.session_state["reader_opinion"] = None
    pick_tile(None)
    show_step(0)
    tell_problem(None)


def geometry() -> Geometry:
    """Crop, rotation, flip and inversion of the open case."""
    return cast(Geometry, st.session_state.get(_GEOMETRY, Geometry()))


def change_geometry(changed: Geometry) -> None:
    """Apply a geometry; this can be undone."""
    if changed != geometry():
        st.session_state[_HISTORY] = (*st.session_state.get(_HISTORY, ()), geometry())
        st.session_state[_GEOMETRY] = changed


def can_undo() -> bool:
    """Whether there is an earlier geometry."""
    return bool(st.session_state.get(_HISTORY))


def undo() -> None:
    """Go back to the geometry before the last change."""
    if can_undo():
        *earlier, last = st.session_state[_HISTORY]
        st.session_state[_HISTORY], st.session_state[_GEOMETRY] = tuple(earlier), last


def apply_suggestion() -> None:
    """Crop to the exposed field that was found and straighten it."""
    opened = case()
    if opened is not None and opened.suggestion is not None:
        found = opened.suggestion
        change_geometry(replace(geometry(), crop=found.crop, rotate_degrees=found.rotate_degrees))


def drawn_boxes() -> tuple[DrawnBox, ...]:
    """Regions that the reader has drawn on the open case."""
    return cast("tuple[DrawnBox, ...]", st.session_state.get(_BOXES, ()))


def draw_box(box: DrawnBox) -> None:
    """Keep one more region."""
    st.session_state[_BOXES] = (*drawn_boxes(), box)


def forget_boxes() -> None:
    """Have no drawn regions any more."""
    st.session_state[_BOXES] = ()


def window(keys: tuple[str, str] = WINDOW_KEYS) -> Window | None:
    """The viewing window from its two sliders, level and width; None when they stand at the whole range."""
    level, width = (st.session_state.get(key, whole) for key, whole in zip(keys, WHOLE_RANGE, strict=True))
    return None if (level, width) == WHOLE_RANGE else Window(level, width)


def reset_window(keys: tuple[str, str] = WINDOW_KEYS) -> None:
    """Show a radiograph in its whole range."""
    st.session_state.update(zip(keys, WHOLE_RANGE, strict=True))


def picked_tile() -> Tile | None:
    """The feature map shown over the radiograph, None for the class activation map."""
    return cast("Tile | None", st.session_state.get(_TILE))


def pick_tile(tile: Tile | None) -> None:
    """Show a feature map, or the class activation map again."""
    st.session_state[_TILE] = tile


def step() -> int:
    """How far a blinded reading has come: 0 image, 1 map, 2 label."""
    return cast(int, st.session_state.get(_STEP, 0))


def show_step(reached: int) -> None:
    """Go on (or back) in a blinded reading."""
    st.session_state[_STEP] = reached


def problem() -> str | None:
    """The sentence on what was refused last."""
    return cast("str | None", st.session_state.get(_PROBLEM))


def tell_problem(sentence: str | None) -> None:
    """Keep a sentence until something else succeeds."""
    st.session_state[_PROBLEM] = sentence


def kept(key: str) -> Any:
    """What a page has kept with the open case, None before that; never dropped while the case is open."""
    return st.session_state.get(_KEPT, {}).get(key)


def keep(key: str, value: Any) -> None:
    """Keep something with the open case; it is forgotten when another is opened."""
    st.session_state.setdefault(_KEPT, {})[key] = value


def closed() -> threading.Event:
    """Set as soon as another case is opened: what runs in the background for this one has to end."""
    return cast(threading.Event, st.session_state.setdefault(_CLOSED, threading.Event()))


def remember(key: tuple[Any, ...], make: Callable[[], _Value], most: int = 0) -> _Value:
    """Keep what was computed for this session's case; the oldest goes first.

    Room for `most` more is made for a page that looks at as many together.
    """
    memo = st.session_state.setdefault(_MEMO, {})
    if key not in memo:
        value = make()
        while len(memo) >= _MOST_REMEMBERED + most:
            memo.pop(next(iter(memo)))
        memo[key] = value
    return cast(_Value, memo[key])
