"""Downloads as buttons; each file is made on request."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from weakref import ref

import streamlit as st

from densexplain.provenance import NOTICE
from densexplain.ui import session
from densexplain.workspace.exports import Export
from densexplain.workspace.workspace import Workspace


def draw(exports: Iterable[Export]) -> None:
    """Draw a button for each file, and the notice."""
    for one in exports:
        st.download_button(
            one.label,
            on_request(one.name, one.make),
            one.name,
            one.kind,
            key=f"download_{one.name}",
            on_click="ignore",
            width="stretch",
        )
    st.caption(NOTICE)


def on_request(name: str, make: Callable[[], bytes]) -> Callable[[], bytes]:
    """Have a file made when its button is pressed.

    Streamlit holds what it is given here for longer than the page is open; it
    is given a name, and the workspace holds what is needed to make the file.
    """
    workspace = session.workspace()
    workspace.offered[name] = make
    return partial(_made, ref(workspace), name)


def _made(whose: ref[Workspace], name: str) -> bytes:
    workspace = whose()
    if workspace is None or name not in workspace.offered:
        raise LookupError("the case that this file is of has been released")
    return workspace.offered[name]()
