"""What holds for every decoded image, whatever its format."""

from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from densexplain.errors import ConstantImageError, SeveralFramesError, TooFewPixelsError
from densexplain.radiograph.guard.decoding import decode
from densexplain.vocabulary import FileFormat


def png(values: NDArray[np.generic]) -> bytes:
    target = io.BytesIO()
    Image.fromarray(values).save(target, "PNG")
    return target.getvalue()


def test_each_format_goes_to_its_decoder(make_dicom: Callable[..., bytes], ramp: NDArray[np.uint16]) -> None:
    wide = ramp * 16
    expected = (wide / 65535).astype(np.float32)
    np.testing.assert_array_equal(decode(make_dicom(wide), FileFormat.DICOM, None).pixels, expected)
    np.testing.assert_array_equal(decode(png(wide), FileFormat.PNG, None).pixels, expected)
    np.testing.assert_array_equal(decode(png(wide), FileFormat.PNG, 1).pixels, expected)


def test_what_shows_nothing_is_refused(make_dicom: Callable[..., bytes], ramp: NDArray[np.uint16]) -> None:
    flat = np.full_like(ramp, 77)
    for data, file_format in ((png(flat), FileFormat.PNG), (make_dicom(flat), FileFormat.DICOM)):
        with pytest.raises(ConstantImageError, match="every pixel"):
            decode(data, file_format, None)
    with pytest.raises(TooFewPixelsError, match="20 x 40"):
        decode(png(ramp[:20]), FileFormat.PNG, None)


def test_a_raster_file_has_one_image(ramp: NDArray[np.uint16]) -> None:
    with pytest.raises(SeveralFramesError, match="image 2"):
        decode(png(ramp), FileFormat.PNG, 2)
