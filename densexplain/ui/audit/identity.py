"""The patient's identity, for one report of a reader who asks for it.

A case keeps pixels, never a file, so the reader gives the file once more. It stays
with the widget that it was given to, and whom it names is known to the report alone.
"""

from __future__ import annotations

import hashlib

import streamlit as st

from densexplain.errors import DensexplainError
from densexplain.radiograph.radiograph import Radiograph
from densexplain.radiograph.reading.patient_identity import PatientIdentity, read_patient_identity
from densexplain.ui import messages
from densexplain.vocabulary import FileFormat


def ask(radiograph: Radiograph) -> PatientIdentity | None:
    """Ask whether the report shall name the patient, and return the identity; None if it shall not."""
    if radiograph.format is not FileFormat.DICOM:
        return None
    wanted = st.checkbox(
        "Print the patient's identity",
        key="identity_wanted",
        help="On the report only. The app keeps pixels but no names, so choose the DICOM file again. It stays in "
        "this session's memory while it is listed here, and is never saved.",
    )
    if not wanted:
        return None
    upload = st.file_uploader("The same DICOM file", key="identity_file")
    if upload is None:
        st.caption("Until then the report does not name the patient.")
        return None
    data = upload.getvalue()
    if hashlib.sha256(data).hexdigest() != radiograph.sha256:
        st.error(
            "This is not the file that was audited; the report does not name the patient.", icon=":material/block:"
        )
        return None
    try:
        identity = read_patient_identity(data, upload.name)
    except DensexplainError as error:
        st.error(messages.sentence(error), icon=":material/block:")
        return None
    if not identity.known:
        st.caption("The file names no patient.")
    return identity
