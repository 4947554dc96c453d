"""The audit of the open case: started automatically, restarted after a change, and remembered."""

from __future__ import annotations

from typing import cast

import streamlit as st

from densexplain.classifier.model_sets.manifest import Manifest
from densexplain.explain.audit.audit import Audit, AuditOptions
from densexplain.radiograph.regions.named_regions import NamedRegion
from densexplain.ui import messages, session
from densexplain.ui.explanation import panels
from densexplain.workspace.audit_run import AuditRun
from densexplain.workspace.case import Case
from densexplain.workspace.case_audits import FollowedAudit

VARIANTS = (16, 32, 64)
_SILENT_SECONDS = 1.0


def variants() -> int:
    """How many small changes the reader has chosen."""
    return cast(int, st.session_state.get("audit_variants") or VARIANTS[0])


def follow(case: Case, manifest: Manifest, regions: tuple[NamedRegion, ...]) -> FollowedAudit | None:
    """Return the audit of these regions, or start it and return the previous one, if there is one of this view.

    Draws how far a new one is, and why there is none where it failed or the model set is not ready.
    """
    workspace, options = session.workspace(), AuditOptions(variants())
    followed = panels.when_ready(manifest, lambda: workspace.follow_audit(case, manifest, regions, options))
    if followed is None:
        return None
    if followed.current and followed.audit is not None:
        _draw_made(followed.audit, manifest)
    elif followed.run is not None:
        _draw_run(followed.run)
    return followed


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
        st.button("Audit again", key="audit_again", on_click=_audit_again)


def _audit_again() -> None:
    case = session.case()
    if case is not None:
        case.audits.give_up()


@st.fragment(run_every=0.4)
def _watch(run: AuditRun) -> None:
    if run.done:
        st.rerun()
    step, share = run.progress
    if run.seconds > _SILENT_SECONDS:
        st.progress(share, f"Auditing: {step}")
