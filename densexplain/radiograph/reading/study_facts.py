"""The study and series that a file belongs to; read in the guarded process, which no identity leaves.

A UID identifies a patient's visit to anyone who can look it up. Files only need to
be distinguished, so the result is a salted digest, and the salt is discarded.
"""

from __future__ import annotations

import hashlib
import io
import re
from dataclasses import dataclass

from densexplain.radiograph.guard.decoding import decode
from densexplain.radiograph.radiograph import DecodedImage
from densexplain.vocabulary import FileFormat

_UID = re.compile(r"[0-9][0-9.]{0,63}")
_DIGITS = 16


@dataclass(frozen=True)
class StudyFacts:
    """Where a file belongs.

    Parameters
    ----------
    study, series
        Digests, equal for files of one study and of one series within the same
        salt; None where the file does not say, as PNG and JPEG never do.
    """

    study: str | None = None
    series: str | None = None


def decode_with_study_facts(
    data: bytes, file_format: FileFormat, frame_number: int | None, salt: bytes
) -> tuple[DecodedImage, StudyFacts]:
    """Decode a file that has passed the gate, and read which study it belongs to.

    Parameters
    ----------
    data, file_format, frame_number
        As `densexplain.radiograph.guard.decoding.decode` takes them.
    salt
        Random bytes, the same for the files that are to be distinguished and for no others.

    Returns
    -------
    tuple
        The image, and StudyInstanceUID and SeriesInstanceUID as digests.

    Raises
    ------
    RadiographError
        As `decode`.

    References
    ----------
    DICOM PS3.3 C.7.2.1 (General Study) and C.7.3.1 (General Series).
    """
    image = decode(data, file_format, frame_number)
    if file_format is not FileFormat.DICOM:
        return image, StudyFacts()
    study, series = (_digest(uid, salt) for uid in _read_uids(data))
    return image, StudyFacts(study, series if study is not None else None)


def _read_uids(data: bytes) -> tuple[str, str]:
    from pydicom import dcmread  # here: the app itself never imports it

    # What `decode` has read holds no surprise for the parser.
    names = ("StudyInstanceUID", "SeriesInstanceUID")
    dataset = dcmread(io.BytesIO(data), force=True, stop_before_pixels=True, specific_tags=list(names))
    study, series = (str(dataset.get(name) or "").strip("\0 ") for name in names)
    return study, series


def _digest(uid: str, salt: bytes) -> str | None:
    if not _UID.fullmatch(uid):
        return None
    return hashlib.sha256(salt + uid.encode("ascii")).hexdigest()[:_DIGITS]
