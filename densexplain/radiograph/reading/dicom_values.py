"""Single values out of a DICOM header: plain, checked, and never a patient's.

Header values come from outside and may be of the wrong kind; what cannot be used
is None. As text only code strings of the standard's form pass (capitals, digits,
at most 16), which excludes a person name's form and any markup.
"""

from __future__ import annotations

import math
import re

from pydicom.dataset import Dataset
from pydicom.multival import MultiValue

from densexplain.radiograph.radiograph import Acquisition, DicomWindow

# What pydicom raises on the access of a malformed value. These facts are optional: one that cannot
# be read is left out, and the pixels are shown all the same.
_UNREADABLE = (ValueError, TypeError, OverflowError, AttributeError, NotImplementedError)
_CODE_STRING = re.compile(r"[A-Z0-9][A-Z0-9 _]{0,15}")
_SPACINGS = (
    ("PixelSpacing", None),
    ("ImagerPixelSpacing", "The pixel spacing is that at the detector."),
    ("NominalScannedPixelSpacing", "The pixel spacing is that of the film scanner."),
)


def numbers(dataset: Dataset, keyword: str) -> list[float]:
    """Every finite number of an element; empty if it is missing or no number."""
    found = places(dataset, keyword)
    return [one for one in found if one is not None]


def places(dataset: Dataset, keyword: str) -> list[float | None]:
    """Every value of an element in its place; None where one is empty.

    A decimal comma is read as a point. Empty if the element is missing, or one
    of its values is no finite number.
    """
    try:
        value = dataset.get(keyword)
    except _UNREADABLE:
        value = _stored_text(dataset, keyword)
    several = value if isinstance(value, MultiValue | list | tuple) else [value] if value is not None else []
    try:
        found = [None if one is None or str(one).strip() == "" else _as_number(one) for one in several]
    except _UNREADABLE:
        return []
    return found if all(one is None or math.isfinite(one) for one in found) else []


def signed_like(value: float, signed: bool) -> float:
    """Read a 16-bit value as what it belongs to is read, whatever its value representation says.

    Parameters
    ----------
    value
        As the file gives it, from -32768 to 65535.
    signed
        Whether the values it is compared with are signed.
    """
    if signed and value > 0x7FFF:
        return value - 0x10000
    return value + 0x10000 if not signed and value < 0 else value


def _as_number(value: object) -> float:
    return float(value.replace(",", ".")) if isinstance(value, str) else float(value)  # type: ignore[arg-type]


def _stored_text(dataset: Dataset, keyword: str) -> list[str]:
    """Values of an element that its value representation does not allow, as text."""
    try:
        stored = getattr(dataset.get_item(keyword), "value", None)
        text = stored.decode("ascii") if isinstance(stored, bytes) else str(stored or "")
    except _UNREADABLE:
        return []
    return [part.strip(" \0") for part in text.split("\\")]


def number(dataset: Dataset, keyword: str) -> float | None:
    """The first finite number of an element."""
    found = numbers(dataset, keyword)
    return found[0] if found else None


def code(dataset: Dataset, keyword: str) -> str | None:
    """A code string such as KNEE; None if it has any other form."""
    try:
        value = dataset.get(keyword)
    except _UNREADABLE:
        return None
    text = str(value[0] if isinstance(value, MultiValue) and value else value or "").strip().upper()
    return text if _CODE_STRING.fullmatch(text) else None


def read_acquisition(
    dataset: Dataset, *, bits: int, transfer_syntax: str, window: DicomWindow | None, notes: list[str]
) -> Acquisition:
    """Pick what a reader needs out of a header, and nothing that identifies a patient.

    Parameters
    ----------
    dataset
        The header.
    bits, transfer_syntax, window
        As `Acquisition` keeps them.
    notes
        A sentence on the kind of pixel spacing is added here.
    """
    laterality = code(dataset, "ImageLaterality") or code(dataset, "Laterality")
    return Acquisition(
        modality=code(dataset, "Modality"),
        body_part=code(dataset, "BodyPartExamined"),
        projection=code(dataset, "ViewPosition"),
        laterality=laterality if laterality in ("L", "R", "B", "U") else None,
        pixel_spacing_mm=_read_spacing(dataset, notes),
        bits=bits,
        transfer_syntax=transfer_syntax,
        window=window,
    )


def _read_spacing(dataset: Dataset, notes: list[str]) -> tuple[float, float] | None:
    for keyword, note in _SPACINGS:
        spacing = numbers(dataset, keyword)
        if len(spacing) == 2 and min(spacing) > 0:
            factor = number(dataset, "EstimatedRadiographicMagnificationFactor")
            if keyword == "ImagerPixelSpacing" and factor is not None and factor > 1.0:
                note = f"The pixel spacing is that at the detector, where the anatomy is {factor:.3g} times as large."
            if note:
                notes.append(note)
            return spacing[0], spacing[1]
    return None
