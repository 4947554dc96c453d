"""Thumbnails of evaluated radiographs, kept by each session, a bounded number of them."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

import streamlit as st

from densexplain.errors import DensexplainError
from densexplain.radiograph.reading.library import RadiographLibrary
from densexplain.render.thumbnail import render_thumbnail

_KEPT = "densexplain.thumbnails"
_MOST_KEPT = 240  # of some 8 kB each
_AT_ONCE = 2  # as many as the guarded process has children


def thumbnails(library: RadiographLibrary, hashes: Iterable[str]) -> dict[str, str]:
    """Thumbnails as data URIs, by the SHA-256 of the radiograph: empty where it was refused, left out where not found.

    A data URI stays in the page; a file handed to Streamlit would be served to
    anyone who knows its address.
    """
    kept: dict[str, str] = st.session_state.setdefault(_KEPT, {})
    wanted = list(dict.fromkeys(hashes))
    missing = [sha256 for sha256 in wanted if sha256 not in kept and sha256 in library]
    if missing:
        place = st.empty()
        with ThreadPoolExecutor(_AT_ONCE) as threads:
            for done, (sha256, picture) in enumerate(
                zip(missing, threads.map(lambda one: _make(library, one), missing), strict=True), start=1
            ):
                place.progress(done / len(missing), f"Reading radiographs: {done} of {len(missing)}")
                kept[sha256] = picture
        place.empty()
    shown = {sha256: kept.pop(sha256) for sha256 in wanted if sha256 in kept}
    kept.update(shown)  # last used, last to go
    while len(kept) > _MOST_KEPT:
        kept.pop(next(iter(kept)))
    return shown


def _make(library: RadiographLibrary, sha256: str) -> str:
    try:
        content = render_thumbnail(library.read(sha256).pixels)
    except DensexplainError:
        return ""
    return "data:image/jpeg;base64," + base64.b64encode(content).decode("ascii")
