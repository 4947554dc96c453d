"""Reading the images of a data set; faster than the guarded reading of uploads, for files chosen by oneself."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from densexplain.errors import DataSetError
from densexplain.radiograph.reading import headers

_FLAGS = cv2.IMREAD_GRAYSCALE | cv2.IMREAD_ANYDEPTH
_LARGEST = {np.dtype(np.uint8): np.float32(255), np.dtype(np.uint16): np.float32(65535)}


def read_training_image(path: Path) -> NDArray[np.float32]:
    """Read one image of a data set, shape (rows, columns), float32 in [0, 1].

    Raises
    ------
    DataSetError
        If the file is not a readable 8 or 16-bit PNG or JPEG.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise DataSetError(f"expected a readable PNG or JPEG; {path}: {error.strerror}") from error
    return decode_training_image(content, path)


def decode_training_image(content: bytes, path: Path) -> NDArray[np.float32]:
    """Decode the content of a file of a data set; `path` is for the message.

    Returns
    -------
    numpy.ndarray
        Shape (rows, columns), float32 in [0, 1], bright = dense.

    Raises
    ------
    DataSetError
        If the bytes are not a whole 8 or 16-bit PNG or JPEG.
    """
    fault = _fault(content)
    if fault:
        raise DataSetError(f"expected a readable PNG or JPEG; {path} {fault}")
    try:
        image = cv2.imdecode(np.frombuffer(content, np.uint8), _FLAGS)
    except cv2.error:  # more pixels than OpenCV takes
        image = None
    if image is None or image.dtype not in _LARGEST:
        raise DataSetError(f"expected a readable PNG or JPEG; {path} cannot be decoded")
    return np.divide(image, _LARGEST[image.dtype], dtype=np.float32)


def _fault(content: bytes) -> str | None:
    """What is wrong before anything is decoded: OpenCV accepts other formats too, and fills in what is missing."""
    if not content:
        return "is empty"
    if content.startswith(headers.PNG_SIGNATURE):
        whole = headers.has_png_end(content)
    elif content.startswith(headers.JPEG_START):
        whole = headers.has_jpeg_end(content)
    else:
        return "is neither"
    return None if whole else "is cut off"
