"""DICOM to grey pixels; runs in the guarded process, the header's parsing included.

Archives hold objects that bend the standard in many ways. What can still be
shown rightly is shown, with a note; what cannot is refused by a named error.
"""

from __future__ import annotations

import io
import struct
import warnings
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from pydicom import config, dcmread, uid
from pydicom.dataset import Dataset, FileDataset

from densexplain.errors import (
    DamagedFileError,
    NoPixelsError,
    RadiographError,
    SeveralFramesError,
    TruncatedFileError,
    UnsupportedEncodingError,
)
from densexplain.radiograph.radiograph import DecodedImage, DicomWindow
from densexplain.radiograph.reading import transfer_syntax
from densexplain.radiograph.reading.aspect import height_to_width, squared
from densexplain.radiograph.reading.dicom_values import number, read_acquisition
from densexplain.radiograph.reading.functional_groups import take_functional_groups
from densexplain.radiograph.reading.gate import DICOM_MAGIC_OFFSET, check_size
from densexplain.radiograph.reading.grey_levels import to_display
from densexplain.radiograph.reading.kind import read_kind
from densexplain.radiograph.reading.luminance import luminance
from densexplain.radiograph.reading.palette import apply_palette
from densexplain.radiograph.reading.pixel_data import PIXEL_KEYWORDS, actual_syntax, check_pixel_data, decode_frame
from densexplain.radiograph.reading.polarity import dense_is_low

_MONOCHROME = ("MONOCHROME1", "MONOCHROME2")
_COLOURS = ("RGB", "YBR_FULL", "YBR_FULL_422", "YBR_ICT", "YBR_RCT", "PALETTE COLOR")
_UNDEFINED_LENGTH = 0xFFFFFFFF


def decode_dicom(data: bytes, frame_number: int | None) -> DecodedImage:
    """Decode one frame of a DICOM object.

    Parameters
    ----------
    data
        A file that the gate takes for DICOM.
    frame_number
        Number of the wanted frame, from 1; None if there must be only one.

    Raises
    ------
    DicomDirectoryError, UnsupportedEncodingError
        By its kind and encoding.
    NoPixelsError, TruncatedFileError, DamagedFileError
        By its content.
    SeveralFramesError, TooManyPixelsError, TooFewPixelsError
        By its size.
    NotFiniteError
        NaN or infinity among float pixel data.
    """
    try:
        return _decode(data, frame_number)
    except (RadiographError, MemoryError):
        raise
    except Exception as problem:
        # pydicom raises a dozen kinds on broken headers, and each means the same
        raise DamagedFileError("An intact DICOM file was expected; this one contradicts itself.") from problem


def _decode(data: bytes, frame_number: int | None) -> DecodedImage:
    notes: list[str] = []
    dataset, cut_off = _parse(data, notes)
    syntax = _find_transfer_syntax(dataset, notes)
    if not any(keyword in dataset for keyword in PIXEL_KEYWORDS):
        if cut_off:
            raise TruncatedFileError("A complete DICOM file was expected; this one ends before its pixels.")
        raise NoPixelsError("A DICOM image was expected; this object holds no pixels.")
    index = _check_header(dataset, frame_number, notes)
    syntax = actual_syntax(dataset, syntax, notes)
    take_functional_groups(dataset, index)
    index = check_pixel_data(dataset, syntax, index, notes)
    if cut_off:
        notes.append("The end of the file is missing, though not of its pixels.")
    stored = decode_frame(dataset, syntax, index, notes)
    pixels, window = _to_grey(stored, dataset, notes)
    acquisition = read_acquisition(
        dataset, bits=int(dataset.get("BitsStored") or 8), transfer_syntax=syntax.name, window=window, notes=notes
    )
    square = squared(pixels, height_to_width(dataset, acquisition.pixel_spacing_mm), notes)
    spacing = acquisition.pixel_spacing_mm
    if square.shape != pixels.shape and spacing is not None:
        spacing = (min(spacing), min(spacing))
    inverted = str(dataset.PhotometricInterpretation) in _MONOCHROME and dense_is_low(dataset)
    acquisition = replace(
        acquisition, pixel_spacing_mm=spacing, other_kind=read_kind(dataset, notes), inverted=inverted
    )
    return DecodedImage(square, acquisition, tuple(notes))


def _parse(data: bytes, notes: list[str]) -> tuple[FileDataset, bool]:
    """The data set, and whether the file ends too early."""
    has_preamble = data[DICOM_MAGIC_OFFSET : DICOM_MAGIC_OFFSET + 4] == b"DICM"
    start = DICOM_MAGIC_OFFSET + 4 if has_preamble else 0
    data = transfer_syntax.inflated(data, start)
    transfer_syntax.check_file_meta(data, start)
    if not has_preamble:
        notes.append("The file lacks the preamble that a DICOM file starts with.")
    config.settings.reading_validation_mode = config.IGNORE
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            dataset = dcmread(io.BytesIO(data), force=True)
    except (EOFError, struct.error) as problem:
        raise TruncatedFileError("A complete DICOM file was expected; this one ends within its header.") from problem
    warned = any(
        "end of file" in str(warning.message).lower() or "eof" in str(warning.message).lower() for warning in caught
    )
    return dataset, warned or _ends_early(dataset, len(data))


def _ends_early(dataset: FileDataset, file_bytes: int) -> bool:
    """Whether the last element is shorter than it says, or is followed by part of another."""
    if not len(dataset):
        return True
    last = dataset.get_item(max(dataset.keys()))
    length, start = getattr(last, "length", None), getattr(last, "value_tell", None)
    if length in (None, _UNDEFINED_LENGTH) or start is None:
        return False
    return bool(start + length > file_bytes or 0 < file_bytes - (start + length) < 8)


def _find_transfer_syntax(dataset: FileDataset, notes: list[str]) -> uid.UID:
    meta = dataset.file_meta
    if "TransferSyntaxUID" not in meta:
        implicit, little = dataset.original_encoding
        native = uid.ImplicitVRLittleEndian if implicit else uid.ExplicitVRLittleEndian
        meta.TransferSyntaxUID = native if little is not False else uid.ExplicitVRBigEndian
        notes.append("The file does not name its transfer syntax; it was taken for an uncompressed one.")
    syntax = uid.UID(str(meta.TransferSyntaxUID))
    transfer_syntax.check_transfer_syntax(syntax)
    return syntax


def _check_header(dataset: Dataset, frame_number: int | None, notes: list[str]) -> int:
    """Check size, kind and frames; returns the index of the wanted frame."""
    missing = [name for name in ("Rows", "Columns", "BitsAllocated") if not number(dataset, name)]
    if missing:
        raise DamagedFileError(f"A DICOM image must state {', '.join(missing)}; this one does not.")
    if dataset.BitsAllocated not in (1, 8, 16, 32, 64):
        raise DamagedFileError(f"1, 8, 16, 32 or 64 bits a value were expected; received {dataset.BitsAllocated}.")
    check_size(int(dataset.Rows), int(dataset.Columns))
    frames = int(number(dataset, "NumberOfFrames") or 1)
    if frame_number is None and frames > 1:
        raise SeveralFramesError(f"One image was expected; received {frames} frames, and none was chosen.")
    if frame_number is not None and not 1 <= frame_number <= frames:
        raise SeveralFramesError(f"A frame from 1 to {frames} can be chosen; received {frame_number}.")
    _complete_header(dataset, notes)
    samples, kind = int(dataset.SamplesPerPixel), str(dataset.PhotometricInterpretation)
    fits = samples == 3 if kind in _COLOURS[:-1] else samples == 1
    if kind not in (*_MONOCHROME, *_COLOURS) or not fits:
        raise UnsupportedEncodingError(
            "A monochrome, RGB, YBR or palette image was expected; "
            f"received another photometric interpretation with {samples} samples a pixel."
        )
    return (frame_number or 1) - 1


def _complete_header(dataset: Dataset, notes: list[str]) -> None:
    """Put in what the standard requires and the pixels make plain."""
    if not number(dataset, "SamplesPerPixel"):
        dataset.SamplesPerPixel = 1
        notes.append("The file does not state its samples per pixel; one was assumed.")
    kind = str(dataset.get("PhotometricInterpretation") or "").strip().upper()
    if not kind:
        kind = "MONOCHROME2" if dataset.SamplesPerPixel == 1 else "RGB"
        notes.append(f"The file does not state its photometric interpretation; {kind} was assumed.")
    dataset.PhotometricInterpretation = kind
    if "PixelData" not in dataset:
        return
    if not number(dataset, "BitsStored"):
        dataset.BitsStored = dataset.BitsAllocated
        notes.append("The file does not state its bits stored; all allocated ones were taken.")
    if number(dataset, "PixelRepresentation") is None:
        dataset.PixelRepresentation = 0
        notes.append("The file does not state whether its values are signed; unsigned was assumed.")
    if dataset.SamplesPerPixel == 3 and number(dataset, "PlanarConfiguration") is None:
        dataset.PlanarConfiguration = 0
        notes.append("The file does not state how its colours are laid out; pixel by pixel was assumed.")


def _to_grey(
    stored: NDArray[np.generic], dataset: Dataset, notes: list[str]
) -> tuple[NDArray[np.float32], DicomWindow | None]:
    kind = str(dataset.PhotometricInterpretation)
    if kind in _MONOCHROME:
        return to_display(stored, dataset, notes)
    notes.append("The file holds a colour image (secondary capture); its luminance is shown.")
    if kind == "PALETTE COLOR":
        try:
            stored, maximum = apply_palette(stored, dataset)
        except (ValueError, AttributeError, TypeError, KeyError, IndexError) as problem:
            raise DamagedFileError("A palette image must hold its palette; this one's cannot be read.") from problem
    else:
        maximum = 2 ** int(dataset.BitsStored) - 1
    return luminance(stored, maximum), None
