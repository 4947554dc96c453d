"""Warnings about a radiograph that is unlike those that the model set was trained on."""

from __future__ import annotations

import streamlit as st

from densexplain.explain.explanation import Explanation
from densexplain.explain.familiarity import Familiarity
from densexplain.vocabulary import FamiliarityVerdict

NOT_KNOWN = "**Familiarity unknown**: it cannot recognise radiographs unlike those it was trained on."
"""For a model set without a fitted training distribution."""

_REASONS = "Common reasons: another body part or projection, upside down, inverted, an image frame, or no radiograph."


def is_warned_of(explanation: Explanation) -> bool:
    """Whether a radiograph is unfamiliar, and yet not so foreign that its label is withheld."""
    found = explanation.familiarity
    unfamiliar = found is not None and found.verdict is FamiliarityVerdict.UNFAMILIAR
    return unfamiliar and not explanation.label_withheld


def draw_warning(explanation: Explanation, key: str = "familiarity", *, level: bool = False) -> None:
    """Draw one line under the prediction for an unfamiliar radiograph; nothing for any other.

    Parameters
    ----------
    explanation
        Explanation of the radiograph.
    key
        Begins with ``familiarity``; a page with several radiographs has one for each.
    level
        Leave the line empty for any other, where one beside it has a warning.
    """
    found = explanation.familiarity
    if found is not None and is_warned_of(explanation):
        with st.container(key=key):
            st.markdown(f":material/warning: {found.sentence}", help=f"{_distance(found)} {_REASONS}")
    elif level:
        with st.container(key=key):
            st.markdown("&nbsp;")  # nothing is drawn of an empty container


def draw_withheld(explanation: Explanation) -> None:
    """Draw, where the prediction would stand, why there is none: the radiograph is foreign, or none."""
    found = explanation.familiarity
    if explanation.other_kind is not None:
        help_text = "The header of the file says so. The model set has learnt radiographs alone."
    else:
        distance = "" if found is None else _distance(found)
        help_text = f"{distance} Its answer rests on nothing that it has learnt. {_REASONS}"
    st.markdown(f":material/block: **{explanation.warning}** :small[:gray[the maps remain]]", help=help_text)


def _distance(found: Familiarity) -> str:
    return (
        f"Distance {found.distance:.0f} from the training radiographs; a reader is warned above "
        f"{found.warn_above:.0f}, and above {found.withhold_above:.0f} the label is withheld."
    )
