"""PNG and JPEG to grey pixels; runs in the guarded process."""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable

import imagecodecs
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFile, JpegImagePlugin, PngImagePlugin  # noqa: F401 - the plugins register themselves

from densexplain.errors import DamagedFileError, SeveralFramesError, TruncatedFileError
from densexplain.radiograph.radiograph import Acquisition, DecodedImage
from densexplain.radiograph.reading import headers
from densexplain.radiograph.reading.luminance import luminance
from densexplain.settings import settings
from densexplain.vocabulary import FileFormat

_ORIENTATION_TAG = 0x0112
_MOST_USED_BITS = 14
"""Of 16: with fewer a picture is nearly black, and scanners and converters of 12 bits write such files."""
_TURNS: dict[int, Callable[[NDArray[np.float32]], NDArray[np.float32]]] = {
    2: np.fliplr,
    3: lambda pixels: np.rot90(pixels, 2),
    4: np.flipud,
    5: lambda pixels: pixels.T,
    6: lambda pixels: np.rot90(pixels, -1),
    7: lambda pixels: np.rot90(pixels, 2).T,
    8: lambda pixels: np.rot90(pixels, 1),
}


def decode_raster(data: bytes, file_format: FileFormat) -> DecodedImage:
    """Decode a PNG or JPEG file that has passed the gate.

    Raises
    ------
    TruncatedFileError
        If its end is missing.
    DamagedFileError
        If it cannot be decoded.
    SeveralFramesError
        If it is an animation.
    """
    whole = headers.has_png_end(data) if file_format is FileFormat.PNG else headers.has_jpeg_end(data)
    if not whole:
        raise TruncatedFileError(f"A complete {file_format} file was expected; the end of this one is missing.")
    Image.MAX_IMAGE_PIXELS = settings().maximum_pixels
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    notes: list[str] = []
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            image = Image.open(io.BytesIO(data), formats=[file_format])
            _check_single(image)
            pixels, bits = _decode(data, image, file_format, notes)
    except (OSError, SyntaxError, ValueError, EOFError, imagecodecs.PngError) as problem:
        if "truncated" in str(problem):
            raise TruncatedFileError(f"A complete {file_format} file was expected; pixels are missing.") from problem
        raise DamagedFileError(
            f"An intact {file_format} file was expected; its content cannot be decoded."
        ) from problem
    pixels = _turn(pixels, image, notes)
    return DecodedImage(pixels, Acquisition(bits=bits), tuple(notes))


def _check_single(image: Image.Image) -> None:
    frames = getattr(image, "n_frames", 1)
    if isinstance(image, PngImagePlugin.PngImageFile) and frames > 1:
        raise SeveralFramesError(f"A file with one image was expected; received an animation of {frames}.")


def _decode(
    data: bytes, image: Image.Image, file_format: FileFormat, notes: list[str]
) -> tuple[NDArray[np.float32], int]:
    """Grey pixels and the bits that the file stores of each sample."""
    if file_format is FileFormat.PNG:
        header = headers.read_png_header(data)
        if header.bits == 16 and header.channels > 1:
            return _decode_deep_png(data, notes), 16
        bits = header.bits
    else:
        bits = 8
    if image.mode.startswith("I"):
        values = np.asarray(image)
        return np.divide(values, _white(int(values.max()), notes), dtype=np.float32), 16
    if image.mode in ("1", "L") and "transparency" not in image.info:
        return np.divide(np.asarray(image.convert("L")), 255, dtype=np.float32), bits
    transparent = "A" in image.getbands() or "transparency" in image.info
    _note_colour(notes, image.mode not in ("1", "L", "LA"), transparent)
    return luminance(np.asarray(image.convert("RGBA" if transparent else "RGB")), 255), bits


def _decode_deep_png(data: bytes, notes: list[str]) -> NDArray[np.float32]:
    """16-bit colour or opacity, which Pillow would cut down to 8 bits."""
    values = imagecodecs.png_decode(data)
    channels = values.shape[-1]
    _note_colour(notes, channels > 2, channels in (2, 4))
    if channels == 2:
        values = values[..., [0, 0, 0, 1]]
    return luminance(values, _white(int(values[..., :3].max()), notes) if channels == 3 else 65535)


def _white(largest: int, notes: list[str]) -> int:
    """Value of white of 16-bit samples: 65535, or the largest of the bits that are used where two or more are not."""
    used = max(8, largest.bit_length())
    if used > _MOST_USED_BITS:
        return 65535
    notes.append(f"The 16 bits of the file hold {used}-bit values; {2**used - 1} was taken for white.")
    return (1 << used) - 1


def _note_colour(notes: list[str], coloured: bool, transparent: bool) -> None:
    if coloured:
        notes.append("The file holds a colour image; its luminance is shown.")
    if transparent:
        notes.append("The file has transparency; it was laid on black.")


def _turn(pixels: NDArray[np.float32], image: Image.Image, notes: list[str]) -> NDArray[np.float32]:
    """Stand the image up as its EXIF orientation says."""
    try:
        orientation = image.getexif().get(_ORIENTATION_TAG, 1)
    except (SyntaxError, ValueError, OSError, KeyError, TypeError):
        notes.append("The EXIF data of the file cannot be read; the image is shown as stored.")
        return pixels
    if orientation not in _TURNS:
        return pixels
    notes.append("The image was turned upright as its EXIF orientation says.")
    return np.ascontiguousarray(_TURNS[orientation](pixels))
