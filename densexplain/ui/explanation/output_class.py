"""Which class of a network is explained, where it has several; the same on every page."""

from __future__ import annotations

import streamlit as st

from densexplain.classifier.model_sets.manifest import Manifest
from densexplain.ui import session

_MOST_PROBABLE = "most probable"


def choose_class(manifest: Manifest) -> None:
    """Draw the choice of a class of a model set; of one class nothing is drawn.

    Until a reader chooses, it is the most probable class that is not normal.
    """
    names = [one.name for one in manifest.full_head.classes]
    if len(names) < 2:
        return
    workspace, key = session.workspace(), _key(manifest)
    st.session_state[key] = workspace.output_class(manifest)
    st.selectbox(
        "Class" if workspace.model_set == manifest.name else f"Class of {manifest.title}",
        [None, *names],
        format_func=lambda name: _MOST_PROBABLE if name is None else name,
        key=key,
        on_change=_take_class,
        args=(manifest,),
        help="Map, probability and contributions are those of this class.",
    )


def _take_class(manifest: Manifest) -> None:
    session.workspace().choose_class(manifest, st.session_state[_key(manifest)])


def _key(manifest: Manifest) -> str:
    return f"output_class_{manifest.name}"
