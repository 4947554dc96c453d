"""Start page: where to begin, and which model sets are installed."""

import streamlit as st

from densexplain.ui import cache
from densexplain.ui.page import first_visit, page_setup

page_setup("Start")
if first_visit():
    st.switch_page("pages/Explain.py")

st.header("Explain a radiograph classifier")
st.markdown(
    "A network says normal or abnormal. Before you trust it, see what it relied on: the 16 most activated feature maps "
    "of five stages, and the class activation map laid over the radiograph."
)
st.page_link("pages/Explain.py", label="Open a radiograph", icon=":material/arrow_forward:")
st.page_link("pages/Cases.py", label="Or see the cases that the paper discusses", icon=":material/arrow_forward:")
st.markdown(
    "1. **Drop a radiograph** in (DICOM, PNG, JPEG), or take a synthetic sample.\n"
    "2. **Crop off its image frame** by dragging a box, or with one click where a frame was found.\n"
    "3. **Follow the evidence** from the initial convolution to dense block 4 and the map. "
    "Does it rest on the anatomy, or on a text legend, an image frame or a plate?"
)

st.subheader("Installed model sets")
st.page_link(
    "pages/Model_sets.py",
    label="Performance of each, and the radiographs it was measured on",
    icon=":material/arrow_forward:",
)
for entry in cache.model_sets():
    with st.container(border=True):
        if entry.manifest is None or entry.problem is not None:
            st.markdown(f"**{entry.name}** cannot be used. {entry.problem}")
            continue
        manifest = entry.manifest
        st.markdown(f"**{manifest.title}** :gray[version {manifest.version}, weights {manifest.weights_sha256[:8]}]")
        st.markdown(f"**For** {manifest.purpose}  \n**Not for** {manifest.not_for}")
