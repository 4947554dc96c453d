"""DICOM pixel data to stored values: compared with the header first, then decoded."""

from __future__ import annotations

import warnings

import numpy as np
from numpy.typing import NDArray
from pydicom import uid
from pydicom.dataset import Dataset
from pydicom.encaps import get_frame
from pydicom.pixels.decoders.base import get_decoder

from densexplain.errors import DamagedFileError, TruncatedFileError
from densexplain.radiograph.reading import headers, transfer_syntax
from densexplain.radiograph.reading.dicom_values import number

PIXEL_KEYWORDS = ("PixelData", "FloatPixelData", "DoubleFloatPixelData")

transfer_syntax.install_plugin()


def check_pixel_data(dataset: Dataset, syntax: uid.UID, index: int) -> None:
    """Compare the pixel data with what the header announces, before a decoder sees them.

    Parameters
    ----------
    dataset
        A header that has passed its checks.
    syntax
        Its transfer syntax.
    index
        The wanted frame, from 0.

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
        return
    try:
        stream = get_frame(dataset.PixelData, index, number_of_frames=frames)
    except (ValueError, EOFError, AttributeError, TypeError, StopIteration) as problem:
        raise DamagedFileError("Compressed pixels were expected; theirs is not the form of the standard.") from problem
    if syntax == uid.RLELossless:
        return
    if syntax in transfer_syntax.JPEG_2000:
        header = headers.read_jpeg2000_header(stream)
        whole = headers.JPEG_END in stream[-16:]
    else:
        header, whole = headers.read_jpeg_header(stream), headers.has_jpeg_end(stream)
    if (header.rows, header.columns) != (rows, columns):
        raise DamagedFileError(
            f"{rows} x {columns} pixels were expected from the header; received {header.rows} x {header.columns}."
        )
    if not whole:
        raise TruncatedFileError("A complete compressed image was expected; the end of this one is missing.")


def decode_frame(dataset: Dataset, syntax: uid.UID, index: int) -> NDArray[np.generic]:
    """Decode one frame to its stored values.

    Returns
    -------
    numpy.ndarray
        Shape (rows, columns), or (rows, columns, 3) in RGB; of the stored type, integers or floats, any value.

    Raises
    ------
    DamagedFileError
        If its decoder fails.
    """
    high_bit = number(dataset, "HighBit")
    stored_bits = number(dataset, "BitsStored") or 0
    shift = 0 if high_bit is None or "PixelData" not in dataset else int(high_bit + 1 - stored_bits)
    shifted = 0 < shift <= dataset.BitsAllocated - stored_bits and syntax in transfer_syntax.NATIVE
    if shifted:  # values sit at the upper end of their word: have all of it decoded, then move them down
        dataset.BitsStored = int(high_bit or 0) + 1
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            values, _ = get_decoder(syntax).as_array(
                dataset, index=index, decoding_plugin=transfer_syntax.DECODERS[syntax]
            )
    except MemoryError:
        raise
    except Exception as problem:
        if "MemoryError" in str(problem):
            raise MemoryError from problem
        raise DamagedFileError(
            "The pixels of an intact DICOM image were expected; these cannot be decoded."
        ) from problem
    if shifted:
        dataset.BitsStored = int(stored_bits)
        values = values >> shift
    return np.asarray(values)
