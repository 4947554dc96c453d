"""What a session knows about its study; beside its case, and in the session alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, TypeVar, cast

import streamlit as st

from densexplain.radiograph.crop import Geometry
from densexplain.radiograph.reading.upload import RefusedFile, StudyImage, Upload, UploadedStudy
from densexplain.radiograph.regions.image_frame import FrameSuggestion, find_image_frame
from densexplain.ui.state import reset_window

_PENDING, _STUDIES, _REFUSED, _CHOSEN, _GEOMETRIES, _MEMO, _PROBLEM, _STEP, _SAMPLE = (
    f"densexplain.study.{name}"
    for name in ("pending", "studies", "refused", "chosen", "geometries", "memo", "problem", "step", "sample")
)
OPINION = "study_opinion"
"""Under which key the reader's own reading is kept."""

_REMEMBERED_PER_IMAGE = 6  # explanation, pictures and frame, as it is cropped and as it was before
_Value = TypeVar("_Value")


@dataclass(frozen=True)
class PendingUpload:
    """Files that a reader has brought, or the sample's, and that are not read yet."""

    files: tuple[tuple[str, bytes], ...]
    sample: bool = False


def pending() -> PendingUpload | None:
    """The upload that is to be read."""
    return cast("PendingUpload | None", st.session_state.get(_PENDING))


def set_pending(upload: PendingUpload | None) -> None:
    """Keep an upload until it has been read, even if the page is run again meanwhile."""
    st.session_state[_PENDING] = upload


def open_upload(upload: Upload, sample: bool = False) -> None:
    """Show the first study of an upload; one without any leaves the study before it open, and its files are named."""
    st.session_state[_REFUSED] = upload.refused
    tell_problem(None)
    if not upload.studies:
        return
    for one in upload.studies:
        for opened in one.images:
            reset_window(window_keys(opened.number))
    st.session_state[_STUDIES], st.session_state[_SAMPLE] = upload.studies, sample
    st.session_state[_GEOMETRIES], st.session_state[_MEMO] = {}, {}
    choose(upload.studies[0].number)


def studies() -> tuple[UploadedStudy, ...]:
    """Studies of the upload that is open."""
    return cast("tuple[UploadedStudy, ...]", st.session_state.get(_STUDIES, ()))


def refused() -> tuple[RefusedFile, ...]:
    """Files of the last upload that were not read."""
    return cast("tuple[RefusedFile, ...]", st.session_state.get(_REFUSED, ()))


def study() -> UploadedStudy | None:
    """The chosen study, None before the first."""
    chosen = st.session_state.get(_CHOSEN)
    return next((one for one in studies() if one.number == chosen), None)


def choose(number: int) -> None:
    """Show another study of the upload, not yet read by the reader."""
    st.session_state[_CHOSEN] = number
    st.session_state[OPINION] = None
    show_step(0)


def is_sample() -> bool:
    """Whether the open study is the synthetic one that comes with the app."""
    return bool(st.session_state.get(_SAMPLE))


def step() -> int:
    """How far a blinded reading has come: 0 image, 1 map, 2 label."""
    return cast(int, st.session_state.get(_STEP, 0))


def show_step(reached: int) -> None:
    """Go on in a blinded reading."""
    st.session_state[_STEP] = reached


def window_keys(number: int) -> tuple[str, str]:
    """Where level and width of one radiograph are kept."""
    return f"study_level_{number}", f"study_width_{number}"


def image(number: int) -> StudyImage | None:
    """A radiograph of the chosen study by its number."""
    chosen = study()
    return None if chosen is None else next((one for one in chosen.images if one.number == number), None)


def geometry(number: int) -> Geometry:
    """Crop and rotation of one radiograph."""
    return cast(Geometry, st.session_state.get(_GEOMETRIES, {}).get(number, Geometry()))


def change_geometry(number: int, changed: Geometry) -> None:
    """Crop or turn one radiograph; the others stay."""
    st.session_state[_GEOMETRIES] = {**st.session_state.get(_GEOMETRIES, {}), number: changed}


def suggestion(one: StudyImage) -> FrameSuggestion | None:
    """The exposed field inside an image frame, where one is found."""
    return remember(("frame", one.number), lambda: find_image_frame(one.radiograph.pixels))


def apply_suggestion(number: int) -> None:
    """Crop one radiograph to the exposed field that was found, and straighten it."""
    one = image(number)
    found = None if one is None else suggestion(one)
    if found is not None:
        changed = replace(geometry(number), crop=found.crop, rotate_degrees=found.rotate_degrees)
        change_geometry(number, changed)


def problem() -> str | None:
    """The sentence on what was refused last."""
    return cast("str | None", st.session_state.get(_PROBLEM))


def tell_problem(sentence: str | None) -> None:
    """Keep a sentence until something else succeeds."""
    st.session_state[_PROBLEM] = sentence


def remembered(key: tuple[Any, ...]) -> bool:
    """Whether `remember` has this already."""
    return key in st.session_state.get(_MEMO, {})


def remember(key: tuple[Any, ...], make: Callable[[], _Value]) -> _Value:
    """Keep what was computed for this upload; what was not used for longest goes first."""
    memo = st.session_state.setdefault(_MEMO, {})
    value = memo.pop(key) if key in memo else make()
    memo[key] = value
    most = _REMEMBERED_PER_IMAGE * sum(len(one.images) for one in studies())
    while len(memo) > max(most, 1):
        memo.pop(next(iter(memo)))
    return cast(_Value, value)
