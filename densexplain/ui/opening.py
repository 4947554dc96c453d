"""Opening a radiograph, and what may be said about it."""

from __future__ import annotations

from typing import cast

import streamlit as st

from densexplain.errors import DensexplainError, SeveralFramesError
from densexplain.explain.cases.cases import PaperCase
from densexplain.explain.study.study_reading import projection_name
from densexplain.phantom.samples import SAMPLES
from densexplain.settings import settings
from densexplain.ui import cache, messages, session
from densexplain.vocabulary import Finding
from densexplain.workspace.case import Case
from densexplain.workspace.first_visit import first_case
from densexplain.workspace.workspace import Workspace


def open_case() -> Case | None:
    """Draw the ways to open a radiograph and return the one in front.

    A file that is refused leaves the case before it open. On a reader's first
    visit the first of the paper's cases is opened, or a synthetic sample where
    that case or its model set is not at hand.
    """
    workspace = session.workspace()
    if workspace.case is None and not _open_first():
        _open_sample(SAMPLES[0].key)
    st.file_uploader("Open a radiograph", key="upload", on_change=_open_upload, help=_how_kept())
    _choose_frame(workspace)
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
    if session.problem():
        st.error(session.problem(), icon=":material/block:")
    elif _some_were_refused(workspace):
        count = len(workspace.refused)
        files = "1 file of the upload was" if count == 1 else f"{count} files of the upload were"
        st.warning(f"{files} not read; the page Study says why.", icon=":material/warning:")
    _choose_front(workspace)
    return workspace.case


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
    workspace = session.workspace()
    workspace.open_radiograph(radiograph, f"Evaluated radiograph {sha256[:8]}", label=label)
    workspace.model_set = model_set
    session.tell_problem(None)
    return None


def open_paper_case(paper_case: PaperCase) -> str | None:
    """Open one of the paper's cases as it has it, to be explained by its model set.

    Parameters
    ----------
    paper_case
        Its model set must be usable.

    Returns
    -------
    str or None
        A sentence on why it was not opened; the case before it then stays open.
    """
    try:
        session.workspace().open_paper_case(settings().cases, paper_case)
    except DensexplainError as error:
        return messages.sentence(error)
    return None


def draw_details(case: Case) -> None:
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
    first = first_case(cache.usable_model_sets())
    return first is not None and open_paper_case(first) is None


def _how_kept() -> str:
    limit = settings().maximum_file_bytes // 2**20
    return (
        f"DICOM, PNG or JPEG, at most {limit} MB, or a zip of them. It is for this tab alone, {session.how_long_kept()}"
    )


def _open_upload(frame_number: int | None = None) -> None:
    upload = st.session_state.get("upload")
    if upload is None:
        return
    workspace = session.workspace()
    before = "" if workspace.case is None else "The radiograph"
    try:
        opened = workspace.open_files([(upload.name, upload.getvalue())], frame_number=frame_number)
    except DensexplainError as error:
        session.tell_problem(messages.sentence(error))
        return
    session.tell_problem(None if opened else messages.nothing_opened(workspace.refused, before))


def _choose_frame(workspace: Workspace) -> None:
    """Where the file of the uploader has several images, draw the choice of the one that is opened."""
    if st.session_state.get("upload") is None:
        return
    refused = any(one.error is SeveralFramesError for one in workspace.refused)
    number = None if workspace.case is None else workspace.case.frame_number
    if not refused and number is None:
        return
    st.session_state.setdefault("frame_number", number)
    st.number_input(
        "Image of the file, from 1",
        min_value=1,
        value=None,
        step=1,
        placeholder="Number of an image",
        key="frame_number",
        on_change=_open_frame,
    )


def _open_frame() -> None:
    if st.session_state["frame_number"] is not None:
        _open_upload(int(st.session_state["frame_number"]))


def _choose_sample() -> None:
    key = st.session_state.get("sample")
    if key is not None:
        _open_sample(cast(str, key))
        session.tell_problem(None)


def _open_sample(key: str) -> None:
    sample = next(sample for sample in SAMPLES if sample.key == key)
    file = settings().assets / sample.file_name
    session.workspace().open_sample(file, sample.title)


def _some_were_refused(workspace: Workspace) -> bool:
    """Whether files were refused beside those that are open, and not of a later upload that opened nothing."""
    opened = {case.number for study in workspace.studies for case in study.cases}
    return bool(workspace.refused) and opened.isdisjoint(one.number for one in workspace.refused)


def _choose_front(workspace: Workspace) -> None:
    """Where a study of several is open, draw the choice of the radiograph that is looked at."""
    study = workspace.study
    if study is None or len(study.cases) < 2:
        return
    names = {case.number: f"File {case.number} {projection_name(case.radiograph)}".strip() for case in study.cases}
    st.session_state["front"] = study.front.number
    st.selectbox(
        f"Radiograph of the study, {len(names)} in all",
        list(names),
        format_func=names.__getitem__,
        key="front",
        on_change=_bring_to_front,
    )


def _bring_to_front() -> None:
    study = session.workspace().study
    if study is not None:
        study.bring_to_front(st.session_state["front"])
