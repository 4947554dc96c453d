"""The choice of model sets and versions of the open case to compare, and their explanations."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, cast

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from densexplain.classifier.model_sets.manifest import Manifest
from densexplain.errors import DensexplainError
from densexplain.explain.comparison.comparison import Comparison, VersionInputs
from densexplain.explain.explanation import Explanation
from densexplain.radiograph.regions.drawn_regions import drawn_regions
from densexplain.radiograph.regions.found_regions import find_regions
from densexplain.radiograph.regions.regions import Mask
from densexplain.radiograph.versions import WHY_NOT, RadiographVersion, radiograph_versions
from densexplain.ui import cache, messages, state
from densexplain.ui.explanation import familiarity
from densexplain.vocabulary import InputVersion, Region, RegionSource

if TYPE_CHECKING:
    from densexplain.explain.queue import ExplanationQueue

_OF_CASE = "densexplain.compared_case"
_AT_FIRST = 2  # model sets, which a reader need not wait for long; all may be taken
_SILENT_SECONDS = 1.0
_REDRAW = "Where that is wrong, draw a box over it on Explain and name it."
_ON_EXPLAIN = "Crop and angle are chosen on Explain, and a box over a text legend is drawn and named there."


def choose_model_sets() -> list[Manifest]:
    """Draw the choice of model sets and say what each is meant for; the first one chosen is the reference."""
    usable = cache.usable_model_sets()
    for entry in cache.model_sets():
        if entry.problem is not None:
            st.warning(f"Model set {entry.name} is not used. {entry.problem}", icon=":material/warning:")
    if not usable:
        st.error("No model set is installed; see README.md on how to add one.", icon=":material/block:")
        return []
    first = st.session_state.get("model_set")
    names = sorted(usable, key=lambda name: name != first)
    _keep("compared_model_sets", names, names[:_AT_FIRST])
    chosen = st.multiselect(
        "Model sets",
        list(usable),
        format_func=lambda key: f"{usable[key].title} ({usable[key].version})",
        key="compared_model_sets",
        persist_state="session",
        help="The others are compared with the first.",
    )
    if not chosen:
        st.info("Choose a model set, or several.", icon=":material/info:")
    for name in chosen:
        manifest = usable[name]
        known = "" if manifest.familiarity is not None else f"  \n{familiarity.NOT_KNOWN}"
        st.caption(
            f"**{manifest.title}**  \n**For** {manifest.purpose}  \n**Not for** {manifest.not_for}{known}",
        )
    return [usable[name] for name in chosen]


def choose_versions(case: state.Case) -> list[RadiographVersion]:
    """Draw the choice of versions that can be made of the open case, and say why others cannot."""
    found = radiograph_versions(state.geometry(), case.suggestion, *_marker(case))
    if st.session_state.get(_OF_CASE) != case.radiograph.sha256:  # another radiograph has other versions
        st.session_state[_OF_CASE] = case.radiograph.sha256
        st.session_state.pop("compared_versions", None)
    _keep("compared_versions", list(found), list(found))
    chosen = st.pills(
        "Inputs",
        list(found),
        selection_mode="multi",
        key="compared_versions",
        persist_state="session",
        help="Quarter turns, flip and inversion are as on Explain in each. The others are compared with the first.",
    )
    missing = [f"**{version}**: {why}" for version, why in WHY_NOT.items() if version not in found]
    if missing:
        st.caption("Not possible here:  \n" + "  \n".join(missing) + f"  \n{_ON_EXPLAIN}")
    removed = found.get(InputVersion.MARKER_REMOVED)
    if removed is not None and removed.source is RegionSource.FOUND:
        st.caption(f"**{removed.version}**: the text legend was found automatically. {_REDRAW}")
    if not chosen:
        st.info("Choose an input, or several.", icon=":material/info:")
    return [version for name, version in found.items() if name in chosen]


def may_be_seen() -> bool:
    """In a blinded reading, send the reader back to it until it is done."""
    if not st.session_state.get("blinded") or state.step() == 2:
        return True
    st.info(
        "You are reading this case blinded: finish your own reading on Explain first.", icon=":material/visibility_off:"
    )
    return False


def explain(
    case: state.Case, manifests: Sequence[Manifest], versions: Sequence[RadiographVersion]
) -> Comparison | None:
    """Explain every version with every model set, or say why there is nothing yet.

    A model set that cannot be used is named; the others go on.
    """
    cells = len(manifests) * len(versions)
    start, place, done = time.monotonic(), st.empty(), 0

    def explain_cell(
        manifest: Manifest, version: RadiographVersion, make_input: Callable[[], NDArray[np.float32]]
    ) -> Explanation:
        nonlocal done
        done += 1
        if time.monotonic() - start > _SILENT_SECONDS:
            place.progress(done / cells, f"Explaining {done} of {cells}: {manifest.title}, {version.version}")
        return cache.explain_version(manifest, lambda: _ready(manifest, len(manifests)), version, make_input, cells)

    rows, waiting = [], []
    try:
        inputs = VersionInputs(case.radiograph, versions)
        for manifest in manifests:
            try:
                rows.append(inputs.explain(manifest, explain_cell))
            except _NotLoadedError:
                waiting.append(manifest)
            except _NotUsableError as error:
                st.error(f"{manifest.title}: {messages.sentence(error.reason)}", icon=":material/block:")
    except DensexplainError as error:
        st.error(messages.sentence(error), icon=":material/hourglass:")
        return None
    place.empty()
    if waiting:
        _wait_for(tuple(waiting), len(manifests))
        return None
    return Comparison(case.radiograph, tuple(rows)) if rows else None


class _NotLoadedError(Exception):
    """The model set is still being loaded."""


class _NotUsableError(Exception):
    """The model set cannot be loaded."""

    def __init__(self, reason: BaseException) -> None:
        super().__init__()
        self.reason = reason


def _ready(manifest: Manifest, together: int) -> ExplanationQueue:
    loading = cache.loading(manifest, together)
    if loading.error is not None:
        raise _NotUsableError(loading.error)
    if loading.ready is None:
        raise _NotLoadedError
    return loading.ready


@st.fragment(run_every=0.5)
def _wait_for(manifests: tuple[Manifest, ...], together: int) -> None:
    loadings = [cache.loading(manifest, together) for manifest in manifests]
    if any(loading.ready is not None or loading.error is not None for loading in loadings):
        st.rerun()
    names = ", ".join(manifest.title for manifest in manifests)
    st.info(
        f"Loading model set {names}: checking and building the network, {max(one.seconds for one in loadings):.0f} s",
        icon=":material/hourglass_top:",
    )


def _marker(case: state.Case) -> tuple[Mask, RegionSource]:
    """Pixels of the text legend: as the reader drew it, else where it is known, else where it is found."""
    boxes = [box for box in state.drawn_boxes() if box.region is Region.TEXT_LEGEND]
    if boxes:
        drawn = drawn_regions(boxes, case.radiograph.rows, case.radiograph.columns)
        return drawn[Region.TEXT_LEGEND], RegionSource.DRAWN
    if case.regions is not None:
        return case.regions[Region.TEXT_LEGEND], RegionSource.KNOWN

    inverted = state.geometry().invert

    def find() -> Mask:
        with st.spinner("Looking for a text legend"):
            return find_regions(case.radiograph.pixels, inverted=inverted)[Region.TEXT_LEGEND]

    return state.remember(("text legend", case.radiograph.sha256, inverted), find), RegionSource.FOUND


def _keep(key: str, options: Sequence[str | InputVersion], at_first: Sequence[str | InputVersion]) -> None:
    """Start with a choice, and drop options that no longer exist from a remembered one."""
    kept = cast("list[str] | None", st.session_state.get(key))
    st.session_state[key] = list(at_first) if kept is None else [one for one in kept if one in options]
