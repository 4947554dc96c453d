"""The choice of model sets and versions of the open case to compare, and their explanations."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import cast

import streamlit as st

from densexplain.classifier.model_sets.manifest import Manifest
from densexplain.errors import DensexplainError
from densexplain.explain.comparison.comparison import Comparison
from densexplain.radiograph.versions import WHY_NOT, RadiographVersion
from densexplain.ui import cache, messages, session
from densexplain.ui.explanation import familiarity, output_class
from densexplain.vocabulary import InputVersion, RegionSource
from densexplain.workspace.case import Case

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
    first = session.workspace().model_set
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
        output_class.choose_class(manifest)
        known = "" if manifest.familiarity is not None else f"  \n{familiarity.NOT_KNOWN}"
        st.caption(
            f"**{manifest.title}**  \n**For** {manifest.purpose}  \n**Not for** {manifest.not_for}{known}",
        )
    return [usable[name] for name in chosen]


def choose_versions(case: Case) -> list[RadiographVersion]:
    """Draw the choice of versions that can be made of the open case, and say why others cannot."""
    with st.spinner("Looking for a text legend"):
        found = session.workspace().versions(case)
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


def may_be_seen(case: Case) -> bool:
    """In a blinded reading, send the reader back to it until it is done."""
    if not session.workspace().blinded or case.reading.done:
        return True
    st.info(
        "You are reading this case blinded: finish your own reading on Explain first.", icon=":material/visibility_off:"
    )
    return False


def explain(case: Case, manifests: Sequence[Manifest], versions: Sequence[RadiographVersion]) -> Comparison | None:
    """Explain every version with every model set, or say why there is nothing yet.

    A model set that cannot be used is named; the others go on.
    """
    cells = len(manifests) * len(versions)
    start, place = time.monotonic(), st.empty()

    def tell(number: int, manifest: Manifest, version: RadiographVersion) -> None:
        if time.monotonic() - start > _SILENT_SECONDS:
            place.progress(number / cells, f"Explaining {number} of {cells}: {manifest.title}, {version.version}")

    try:
        compared = session.workspace().compare(case, manifests, versions, tell)
    except DensexplainError as error:
        st.error(messages.sentence(error), icon=":material/hourglass:")
        return None
    place.empty()
    for manifest, reason in compared.unusable:
        st.error(f"{manifest.title}: {messages.sentence(reason)}", icon=":material/block:")
    if compared.loading:
        _wait_for(compared.loading, len(manifests))
    return compared.comparison


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


def _keep(key: str, options: Sequence[str | InputVersion], at_first: Sequence[str | InputVersion]) -> None:
    """Start with a choice, and drop options that no longer exist from a remembered one."""
    kept = cast("list[str] | None", st.session_state.get(key))
    st.session_state[key] = list(at_first) if kept is None else [one for one in kept if one in options]
