"""Opening a study: several files, a folder or a zip archive, and which of their studies is looked at."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from densexplain.errors import DensexplainError
from densexplain.explain.study.study_reading import mixed_sentence
from densexplain.phantom.samples import STUDY_FILE
from densexplain.settings import settings
from densexplain.ui import messages, session
from densexplain.workspace.study import Study

_HELP = (
    "DICOM, PNG or JPEG, at most {file} MB each, {files} files and {upload} MB unpacked in all. What is opened is for "
    "this tab alone, {kept}"
)
_SHOWN_REFUSED = 8
_PENDING = "densexplain.study.pending"


@dataclass(frozen=True)
class _PendingFiles:
    """Files that a reader has uploaded, or the sample's, and that are not read yet."""

    files: tuple[tuple[str, bytes], ...]
    synthetic: bool = False


def open_study() -> Study | None:
    """Draw the ways to open a study and return the chosen one; None before the first.

    Files that are refused are named with their reasons and leave the others, or
    the study before them, open.
    """
    limits = settings()
    known = _HELP.format(
        file=limits.maximum_file_bytes // 2**20,
        files=limits.maximum_upload_files,
        upload=limits.maximum_upload_bytes // 2**20,
        kept=session.how_long_kept(),
    )
    st.file_uploader(
        "Open the radiographs of a study, or a zip of them",
        accept_multiple_files=True,
        key="study_files",
        on_change=_keep,
        args=("study_files",),
        help=known,
    )
    st.file_uploader(
        "Or a folder",
        accept_multiple_files="directory",
        key="study_folder",
        on_change=_keep,
        args=("study_folder",),
        help=known,
    )
    st.button(
        "Open a sample study",
        key="study_sample",
        icon=":material/biotech:",
        help="Three computed radiographs of one wrist; no patient was imaged.",
        on_click=_bring_sample,
        width="stretch",
    )
    _read_pending()
    study = session.workspace().study
    if study is not None and study.synthetic:
        st.caption("Synthetic study: one computed wrist in three projections; no patient was imaged.")
    if session.problem():
        st.error(session.problem(), icon=":material/block:")
    _draw_refused()
    _choose_study()
    return session.workspace().study


def draw_hint() -> None:
    """Draw what a study is, for a reader who has not opened one."""
    st.markdown(
        "**A study** is the radiographs of one visit and extremity, in several projections. Open them together: each "
        "is read by itself, and the majority of their labels is the label of the study.\n\n"
        "DICOM files say which study and series they belong to; files that do not say are taken as one study. "
        "The sample on the left shows how it looks."
    )


def draw_warnings(study: Study) -> None:
    """Say plainly where the radiographs are not of one extremity."""
    if len(study.extremities) > 1:
        st.warning(mixed_sentence(study.extremities), icon=":material/warning:")


def _keep(key: str) -> None:
    """Hold uploaded files until the page reads them, with progress shown."""
    files = st.session_state.get(key)
    if files:
        st.session_state[_PENDING] = _PendingFiles(tuple((file.name, file.getvalue()) for file in files))


def _bring_sample() -> None:
    file = settings().assets / STUDY_FILE
    st.session_state[_PENDING] = _PendingFiles(((file.name, file.read_bytes()),), synthetic=True)


def _read_pending() -> None:
    pending: _PendingFiles | None = st.session_state.get(_PENDING)
    if pending is None:
        return
    workspace, place = session.workspace(), st.empty()
    before = workspace.study is not None

    def tell(done: int, of: int) -> None:
        place.progress(done / of, f"Reading radiographs: {done} of {of}")

    try:
        opened = workspace.open_files(pending.files, tell, synthetic=pending.synthetic)
        said = "No radiograph was opened; the previous study is still open." if before and not opened else None
        session.tell_problem(said)
    except DensexplainError as error:
        session.tell_problem(messages.sentence(error).replace("This file was", "These files were", 1))
    st.session_state[_PENDING] = None
    place.empty()


def _draw_refused() -> None:
    refused = session.workspace().refused
    if not refused:
        return
    # The reader's own names, on the reader's own screen; nothing that is exported has them.
    lines = [f"**File {one.number}, {_escaped(one.name)}**, was not read. {one.reason}" for one in refused]
    with st.container(key="study_refused"):
        st.warning("  \n".join(lines[:_SHOWN_REFUSED]), icon=":material/warning:")
        if lines[_SHOWN_REFUSED:]:
            with st.expander(f"{len(lines) - _SHOWN_REFUSED} more files were not read"):
                st.markdown("  \n".join(lines[_SHOWN_REFUSED:]))


def _escaped(name: str) -> str:
    return "".join(f"\\{character}" if character in "\\`*_{}[]()<>#+-.!|~$:" else character for character in name)


def _choose_study() -> None:
    workspace = session.workspace()
    found, chosen = workspace.studies, workspace.study
    if len(found) < 2:
        return
    titles = {one.number: _title(one) for one in found}
    st.session_state["study_chosen"] = found[0].number if chosen is None else chosen.number
    st.selectbox(
        f"{len(found)} studies were found",
        list(titles),
        format_func=titles.__getitem__,
        key="study_chosen",
        on_change=_choose,
    )


def _choose() -> None:
    session.workspace().choose_study(st.session_state["study_chosen"])


def _title(study: Study) -> str:
    count = f"{len(study.cases)} radiograph" + ("s" if len(study.cases) > 1 else "")
    of = f", {' and '.join(study.extremities)}" if study.extremities else ""
    return f"Study {study.number}: {count}{of}" if study.identified else f"Files that name no study: {count}{of}"
