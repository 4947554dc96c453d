"""The one function that the guarded process runs on a file."""

from __future__ import annotations

from densexplain.errors import ConstantImageError, SeveralFramesError
from densexplain.radiograph.radiograph import DecodedImage
from densexplain.radiograph.reading.gate import check_size
from densexplain.vocabulary import FileFormat

PRELOAD = ("densexplain.radiograph.reading.dicom", "densexplain.radiograph.reading.raster")
"""What the guarded process should have at hand; the app itself never imports these decoders."""


def decode(data: bytes, file_format: FileFormat, frame_number: int | None) -> DecodedImage:
    """Decode a file that has passed the gate.

    Parameters
    ----------
    data, file_format
        The file and what the gate found it to be.
    frame_number
        Number of the wanted image in a multi-frame object, from 1.

    Raises
    ------
    RadiographError
        One of its subclasses for whatever is wrong with the file.
    """
    from densexplain.radiograph.reading.dicom import decode_dicom
    from densexplain.radiograph.reading.raster import decode_raster

    if file_format is FileFormat.DICOM:
        image = decode_dicom(data, frame_number)
    elif frame_number in (None, 1):
        image = decode_raster(data, file_format)
    else:
        raise SeveralFramesError(f"A {file_format} file holds one image; image {frame_number} was requested.")
    check_size(*image.pixels.shape)
    if image.pixels.min() == image.pixels.max():
        raise ConstantImageError("An image with something on it was expected; every pixel of this one is the same.")
    return image
