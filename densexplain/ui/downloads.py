"""What a reader can take away, as buttons; each file is made when it is asked for."""

from __future__ import annotations

from collections.abc import Iterable

import streamlit as st

from densexplain.provenance import NOTICE
from densexplain.workspace.exports import Export


def draw(exports: Iterable[Export]) -> None:
    """Draw a button for each file, and the notice."""
    for one in exports:
        st.download_button(
            one.label, one.make, one.name, one.kind, key=f"download_{one.name}", on_click="ignore", width="stretch"
        )
    st.caption(NOTICE)
