"""Model sets: purpose, performance, and the radiographs each was measured on."""

import streamlit as st

from densexplain.ui.model_sets import choice as model_sets
from densexplain.ui.model_sets import gallery, map_performance, model_facts, performance
from densexplain.ui.model_sets.evaluations import evaluated_model_sets
from densexplain.ui.page import page_setup

page_setup("Model sets")
evaluated = evaluated_model_sets()
chosen, view = model_sets.choose(evaluated)
if chosen is None:
    st.stop()

if view == model_sets.RADIOGRAPHS:
    gallery.draw(chosen.manifest, chosen.evaluation, evaluated)
else:
    left, right = st.columns([1, 2], gap="medium")
    with left:
        model_facts.draw(chosen.manifest, chosen.evaluation)
    with right:
        performance.draw(chosen.manifest, chosen.evaluation)
        map_performance.draw(chosen.manifest)
