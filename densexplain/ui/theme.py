"""Colours of the chosen theme, for what is drawn outside Streamlit's own elements."""

from __future__ import annotations

import streamlit as st

_DARK = ((20, 22, 26), "#c9cdd4")
_LIGHT = ((242, 243, 244), "#3a3f47")


def paper() -> tuple[int, int, int]:
    """Background of the page, RGB 0 to 255."""
    return _theme()[0]


def ink() -> str:
    """Colour of small text."""
    return _theme()[1]


def _theme() -> tuple[tuple[int, int, int], str]:
    return _LIGHT if st.context.theme.type == "light" else _DARK
