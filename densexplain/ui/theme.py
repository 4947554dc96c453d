"""Colours of the chosen theme, for charts and pictures outside Streamlit's own elements."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

_DARK = ((20, 22, 26), "#c9cdd4")
_LIGHT = ((242, 243, 244), "#3a3f47")


@dataclass(frozen=True)
class ChartColours:
    """What a chart is drawn in; the one accent is for what is measured, greys for all else.

    Parameters
    ----------
    ink, quiet, rule
        Text; what is compared with; grid lines.
    accent
        What is measured.
    least, most
        Ends of the grey scale of a table's cells; `ink` is readable on both.
    """

    ink: str
    quiet: str
    rule: str
    accent: str
    least: str
    most: str


DARK_CHART = ChartColours("#dfe2e6", "#9aa1ab", "#2c3037", "#4fb8a8", "#1a1c21", "#474d57")
LIGHT_CHART = ChartColours("#1b1e23", "#5d646e", "#d3d6da", "#096860", "#ebedef", "#b9bec5")


def paper() -> tuple[int, int, int]:
    """Background of the page, RGB 0 to 255."""
    return _LIGHT[0] if _is_light() else _DARK[0]


def ink() -> str:
    """Colour of small text."""
    return _LIGHT[1] if _is_light() else _DARK[1]


def chart_colours() -> ChartColours:
    """Colours of the charts."""
    return LIGHT_CHART if _is_light() else DARK_CHART


def _is_light() -> bool:
    return bool(st.context.theme.type == "light")
