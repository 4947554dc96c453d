"""Patient identity in a DICOM file; read on request only, in the guarded process.

Nothing else in this software reads these values. They are for one print that a
reader asks for: they are not kept, not logged and not shown by ``repr``, so
that no message and no record holds them by accident.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from densexplain.errors import DamagedFileError, RadiographError
from densexplain.radiograph.reading.gate import DICOM_MAGIC_OFFSET, check_before_decoding
from densexplain.radiograph.reading.reading import guarded_decoder
from densexplain.vocabulary import FileFormat

MOST_LETTERS = 64
"""Longest value that is kept, as the standard has it for identifiers; a longer one is cut off."""

_DATE = re.compile(r"(\d{4})[.\-]?(\d{2})[.\-]?(\d{2})")


@dataclass(frozen=True)
class PatientIdentity:
    """The patient's identity, as far as the file states it; None where nothing readable is stated.

    Parameters
    ----------
    name
        Family name first: "Family, Given Middle, Prefix, Suffix". Of several
        writings of a name the alphabetic one, else the ideographic, else the
        phonetic.
    patient_id, accession_number
        As in the file.
    birth_date, study_date
        Year, month and day as ISO 8601 has them.
    unreadable
        Names of those that the file states but that cannot be decoded.

    References
    ----------
    DICOM PS3.3 C.7.1.1 and C.7.2.1; PS3.5 6.2.1 (person names).
    """

    name: str | None = field(default=None, repr=False)
    patient_id: str | None = field(default=None, repr=False)
    birth_date: str | None = field(default=None, repr=False)
    study_date: str | None = field(default=None, repr=False)
    accession_number: str | None = field(default=None, repr=False)
    unreadable: frozenset[str] = field(default=frozenset(), repr=False)

    @property
    def known(self) -> bool:
        """Whether the file states anything, readable or not."""
        return bool(self.unreadable) or any(getattr(self, name) is not None for name in _READERS)


def read_patient_identity(data: bytes, name: str | None = None) -> PatientIdentity:
    """Read the patient identity in a file. Call it only at a reader's request.

    Parameters
    ----------
    data
        The whole file. PNG and JPEG name nobody.
    name
        Name of the file; its suffix must not promise another format.

    Raises
    ------
    RadiographError
        If the file is not let through as a radiograph, or its header cannot be read.
    GuardError
        If this machine cannot start the process that reads.
    """
    if check_before_decoding(data, name) is not FileFormat.DICOM:
        return PatientIdentity()
    return guarded_decoder().run(identity_of_dicom, data)


def identity_of_dicom(data: bytes) -> PatientIdentity:
    """Read the identity from a DICOM header; runs in the guarded process.

    Raises
    ------
    UnsupportedEncodingError, DicomDirectoryError
        Of a file that must not be parsed.
    DamagedFileError
        If the header contradicts itself. Nothing of it is quoted.
    """
    from pydicom import config, dcmread  # here: the app itself never imports it

    from densexplain.radiograph.reading.transfer_syntax import check_file_meta

    has_preamble = data[DICOM_MAGIC_OFFSET : DICOM_MAGIC_OFFSET + 4] == b"DICM"
    check_file_meta(data, DICOM_MAGIC_OFFSET + 4 if has_preamble else 0)
    config.settings.reading_validation_mode = config.IGNORE
    keywords = [keyword for keyword, _ in _READERS.values()]
    try:
        dataset = dcmread(
            io.BytesIO(data), force=True, stop_before_pixels=True, specific_tags=["SpecificCharacterSet", *keywords]
        )
        return _identity(dataset)
    except (RadiographError, MemoryError):
        raise
    except Exception as problem:
        # pydicom raises a dozen kinds on broken headers, and any of them may quote a value
        raise DamagedFileError("An intact DICOM header was expected; this one contradicts itself.") from problem


def _identity(dataset: Any) -> PatientIdentity:
    """Read one value after the other; one that cannot be decoded is named, and the others are still read."""
    values: dict[str, str | None] = {}
    unreadable = set()
    for name, (keyword, read) in _READERS.items():
        try:
            values[name] = _value(dataset.get(keyword), read)
        except (ValueError, TypeError, AttributeError, LookupError, NotImplementedError):
            unreadable.add(name)
    return PatientIdentity(**values, unreadable=frozenset(unreadable))


def _value(value: Any, read: Callable[[Any], str | None]) -> str | None:
    if isinstance(value, str | bytes) or not hasattr(value, "__getitem__") or hasattr(value, "components"):
        return None if value is None else read(value)
    return read(value[0]) if len(value) else None  # several values: the first is the patient's


def _person_name(value: Any) -> str | None:
    for writing in str(value).split("="):
        parts = [_plain(part) for part in writing.split("^")[:5]]
        family, given, middle, prefix, suffix = [part or "" for part in parts] + [""] * (5 - len(parts))
        name = ", ".join(part for part in (family, " ".join(filter(None, (given, middle))), prefix, suffix) if part)
        if name:
            return _capped(name)
    return None


def _text(value: Any) -> str | None:
    return _capped(_plain(str(value)))


def _date(value: Any) -> str | None:
    text = _plain(str(value))
    if not text:
        return None
    found = _DATE.fullmatch(text)
    if found is None:
        raise ValueError("a date must be eight digits")
    return date(*(int(part) for part in found.groups())).isoformat()


def _plain(text: str) -> str:
    """Remove padding and invisible characters; runs of spaces become one."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())


def _capped(text: str) -> str | None:
    if len(text) > MOST_LETTERS:
        return text[: MOST_LETTERS - 1] + "\N{HORIZONTAL ELLIPSIS}"
    return text or None


_READERS: dict[str, tuple[str, Callable[[Any], str | None]]] = {
    "name": ("PatientName", _person_name),
    "patient_id": ("PatientID", _text),
    "birth_date": ("PatientBirthDate", _date),
    "study_date": ("StudyDate", _date),
    "accession_number": ("AccessionNumber", _text),
}
