"""DICOM pixel data to stored values: compared with the header first, then decoded."""

from __future__ import annotations

import warnings

import numpy as np
from numpy.typing import NDArray
from pydicom import uid
from pydicom.dataset import Dataset
from pydicom.encaps import encapsulate, get_frame
from pydicom.pixels.decoders.base import get_decoder

from densexplain.errors import DamagedFileError, RadiographError, TruncatedFileError
from densexplain.radiograph.reading import headers, transfer_syntax
from densexplain.radiograph.reading.codestream_end import with_end
from densexplain.radiograph.reading.dicom_values import number
from densexplain.radiograph.reading.stored_bits import within_bits

PIXEL_KEYWORDS = ("PixelData", "FloatPixelData", "DoubleFloatPixelData")

_ITEM = b"\xfe\xff\x00\xe0"
_PROCESSES = {
    0xC0: uid.JPEGBaseline8Bit,
    0xC1: uid.JPEGExtended12Bit,
    0xC3: uid.JPEGLosslessSV1,
    0xF7: uid.JPEGLSLossless,
}

transfer_syntax.install_plugin()


def actual_syntax(dataset: Dataset, syntax: uid.UID, notes: list[str]) -> uid.UID:
    """The transfer syntax that the pixel data have, where it is not the one that the file states.

    Parameters
    ----------
    dataset
        Its pixel data and, if need be, its transfer syntax are put right.
    syntax
        As the file states it.
    notes
        A sentence is added here where the two differ.
    """
    if "PixelData" not in dataset:
        return syntax
    element = dataset["PixelData"]
    start = bytes(element.value[:4]) if element.value else b""
    packed = element.is_undefined_length or start == _ITEM
    if packed and syntax in transfer_syntax.NATIVE:
        found = _syntax_of_stream(dataset)
    elif not packed and syntax not in transfer_syntax.NATIVE and start:
        found = uid.ExplicitVRLittleEndian
    else:
        return syntax
    if found is None:
        return syntax
    notes.append(f"The file states another transfer syntax than its pixels have; they were read as {found.name}.")
    dataset.file_meta.TransferSyntaxUID = found
    element.is_undefined_length = packed
    return found


def _syntax_of_stream(dataset: Dataset) -> uid.UID | None:
    """By the first bytes of the first compressed frame; None where they say nothing."""
    try:
        stream = get_frame(dataset.PixelData, 0, number_of_frames=int(number(dataset, "NumberOfFrames") or 1))
        if stream.startswith(headers.JPEG2000_START):
            return uid.JPEG2000
        return _PROCESSES.get(headers.read_jpeg_header(stream).process)
    except (ValueError, EOFError, AttributeError, TypeError, StopIteration, RadiographError):
        return None


def check_pixel_data(dataset: Dataset, syntax: uid.UID, index: int, notes: list[str]) -> int:
    """Compare the pixel data with what the header announces, before a decoder sees them.

    Parameters
    ----------
    dataset
        A header that has passed its checks. Where the wanted frame's codestream
        was repaired, it holds that one alone.
    syntax
        Its transfer syntax.
    index
        The wanted frame, from 0.
    notes
        Sentences on what was repaired are added here.

    Returns
    -------
    int
        Where the frame lies now, from 0.

    Raises
    ------
    TruncatedFileError
        If pixels, or the end of a codestream, are missing.
    DamagedFileError
        If a codestream has another size than the header, or is none.
    """
    rows, columns, samples = int(dataset.Rows), int(dataset.Columns), int(dataset.SamplesPerPixel)
    frames = int(number(dataset, "NumberOfFrames") or 1)
    if syntax in transfer_syntax.NATIVE:
        keyword = next(keyword for keyword in PIXEL_KEYWORDS if keyword in dataset)
        bits = rows * columns * samples * int(dataset.BitsAllocated) * frames
        bits = bits * 2 // 3 if dataset.PhotometricInterpretation == "YBR_FULL_422" else bits
        present = len(dataset[keyword].value or b"")
        if 8 * present < bits:
            raise TruncatedFileError(
                f"{bits // 8} bytes of pixels were expected; received {present}, so the end of the image is missing."
            )
        return index
    try:
        stream = get_frame(dataset.PixelData, index, number_of_frames=frames)
    except (ValueError, EOFError, AttributeError, TypeError, StopIteration) as problem:
        raise DamagedFileError("Compressed pixels were expected; theirs is not the form of the standard.") from problem
    if syntax == uid.RLELossless:
        return index
    read_header = headers.read_jpeg2000_header if syntax in transfer_syntax.JPEG_2000 else headers.read_jpeg_header
    header = read_header(stream)
    if (header.rows, header.columns) != (rows, columns):
        raise DamagedFileError(
            f"{rows} x {columns} pixels were expected from the header; received {header.rows} x {header.columns}."
        )
    repaired = with_end(stream, syntax, notes)
    if repaired != stream:
        dataset.PixelData = encapsulate([repaired])
        dataset["PixelData"].is_undefined_length = True
        dataset.NumberOfFrames = 1
        return 0
    return index


def decode_frame(dataset: Dataset, syntax: uid.UID, index: int, notes: list[str]) -> NDArray[np.generic]:
    """Decode one frame to its stored values.

    Parameters
    ----------
    dataset, syntax, index
        As `check_pixel_data` has left and returned them.
    notes
        Sentences on values outside the stated bits are added here.

    Returns
    -------
    numpy.ndarray
        Shape (rows, columns), or (rows, columns, 3) in RGB; of the stored type, integers or floats, any value.

    Raises
    ------
    DamagedFileError
        If its decoder fails.
    """
    stored_bits = int(number(dataset, "BitsStored") or 0)
    shift = _shift(dataset, stored_bits)
    if shift:  # values sit at the upper end of their word: have all of it decoded, then move them down
        dataset.BitsStored = stored_bits + shift
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            decoded, _ = get_decoder(syntax).as_array(
                dataset,
                index=index,
                decoding_plugin=transfer_syntax.DECODERS[syntax],
                correct_unused_bits=False,  # type: ignore[arg-type]
            )
    except MemoryError:
        raise
    except Exception as problem:
        if "MemoryError" in str(problem):
            raise MemoryError from problem
        raise DamagedFileError(
            "The pixels of an intact DICOM image were expected; these cannot be decoded."
        ) from problem
    values = np.asarray(decoded)
    if shift:
        dataset.BitsStored = stored_bits
        # A codestream may hold the values moved down already, whatever the header says.
        if syntax in transfer_syntax.NATIVE or values.max() >= 2**stored_bits or values.min() < -(2**stored_bits):
            values = values >> shift
    return within_bits(values, dataset, syntax, notes)


def _shift(dataset: Dataset, stored_bits: int) -> int:
    """By how many bits the values lie above the lower end of their word."""
    high_bit = number(dataset, "HighBit")
    if high_bit is None or "PixelData" not in dataset:
        return 0
    shift = int(high_bit) + 1 - stored_bits
    return shift if 0 < shift <= int(dataset.BitsAllocated) - stored_bits else 0
