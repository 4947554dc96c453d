"""Stored values against the bits that the header says they have.

References
----------
DICOM PS3.5 8.1.1 (Bits Allocated, Bits Stored, High Bit; what lies outside), 8.2 (lossy compression).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from pydicom import uid
from pydicom.dataset import Dataset

from densexplain.radiograph.reading import transfer_syntax

_OVERLAY_GROUPS = range(0x6000, 0x6020, 2)
_BIT_POSITION, _OVERLAY_DATA = 0x0102, 0x3000


def within_bits(
    values: NDArray[np.generic], dataset: Dataset, syntax: uid.UID, notes: list[str]
) -> NDArray[np.generic]:
    """Keep decoded values within their stated bits, or leave them where the statement must be wrong.

    Parameters
    ----------
    values
        Shape (rows, columns) or (rows, columns, 3), of the stored type, any value:
        integers as the word or the codestream has them, or floats, which are
        returned as they are.
    dataset
        Header with the bits stored.
    syntax
        What the values were decoded from.
    notes
        A sentence is added here where values were clipped or bits left out.

    Returns
    -------
    numpy.ndarray
        Same shape and of the stored type, any value. A sign bit below the top of the word is extended.
        What lossy compression carried beyond the range is clipped. Bits that a
        declared overlay uses are cleared, and so are others that lie apart from
        the values. Where the bit next to the stated ones is not that of a value of so
        many bits, the values have more: they stay, and the caller sees them out of range.
    """
    bits, word = int(dataset.get("BitsStored") or 0), 8 * values.dtype.itemsize
    if values.dtype.kind not in "iu" or not 0 < bits < word:
        return values
    signed = int(dataset.get("PixelRepresentation", 0) or 0) == 1
    low, high = (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) if signed else (0, 2**bits - 1)
    outside = (values < low) | (values > high)  # type: ignore[operator]
    if not outside.any():
        return values
    if syntax in transfer_syntax.LOSSY:
        share = float(np.mean(outside))
        notes.append(f"Lossy compression carried {100 * share:.2g} % of the pixels beyond the {bits} bits; clipped.")
        return np.asarray(np.clip(values, low, high))
    mask = np.array(2**bits - 1).astype(values.dtype)
    kept = _sign_extended(values & mask, bits) if signed else values & mask
    if _has_overlay_bits(dataset) or (signed and not (values & ~mask).any()):
        return np.asarray(kept)
    next_bit = values >> bits & 1  # type: ignore[operator]
    expected = values >> (bits - 1) & 1 if signed else 0  # type: ignore[operator]
    if np.any(next_bit != expected):
        return values
    notes.append(f"Bits outside the {bits} that the file announces are set; they were left out.")
    return np.asarray(kept)


def _sign_extended(values: NDArray[np.generic], bits: int) -> NDArray[np.generic]:
    unused = 8 * values.dtype.itemsize - bits
    moved = np.left_shift(values, unused).astype(f"i{values.dtype.itemsize}")
    return np.asarray(np.right_shift(moved, unused))


def _has_overlay_bits(dataset: Dataset) -> bool:
    """Whether an overlay is declared to lie in the unused bits of the pixels (retired, and met in old archives)."""
    for group in _OVERLAY_GROUPS:
        element = dataset.get((group, _BIT_POSITION))
        if element is not None and element.value and (group, _OVERLAY_DATA) not in dataset:
            return True
    return False
