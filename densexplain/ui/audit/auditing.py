"""The audit of the open case: started automatically, restarted after a change, and remembered."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar, cast

import streamlit as st

from densexplain.classifier.model_sets.manifest import Manifest
from densexplain.explain.audit.audit import Audit, AuditOptions
from densexplain.radiograph.regions.named_regions import NamedRegion
from densexplain.ui import cache, messages, state
from densexplain.workspace.audit_run import AuditRun

if TYPE_CHECKING:
    from densexplain.explain.audit.auditor import Report
    from densexplain.explain.queue import ExplanationQueue

VARIANTS = (16, 32, 64)
_AUDITS, _RUN, _LAST, _DRAWN = "audits", "audit run", "last audit", "drawn of an audit"
_Value = TypeVar("_Value")
_MOST_REMEMBERED, _MOST_REMEMBERED_BYTES = 8, 256 * 1024**2
_SILENT_SECONDS = 1.0


@dataclass(frozen=True, eq=False)
class Shown:
    """An audit to be shown.

    Parameters
    ----------
    audit
        The result.
    current
        Whether it is of the regions as they are now; if not, a new one is being made.
    """

    audit: Audit
    current: bool


def variants() -> int:
    """How many small changes the reader has chosen."""
    return cast(int, st.session_state.get("audit_variants") or VARIANTS[0])


def follow(
    case: state.Case, manifest: Manifest, queue: ExplanationQueue, regions: tuple[NamedRegion, ...]
) -> Shown | None:
    """Give the audit of these regions, or begin it and give the one before, if there is one of this view.

    Draws how far a new one is, and why there is none where it failed.
    """
    geometry, count = state.geometry(), variants()
    view = (cache.fingerprint(manifest), case.radiograph.sha256, geometry)
    key: tuple[Hashable, ...] = (*view, count, *regions)
    audits = cast("dict[Hashable, Audit]", state.kept(_AUDITS) or {})
    run = cast("tuple[Hashable, AuditRun] | None", state.kept(_RUN))
    if run is not None and run[0] != key:
        run[1].cancel()
        state.keep(_RUN, None)
        run = None
    if key not in audits:
        if run is None:
            run = (key, _begin(case, queue, regions, AuditOptions(count)))
            state.keep(_RUN, run)
        if run[1].audit is not None:
            audits = _with(audits, key, run[1].audit)
            state.keep(_AUDITS, audits)
    if key in audits:
        state.keep(_RUN, None)
        state.keep(_LAST, (view, key))
        _draw_made(audits[key], manifest)
        return Shown(audits[key], current=True)
    if run is not None:
        _draw_run(run[1])
    last = state.kept(_LAST)
    before = audits.get(last[1]) if last is not None and last[0] == view else None
    return None if before is None else Shown(before, current=False)


def remember(audit: Audit, key: Hashable, make: Callable[[], _Value]) -> _Value:
    """Keep what was drawn of the audit that is shown; of one audit at a time."""
    owner, drawn = cast("tuple[Audit | None, dict[Hashable, Any]]", state.kept(_DRAWN) or (None, {}))
    if owner is not audit:
        drawn = {}
    if key not in drawn:
        drawn[key] = make()
    state.keep(_DRAWN, (audit, drawn))
    return cast("_Value", drawn[key])


def _begin(
    case: state.Case, queue: ExplanationQueue, regions: tuple[NamedRegion, ...], options: AuditOptions
) -> AuditRun:
    pixels, geometry = case.radiograph.pixels, state.geometry()

    def work(report: Report) -> Audit:
        return cache.auditor(queue).audit(pixels, regions, geometry, options, report, queue.turn)

    return AuditRun(work, [state.closed()])


def _with(audits: dict[Hashable, Audit], key: Hashable, audit: Audit) -> dict[Hashable, Audit]:
    """Remember one more; the oldest go where there are too many or they are too large."""
    kept = {**audits, key: audit}
    while len(kept) > 1 and (len(kept) > _MOST_REMEMBERED or sum(map(_bytes, kept.values())) > _MOST_REMEMBERED_BYTES):
        kept.pop(next(iter(kept)))
    return kept


def _bytes(audit: Audit) -> int:
    copies = sum(result.what_if.pixels.nbytes + result.what_if.mask.nbytes for result in audit.what_ifs)
    return audit.pixels.nbytes + copies + sum(region.mask.nbytes for region in audit.cropped)


def _draw_made(audit: Audit, manifest: Manifest) -> None:
    with st.container(key="audit_progress"):
        st.markdown(
            f":gray[Audited in {sum(audit.seconds.values()):.1f} s · {manifest.name} {manifest.version} · "
            f"{manifest.weights_sha256[:8]} · what-ifs: {len(audit.what_ifs)}, small changes: {audit.options.variants}]"
        )


def _draw_run(run: AuditRun) -> None:
    with st.container(key="audit_progress"):
        if run.error is None:
            _watch(run)
            return
        st.error(messages.sentence(run.error), icon=":material/hourglass:")
        st.button("Audit again", key="audit_again", on_click=state.keep, args=(_RUN, None))


@st.fragment(run_every=0.4)
def _watch(run: AuditRun) -> None:
    if run.done:
        st.rerun()
    step, share = run.progress
    if run.seconds > _SILENT_SECONDS:
        st.progress(share, f"Auditing: {step}")
