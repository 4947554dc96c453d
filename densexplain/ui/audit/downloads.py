"""Downloads of an audit: the report, the record, the pictures and the masks."""

from __future__ import annotations

import streamlit as st

from densexplain.classifier.model_sets.manifest import Manifest
from densexplain.ui import downloads
from densexplain.ui.audit import identity as audit_identity
from densexplain.workspace.case import Case
from densexplain.workspace.case_audits import FollowedAudit
from densexplain.workspace.exports import audit_exports


def draw(case: Case, manifest: Manifest, followed: FollowedAudit | None) -> None:
    """Draw the downloads, each made on request; there are none while an audit is running."""
    if followed is None or followed.audit is None or not followed.current:
        st.popover("Download", icon=":material/download:", width="stretch", disabled=True)
        return
    with st.popover("Download", icon=":material/download:", width="stretch"):
        identity = audit_identity.ask(case.radiograph)
        further = {"reader_opinion": case.reading.opinion}
        downloads.draw(audit_exports(followed.audit, manifest, case, case.opinion, identity, further))
