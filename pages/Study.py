"""Study: the radiographs of one extremity side by side, and the label that they have together."""

import streamlit as st

from densexplain.ui import panels, study_downloads, study_explaining, study_upload, study_view
from densexplain.ui.page import page_setup

page_setup("Study")
study_view.go_where_asked()
with st.sidebar:
    study = study_upload.open_study()
    manifest = panels.choose_model_set()
if study is None:
    study_upload.draw_hint()
if study is None or manifest is None:
    st.stop()

study_upload.draw_warnings(study)
reading, display = study_explaining.explain(study, manifest), None
if reading is not None:
    study_view.draw_label(reading)
    display = study_view.choose_display(reading)
study_view.draw_projections(study, reading, display)

if reading is not None and display is not None:
    with st.sidebar:
        study_downloads.draw(reading, display)
