"""Compare: one radiograph, several model sets and versions of the input, side by side."""

import streamlit as st

from densexplain.ui import opening
from densexplain.ui.comparison import comparison
from densexplain.ui.comparison import downloads as comparison_downloads
from densexplain.ui.comparison import matrix as comparison_matrix
from densexplain.ui.comparison import numbers as comparison_numbers
from densexplain.ui.explanation import maps
from densexplain.ui.page import page_setup

page_setup("Compare")
with st.sidebar:
    case = opening.open_case()
    if case is None:
        st.stop()
    manifests = comparison.choose_model_sets()
    versions = comparison.choose_versions(case)
if not comparison.may_be_seen(case) or not manifests or not versions:
    st.stop()

compared = comparison.explain(case, manifests, versions)
if compared is None:
    st.stop()
with st.container(key="compare_controls", horizontal=True, vertical_alignment="center", gap="small"):
    view = comparison_matrix.choose_view(compared)
    display = maps.choose_display(compared=True)
comparison_matrix.draw(case, compared, view, display)
comparison_numbers.draw(compared, display.ranking)
comparison_matrix.draw_stages(compared, display)

with st.sidebar:
    comparison_downloads.draw(case, compared, display)
    with st.expander("Radiograph", icon=":material/info:"):
        opening.draw_details(case)
