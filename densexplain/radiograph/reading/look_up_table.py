"""DICOM look-up tables, read as tolerantly as the pixels stay right."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from densexplain.radiograph.reading.dicom_values import signed_like

_NAMES = {"ModalityLUTSequence": "modality", "VOILUTSequence": "VOI"}


@dataclass(frozen=True)
class LookUpTable:
    """A table from integers to integers.

    Parameters
    ----------
    first
        Input that gives the first entry; smaller ones give it too.
    entries
        Outputs, shape (n,), float64, from 0 to `maximum`; larger inputs give the last.
    maximum
        Largest output the table may give.
    """

    first: int
    entries: NDArray[np.float64]
    maximum: float

    def apply(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Look values up, rounded to whole numbers; from any shape, float64, any value, to the same shape and dtype."""
        index = np.clip(np.rint(values) - self.first, 0, len(self.entries) - 1).astype(np.intp)
        return np.asarray(self.entries[index])


def read_look_up_table(dataset: Dataset, keyword: str, signed: bool, notes: list[str]) -> LookUpTable | None:
    """Read the first item of a LUT sequence; None, with a note, if it makes no sense.

    Parameters
    ----------
    dataset
        Header of the file.
    keyword
        Of the sequence.
    signed
        Whether the table's input can be negative: the first value that it maps
        is read so, whatever its value representation.
    notes
        Sentences on deviations are added here.

    References
    ----------
    DICOM PS3.3 C.11.1.1 and C.11.2.1.1: descriptor (entries, 0 for 65,536;
    first value mapped; bits of an entry), data.
    """
    sequence = dataset.get(keyword)
    if not sequence:
        return None
    try:
        item = sequence[0]
        count, first, bits = (int(value) for value in item.LUTDescriptor)
        first = int(signed_like(first, signed))
        entries = _entries(item.LUTData, count or 65536, bits, little_endian=dataset.original_encoding[1] is not False)
    except (AttributeError, ValueError, TypeError, IndexError, KeyError):
        entries = np.empty(0)
    if len(entries) < 2 or entries.max() <= 0:
        notes.append(f"The {_NAMES[keyword]} look-up table of the file cannot be read; it was left out.")
        return None
    return LookUpTable(first, entries, _maximum(entries, bits, _NAMES[keyword], notes))


def _maximum(entries: NDArray[np.float64], bits: int, name: str, notes: list[str]) -> float:
    """Output that stands for white: the largest that the stated bits allow, or the largest there is where they lie."""
    largest = float(entries.max())
    if not 0 < bits <= 16 or largest > 2.0**bits - 1:
        notes.append(f"The {name} look-up table holds values above the {bits} bits it announces.")
        return largest
    if largest < 2.0 ** (bits - 1):
        notes.append(
            f"The {name} look-up table uses fewer than the {bits} bits it announces; its largest entry, {largest:g}, "
            "was taken for white."
        )
        return largest
    return 2.0**bits - 1


def _entries(data: object, count: int, bits: int, *, little_endian: bool) -> NDArray[np.float64]:
    """Entries from words, or from bytes packed two to a word."""
    if isinstance(data, bytes | bytearray):
        words = np.frombuffer(bytes(data[: len(data) // 2 * 2]), "<u2" if little_endian else ">u2")
    else:
        words = np.atleast_1d(np.asarray(data)).astype(np.int64).astype(np.uint16)
    if bits <= 8 and len(words) < count <= 2 * len(words):
        words = words.astype("<u2").view(np.uint8)
    return words[:count].astype(np.float64)
