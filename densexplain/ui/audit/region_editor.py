"""The region editor: outlines over the radiograph that a reader drags, draws, names and deletes.

A component of this package: Plotly reports boxes that are drawn to Streamlit, but
not shapes that are dragged. It is one script without dependencies, and reports to
the page only at the end of a gesture.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

from densexplain.radiograph.geometry import View
from densexplain.radiograph.regions.edited_regions import EditedRegions
from densexplain.render.audit.pictures import REGION_COLOURS
from densexplain.vocabulary import Region

KINDS: dict[Region | None, tuple[str, str]] = {
    Region.ABNORMALITY: ("abnormality", "marked region"),
    Region.TEXT_LEGEND: ("text legend", "text legend"),
    Region.IMAGE_FRAME: ("image frame", "image frame"),
    Region.HARDWARE: ("hardware", "hardware"),
    Region.SOFT_TISSUE: ("exposed anatomy", "exposed anatomy"),
    Region.BONE: ("bone", "bone"),
    None: ("other", "other region"),
}
"""Kinds that a reader can give, what they are called in a list, and what a region of the kind is called at first."""

KEY = "region_editor"
_HERE = Path(__file__).parent
_SCRIPT = ("place", "drawing", "changes", "editor")


def draw(
    case_key: str,
    view: View,
    png: bytes,
    edited: EditedRegions,
    *,
    crop: Sequence[tuple[float, float]] | None = None,
    on_edit: Callable[[], None],
    on_undo: Callable[[], None],
    on_find_again: Callable[[], None],
) -> None:
    """Draw the editor.

    Parameters
    ----------
    case_key
        Changes with the radiograph; comes back with every message.
    view
        The whole radiograph as displayed.
    png
        The same, encoded, of any resolution.
    edited
        The regions.
    crop
        Corners of what is explained, on the displayed image; None for the whole.
    on_edit, on_undo, on_find_again
        Called before the page runs; `sent` returns the message.
    """
    _component()(
        key=KEY,
        data=editor_data(case_key, view, png, edited, crop),
        on_edit_change=on_edit,
        on_undo_change=on_undo,
        on_find_again_change=on_find_again,
    )


def sent(event: str) -> Any:
    """Message of the editor that is being handled: of "edit", "undo" or "find_again"; None if there is none."""
    state = st.session_state.get(KEY)
    return None if state is None else state.get(event)


def editor_data(
    case_key: str,
    view: View,
    png: bytes,
    edited: EditedRegions,
    crop: Sequence[tuple[float, float]] | None = None,
) -> dict[str, Any]:
    """All data that the editor receives, as plain values; parameters as for `draw`."""
    rows, columns = view.pixels.shape
    return {
        "case": case_key,
        "image": "data:image/png;base64," + base64.b64encode(png).decode(),
        "displayed": {"rows": rows, "columns": columns},
        "radiograph": {"rows": view.rows, "columns": view.columns},
        "matrix": view.matrix(),
        "kinds": [
            {"value": kind, "label": label, "name": name, "colour": "#{:02x}{:02x}{:02x}".format(*REGION_COLOURS[kind])}
            for kind, (label, name) in KINDS.items()
        ],
        "crop": crop,
        "regions": [
            {"number": number, "name": region.name, "kind": region.kind, "polygons": region.outlines}
            for number, region in edited.entries
        ],
        "revision": edited.revision,
        "sequence": edited.sequence,
        "can_undo": edited.edited,
    }


@cache
def _component() -> Callable[..., Any]:
    html, css = ((_HERE / f"region_editor.{kind}").read_text(encoding="utf-8") for kind in ("html", "css"))
    return st.components.v2.component("densexplain_region_editor", html=html, css=css, js=script())


def script() -> str:
    """The module that the browser runs: each file's class extends that of the file before it."""
    return "\n".join((_HERE / f"region_{part}.js").read_text(encoding="utf-8") for part in _SCRIPT)
