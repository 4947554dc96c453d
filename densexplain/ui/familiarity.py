"""What a reader is told of a radiograph that is unlike those that the model set was trained on."""

from __future__ import annotations

import streamlit as st

from densexplain.explain.explanation import Explanation
from densexplain.explain.familiarity import Familiarity
from densexplain.vocabulary import FamiliarityVerdict

NOT_KNOWN = "**Familiarity not known**: it cannot tell a radiograph unlike those that it was trained on."
"""Of a model set to which nothing was fitted."""

_REASONS = "Common reasons: another body part or projection, upside down, inverted, an image frame, or no radiograph."


def draw_warning(explanation: Explanation) -> None:
    """Draw one line under the prediction for an unfamiliar radiograph; nothing for any other."""
    found = explanation.familiarity
    if found is not None and found.verdict is FamiliarityVerdict.UNFAMILIAR:
        with st.container(key="familiarity"):
            st.markdown(f":material/warning: {found.sentence}", help=f"{_distance(found)} {_REASONS}")


def draw_withheld(explanation: Explanation) -> None:
    """Draw, where the prediction would stand, why there is none for a foreign radiograph."""
    found = explanation.familiarity
    if found is not None:
        st.markdown(
            f":material/block: **{found.sentence}** :small[:gray[the maps remain]]",
            help=f"{_distance(found)} What the model set says of it rests on nothing that it has learnt. {_REASONS}",
        )


def _distance(found: Familiarity) -> str:
    return (
        f"Distance {found.distance:.0f} from the training radiographs; a reader is warned above "
        f"{found.warn_above:.0f}, and above {found.withhold_above:.0f} the label is withheld."
    )
