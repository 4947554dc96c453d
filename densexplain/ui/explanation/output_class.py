"""Which class of a network is explained, where it has several."""

from __future__ import annotations

import streamlit as st

from densexplain.classifier.model_sets.manifest import Manifest
from densexplain.explain.explanation import Explanation


def choose_class(manifest: Manifest, explanation: Explanation) -> Explanation:
    """Draw the choice of a class and give its explanation, from the same pass; of one class nothing is drawn.

    Until a reader chooses, it is the most probable class that is not normal.
    """
    names = [one.name for one in manifest.full_head.classes]
    if len(names) < 2:
        return explanation
    chosen = st.selectbox(
        "Class",
        names,
        index=names.index(explanation.output_class),
        key=f"output_class_{manifest.name}",
        help="Map, probability and contributions are those of this class.",
    )
    return explanation.of_class(chosen)
