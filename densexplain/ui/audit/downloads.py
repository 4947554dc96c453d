"""Downloads of an audit: the report, the record, the pictures and the masks."""

from __future__ import annotations

import io
import json
import zipfile
from functools import partial

import streamlit as st

from densexplain.classifier.model_sets.manifest import Manifest
from densexplain.explain.audit.record import audit_record
from densexplain.provenance import NOTICE
from densexplain.render.audit.pictures import audit_files
from densexplain.ui import state
from densexplain.ui.audit import identity as audit_identity
from densexplain.ui.audit import opinion as audit_opinion
from densexplain.ui.audit.auditing import Shown
from densexplain.vocabulary import FigureFormat


def draw(case: state.Case, manifest: Manifest, shown: Shown | None) -> None:
    """Draw the downloads, each made on request; there are none while an audit is running."""
    if shown is None or not shown.current:
        st.popover("Download", icon=":material/download:", width="stretch", disabled=True)
        return
    audit = shown.audit
    opinion = audit_opinion.opinion()
    reading = st.session_state.get("reader_opinion")

    def record() -> bytes:
        entry = audit_record(audit, manifest, case.radiograph, overruling=opinion.overruling, remark=opinion.remark)
        return json.dumps({**entry, "reader_opinion": reading}, indent=1, ensure_ascii=False, allow_nan=False).encode()

    def report(file_format: FigureFormat) -> bytes:
        from densexplain.render.audit.report import render_audit_report  # Matplotlib, which the page can do without

        return render_audit_report(
            audit,
            manifest,
            case.radiograph,
            overruling=opinion.overruling,
            remark=opinion.remark,
            identity=identity,
            file_format=file_format,
        )

    def pictures() -> bytes:
        return _zip({**audit_files(audit, manifest), "audit.json": record()})

    with st.popover("Download", icon=":material/download:", width="stretch"):
        identity = audit_identity.ask(case.radiograph)
        for label, name, kind, make in (
            ("Report, PDF", "report.pdf", "application/pdf", partial(report, FigureFormat.PDF)),
            ("Report, PNG", "report.png", "image/png", partial(report, FigureFormat.PNG)),
            ("Record, JSON", "audit.json", "application/json", record),
            ("Pictures and masks, zip", "audit.zip", "application/zip", pictures),
        ):
            st.download_button(label, make, name, kind, key=f"download_{name}", on_click="ignore", width="stretch")
        st.caption(NOTICE)


def _zip(files: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:  # PNG is compressed already
        for name, content in {**files, "NOTICE.txt": (NOTICE + "\n").encode()}.items():
            archive.writestr(name, content)
    return stream.getvalue()
