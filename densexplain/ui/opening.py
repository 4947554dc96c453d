"""Opening a radiograph, and what may be said about it."""

from __future__ import annotations

from typing import cast

import streamlit as st

from densexplain.errors import DensexplainError
from densexplain.explain.cases.cases import PaperCase, read_case, read_cases
from densexplain.phantom.samples import SAMPLES
from densexplain.radiograph.reading.reading import read_radiograph
from densexplain.settings import settings
from densexplain.ui import cache, messages, state
from densexplain.vocabulary import Finding


def open_case() -> state.Case | None:
    """Draw the ways to open a radiograph and return the open case.

    A file that is refused leaves the case before it open. On a session's first
    visit the first of the paper's cases is opened, or a synthetic sample where
    that case or its model set is not at hand.
    """
    if state.case() is None and not _open_first():
        _open_sample(SAMPLES[0].key)
    st.file_uploader(
        "Open a radiograph",
        key="upload",
        on_change=_open_upload,
        help="DICOM, PNG or JPEG, at most 64 MB. It stays in this session's memory and is written nowhere.",
    )
    titles = {sample.key: sample.title for sample in SAMPLES}
    st.selectbox(
        "Or a synthetic sample",
        list(titles),
        index=None,
        placeholder="Choose a sample",
        format_func=lambda key: titles[key],
        key="sample",
        on_change=_choose_sample,
    )
    if state.problem():
        st.error(state.problem(), icon=":material/block:")
    return state.case()


def open_evaluated(sha256: str, label: Finding, model_set: str) -> str | None:
    """Open a radiograph of the data folders, to be explained by a model set.

    Parameters
    ----------
    sha256
        Name of its file.
    label
        What the data set says of it; shown among the details only, so that it leads no reader.
    model_set
        Name of a usable one.

    Returns
    -------
    str or None
        A sentence on why it was not opened; the case before it then stays open.
    """
    try:
        radiograph = cache.library().read(sha256)
    except DensexplainError as error:
        return messages.sentence(error)
    state.open_case(radiograph, f"Evaluated radiograph {sha256[:8]}", label)
    state.reset_window()
    st.session_state["model_set"] = model_set
    return None


def open_paper_case(case: PaperCase) -> str | None:
    """Open one of the paper's cases, cropped as the paper's, to be explained by its model set.

    Parameters
    ----------
    case
        Its model set must be usable.

    Returns
    -------
    str or None
        A sentence on why it was not opened; the case before it then stays open.
    """
    try:
        radiograph, regions = read_case(settings().cases, case)
    except DensexplainError as error:
        return messages.sentence(error)
    state.open_case(radiograph, f"Phantom of Figure {case.figure}", regions=regions, paper_case=case)
    state.reset_window()
    st.session_state["model_set"] = case.model_set
    return None


def draw_details(case: state.Case) -> None:
    """Draw what a reader may know of the radiograph; nothing that identifies a patient."""
    radiograph, acquisition = case.radiograph, case.radiograph.acquisition
    spacing = acquisition.pixel_spacing_mm
    facts = {
        "Format": radiograph.format.value,
        "Size": f"{radiograph.rows} x {radiograph.columns} px, {acquisition.bits} bits",
        "Pixel spacing": None if spacing is None else f"{spacing[0]:g} x {spacing[1]:g} mm",
        "Modality": acquisition.modality,
        "Body part": acquisition.body_part,
        "Projection": acquisition.projection,
        "Laterality": acquisition.laterality,
        "Transfer syntax": acquisition.transfer_syntax,
        "Source sha256": radiograph.sha256[:16],
        "Label in the data set": case.label,
    }
    st.markdown("\n".join(f"- {name}: {value}" for name, value in facts.items() if value))
    for note in radiograph.notes:
        st.caption(note)


def _open_first() -> bool:
    try:
        first = next(iter(read_cases(settings().cases)), None)
    except DensexplainError:
        return False  # the page Cases says what is wrong
    return first is not None and first.model_set in cache.usable_model_sets() and open_paper_case(first) is None


def _open_upload() -> None:
    upload = st.session_state.get("upload")
    if upload is None:
        return
    try:
        radiograph = read_radiograph(upload.getvalue(), upload.name)
    except DensexplainError as error:
        state.tell_problem(messages.sentence(error))
        return
    state.open_case(radiograph, f"Uploaded {radiograph.format.value}")
    state.reset_window()


def _choose_sample() -> None:
    key = st.session_state.get("sample")
    if key is not None:
        _open_sample(cast(str, key))


def _open_sample(key: str) -> None:
    sample = next(sample for sample in SAMPLES if sample.key == key)
    file = settings().assets / sample.file_name
    state.open_case(read_radiograph(file.read_bytes(), file.name), sample.title)
    state.reset_window()
