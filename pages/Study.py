"""Study: the radiographs of one extremity side by side, and the label that they have together."""

import streamlit as st

from densexplain.ui.explanation import panels
from densexplain.ui.page import page_setup
from densexplain.ui.study import downloads as study_downloads
from densexplain.ui.study import study_radiograph
from densexplain.ui.study import upload as study_upload
from densexplain.ui.study import view as study_view

page_setup("Study")
study_radiograph.go_where_asked()
with st.sidebar:
    study = study_upload.open_study()
    manifest = panels.choose_model_set()
    step = panels.choose_reading_order(None if study is None else study.reading)
if study is None:
    study_upload.draw_hint()
if study is None or manifest is None:
    st.stop()

study_upload.draw_warnings(study)
reading, display = study_view.read(study, manifest), None
if reading is not None and step < 2:
    with st.container(key="study_reading", horizontal=True, vertical_alignment="bottom", gap="small"):
        panels.draw_reading_steps(study.reading, "study_opinion")
elif reading is not None:
    study_view.draw_label(reading)
if reading is not None and step > 0:
    display = study_view.choose_display(reading)
study_view.draw_projections(study, reading, display, step)

if reading is not None and display is not None and step == 2:
    with st.sidebar:
        study_downloads.draw(study, reading, display)
