"""Audit: what a prediction rests on, region by region, and whether it holds without them."""

import streamlit as st

from densexplain.ui import opening
from densexplain.ui.audit import auditing
from densexplain.ui.audit import downloads as audit_downloads
from densexplain.ui.audit import editor as audit_editor
from densexplain.ui.audit import view as audit_view
from densexplain.ui.comparison import comparison
from densexplain.ui.explanation import panels
from densexplain.ui.page import page_setup

page_setup("Audit")
with st.sidebar:
    case = opening.open_case()
    manifest = panels.choose_model_set()
if case is None or manifest is None or not comparison.may_be_seen(case):
    st.stop()

left, right = st.columns(2, gap="small")
with left:
    edited = audit_editor.draw(case)
with right:
    followed = auditing.follow(case, manifest, edited.regions)
    if followed is not None and followed.audit is not None:
        audit_view.draw(case, followed.audit, manifest, current=followed.current)

with st.sidebar:
    audit_editor.draw_file(edited)
    audit_downloads.draw(case, manifest, followed)
    with st.expander("Radiograph", icon=":material/info:"):
        opening.draw_details(case)
