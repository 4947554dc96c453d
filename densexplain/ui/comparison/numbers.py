"""Differences between the cells of a comparison, as numbers."""

from __future__ import annotations

from html import escape

import streamlit as st

from densexplain.explain.comparison.comparison import Comparison, Difference, differences
from densexplain.render.comparison.text import agreement_texts, logit_change_text, name_text, shared_channel_texts
from densexplain.vocabulary import Ranking

_HEADS = (
    "B",
    "A",
    "logit, B minus A",
    "rank correlation",
    "overlap",
)
_HOW_TO_READ = (
    "Rank correlation is Spearman's, of the evidence cell by cell. Overlap is the intersection over union of the "
    "warmest tenth of either map. Both where both networks looked. The channels that stayed are among the first 16 of "
    "a stage in A and in B, where only the input changed; the channels of two model sets do not compare."
)


def draw(comparison: Comparison, ranking: Ranking) -> None:
    """Draw a table with one line for each cell and the cell it is compared with."""
    found = differences(comparison, ranking)
    if not found:
        st.caption("Choose a second model set or a second input to see what differs.")
        return
    with st.container(key="compared_numbers"):
        stages = [f"{stage.heading.lower()}: channels that stayed" for stage in comparison.stages]
        heads = "".join(f"<th>{escape(head)}</th>" for head in (*_HEADS, *stages))
        lines = "".join(_line(one, comparison) for one in found)
        st.html(f'<div class="map-measures"><table><thead><tr>{heads}</tr></thead><tbody>{lines}</tbody></table></div>')
        st.caption(_HOW_TO_READ)


def _line(difference: Difference, comparison: Comparison) -> str:
    values = (
        logit_change_text(difference),
        *agreement_texts(difference),
        *shared_channel_texts(difference, comparison.stages),
    )
    names = f'<th scope="row">{escape(name_text(difference.second))}</th><th>{escape(name_text(difference.first))}</th>'
    return f"<tr>{names}{''.join(f'<td>{escape(value)}</td>' for value in values)}</tr>"
