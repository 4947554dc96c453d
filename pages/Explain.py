"""Explain: one radiograph, what a model set says of it, and what that rests on."""

import streamlit as st

from densexplain.ui import opening
from densexplain.ui.cases import case_note
from densexplain.ui.explanation import downloads, focus, maps, panels, probes_chart, viewer
from densexplain.ui.page import page_setup

page_setup("Explain")
with st.sidebar:
    case = opening.open_case()
    manifest = panels.choose_model_set()
    step = panels.choose_reading_order(None if case is None else case.reading)
    note = st.container()
if case is None or manifest is None:
    st.stop()

regions = focus.regions(case, step)
with st.container(key="upper"):
    left, right = st.columns(2, gap="small")
    with left:
        viewer.draw_radiograph(case)
    with right:
        explanation = panels.explain(case, manifest)
        if explanation is not None and step < 2:
            panels.draw_reading_steps(case.reading, "reader_opinion")
        if explanation is not None and step > 0:
            panels.draw_prediction(manifest, explanation, visible=step == 2)
            above = st.container()
            display = maps.choose_display(regions is not None)
            with above:
                maps.draw_map(case, manifest, explanation, display)

if explanation is not None and step > 0:
    with st.container(key="stages"):
        if display.focus and regions is not None:
            focus.draw(case, manifest, explanation, regions, display.ranking)
        else:
            maps.draw_stages(case, explanation, display)
    if step == 2:
        with st.container(key="probes"):
            probes_chart.draw(manifest, explanation)

with note:
    case_note.draw(case, manifest, explanation, visible=step == 2)
with st.sidebar:
    if explanation is not None and step == 2:
        downloads.draw(case, manifest, explanation, display)
    with st.expander("Radiograph", icon=":material/info:"):
        opening.draw_details(case)
