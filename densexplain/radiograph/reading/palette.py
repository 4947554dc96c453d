"""Palettes of DICOM images: entries by their file's byte order, scaled by what they use.

pydicom's own function takes the words of a big endian file for little endian and
spreads entries over the bits that the descriptor states, used or not.

References
----------
DICOM PS3.3 C.7.6.3.1.5 (descriptor), C.7.6.3.1.6 (data), C.7.9.2 (segmented).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.pixels.processing import apply_color_lut

from densexplain.radiograph.reading.dicom_values import signed_like

_COLOURS = ("Red", "Green", "Blue")


def apply_palette(stored: NDArray[np.generic], dataset: Dataset) -> tuple[NDArray[np.generic], int]:
    """Look a palette image's colours up.

    Parameters
    ----------
    stored
        Shape (rows, columns), of the stored type (integers), any value.
    dataset
        Header with the palette.

    Returns
    -------
    colours
        Shape (rows, columns, 3), uint16, 0 to `maximum`.
    maximum
        Value of full intensity.

    Raises
    ------
    ValueError, AttributeError, TypeError, KeyError, IndexError
        If there is no palette, or it cannot be read.
    """
    if "RedPaletteColorLookupTableData" not in dataset:  # segmented ones are rare, and pydicom reads them
        colours = apply_color_lut(stored, dataset)
        return colours, 2 ** (8 * colours.dtype.itemsize) - 1
    signed = int(dataset.get("PixelRepresentation", 0) or 0) == 1
    tables, stated = [], 8
    for colour in _COLOURS:
        descriptor = dataset[f"{colour}PaletteColorLookupTableDescriptor"].value
        count, first, bits = (int(value) for value in descriptor)
        stated = max(stated, bits)
        entries = _entries(dataset, f"{colour}PaletteColorLookupTableData", count or 65536, bits)
        index = np.clip(stored.astype(np.int64) - int(signed_like(first, signed)), 0, len(entries) - 1)
        tables.append((entries, index))
    largest = max(int(entries.max()) for entries, _ in tables)
    colours = np.stack([entries[index] for entries, index in tables], axis=-1)
    return colours, 255 if largest <= 255 else 65535


def _entries(dataset: Dataset, keyword: str, count: int, bits: int) -> NDArray[np.uint16]:
    """Entries from words of the file's byte order, or from bytes packed two to a word."""
    data = bytes(dataset[keyword].value)
    little_endian = dataset.original_encoding[1] is not False
    words = np.frombuffer(data[: len(data) // 2 * 2], "<u2" if little_endian else ">u2").astype(np.uint16)
    if bits <= 8 and len(words) < count:
        return np.frombuffer(words.astype("<u2").tobytes(), np.uint8)[:count].astype(np.uint16)
    if not len(words):
        raise ValueError("an empty palette")
    return words[:count]
