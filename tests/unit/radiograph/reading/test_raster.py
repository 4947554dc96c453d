"""PNG and JPEG of every kind that reaches a hospital, made in the test."""

from __future__ import annotations

import io
import struct
import zlib

import imagecodecs
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from densexplain.errors import DamagedFileError, SeveralFramesError, TruncatedFileError
from densexplain.radiograph.reading.raster import decode_raster
from densexplain.vocabulary import FileFormat

CHANCE = np.random.default_rng(3)
GREY = CHANCE.integers(0, 256, (40, 50)).astype(np.uint8)
DEEP = CHANCE.integers(0, 65536, (40, 50)).astype(np.uint16)


def saved(image: Image.Image, file_format: str = "PNG", **options: object) -> bytes:
    target = io.BytesIO()
    image.save(target, file_format, **options)
    return target.getvalue()


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack("!I", len(content)) + kind + content + struct.pack("!I", zlib.crc32(kind + content))


def test_grey_png_is_divided_by_its_largest_value() -> None:
    image = decode_raster(saved(Image.fromarray(GREY)), FileFormat.PNG)
    np.testing.assert_array_equal(image.pixels, GREY.astype(np.float32) / np.float32(255))
    assert (image.acquisition.bits, image.notes) == (8, ())
    image = decode_raster(saved(Image.fromarray(DEEP)), FileFormat.PNG)
    np.testing.assert_array_equal(image.pixels, DEEP.astype(np.float32) / np.float32(65535))
    assert (image.acquisition.bits, image.notes) == (16, ())


def test_a_one_bit_png_is_black_and_white() -> None:
    image = decode_raster(saved(Image.fromarray(GREY > 100)), FileFormat.PNG)
    np.testing.assert_array_equal(image.pixels, (GREY > 100).astype(np.float32))
    assert image.acquisition.bits == 1


@pytest.mark.parametrize("bits", [2, 4])
def test_a_png_of_few_bits_fills_the_range(bits: int) -> None:
    values = GREY >> (8 - bits)
    packed = np.packbits(np.unpackbits(values[..., None], axis=-1)[..., -bits:].reshape(40, -1), axis=1)
    rows = b"".join(b"\0" + row.tobytes() for row in packed)
    data = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack("!IIBBBBB", 50, 40, bits, 0, 0, 0, 0))
    data += chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    image = decode_raster(data, FileFormat.PNG)
    np.testing.assert_allclose(image.pixels, values / (2**bits - 1), rtol=1e-6)
    assert image.acquisition.bits == bits


def test_colour_becomes_luminance_and_is_noted() -> None:
    colours = CHANCE.integers(0, 256, (40, 50, 3)).astype(np.uint8)
    image = decode_raster(saved(Image.fromarray(colours)), FileFormat.PNG)
    np.testing.assert_allclose(image.pixels, colours @ [0.299, 0.587, 0.114] / 255, rtol=1e-6)
    assert image.notes == ("The file holds a colour image; its luminance is shown.",)


def test_transparency_is_laid_on_black_and_noted() -> None:
    opacity = CHANCE.integers(0, 256, (40, 50)).astype(np.uint8)
    for channels in ([GREY, GREY, GREY, opacity], [GREY, opacity]):
        image = decode_raster(saved(Image.fromarray(np.dstack(channels))), FileFormat.PNG)
        np.testing.assert_allclose(image.pixels, (GREY / 255) * (opacity / 255), rtol=1e-6)
        assert "The file has transparency; it was laid on black." in image.notes


@pytest.mark.parametrize("channels", [2, 3, 4])
def test_16_bit_colour_and_opacity_keep_their_bits(channels: int) -> None:
    values = CHANCE.integers(0, 65536, (40, 50, channels)).astype(np.uint16)
    image = decode_raster(imagecodecs.png_encode(values), FileFormat.PNG)
    grey = values[..., 0] if channels == 2 else values[..., :3] @ [0.299, 0.587, 0.114]
    opacity = values[..., -1] / 65535 if channels != 3 else 1
    np.testing.assert_allclose(image.pixels, grey / 65535 * opacity, rtol=1e-5, atol=1e-7)
    assert image.acquisition.bits == 16
    assert len(image.notes) == {2: 1, 3: 1, 4: 2}[channels]


def test_a_palette_is_looked_up() -> None:
    indexed = Image.fromarray(GREY % 4).convert("P")
    indexed.putpalette([0, 0, 0, 90, 90, 90, 255, 0, 0, 255, 255, 255])
    image = decode_raster(saved(indexed), FileFormat.PNG)
    np.testing.assert_allclose(image.pixels, np.array([0, 90 / 255, 0.299, 1])[GREY % 4], rtol=1e-6)
    clear = decode_raster(saved(indexed, transparency=3), FileFormat.PNG)
    np.testing.assert_allclose(clear.pixels, np.array([0, 90 / 255, 0.299, 0])[GREY % 4], rtol=1e-6)


def test_a_transparent_grey_value_is_black() -> None:
    image = decode_raster(saved(Image.fromarray(GREY), transparency=int(GREY[0, 0])), FileFormat.PNG)
    expected = np.where(GREY[0, 0] == GREY, 0, GREY / 255)
    np.testing.assert_allclose(image.pixels, expected, rtol=1e-6)


def test_jpeg_is_read_as_pillow_does() -> None:
    smooth = np.add.outer(np.arange(40), np.arange(50)).astype(np.uint8) * 2
    for options in ({}, {"progressive": True}):
        data = saved(Image.fromarray(smooth), "JPEG", quality=95, **options)
        image = decode_raster(data, FileFormat.JPEG)
        np.testing.assert_array_equal(image.pixels, np.asarray(Image.open(io.BytesIO(data))) / np.float32(255))
        assert np.abs(image.pixels * 255 - smooth).max() <= 3
    cmyk = decode_raster(saved(Image.fromarray(smooth).convert("CMYK"), "JPEG", quality=95), FileFormat.JPEG)
    assert np.abs(cmyk.pixels * 255 - smooth).max() <= 6


UPRIGHT = np.add.outer(np.arange(40) * 3, np.arange(56) * 2).astype(np.uint8)
STORED: dict[int, NDArray[np.uint8]] = {
    1: UPRIGHT,
    2: UPRIGHT[:, ::-1],
    3: UPRIGHT[::-1, ::-1],
    4: UPRIGHT[::-1],
    5: UPRIGHT.T,
    6: np.rot90(UPRIGHT, 1),
    7: np.rot90(UPRIGHT, 2).T,
    8: np.rot90(UPRIGHT, -1),
}


@pytest.mark.parametrize("orientation", list(STORED))
@pytest.mark.parametrize("file_format", list(FileFormat)[1:])
def test_exif_orientation_stands_the_image_up(orientation: int, file_format: FileFormat) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    data = saved(Image.fromarray(np.ascontiguousarray(STORED[orientation])), file_format, exif=exif.tobytes())
    image = decode_raster(data, file_format)
    assert image.pixels.shape == UPRIGHT.shape
    assert np.abs(image.pixels * 255 - UPRIGHT).max() <= (12 if file_format is FileFormat.JPEG else 1e-4)
    assert len(image.notes) == (orientation != 1)


def test_exif_that_cannot_be_read_is_noted() -> None:
    data = saved(Image.fromarray(GREY), "PNG")
    broken = data[:33] + chunk(b"eXIf", b"nothing of the kind") + data[33:]
    image = decode_raster(broken, FileFormat.PNG)
    np.testing.assert_array_equal(image.pixels, GREY.astype(np.float32) / np.float32(255))
    assert "EXIF" in image.notes[0]


def test_a_file_that_ends_too_early_is_refused() -> None:
    png, jpeg = saved(Image.fromarray(GREY)), saved(Image.fromarray(GREY), "JPEG")
    for data, file_format in ((png, FileFormat.PNG), (jpeg, FileFormat.JPEG)):
        for end in (-1, -12, -len(data) // 2):
            with pytest.raises(TruncatedFileError, match="complete"):
                decode_raster(data[:end], file_format)
    length = int.from_bytes(png[33:37], "big")
    half = png[:33] + chunk(b"IDAT", png[41 : 41 + length // 2]) + chunk(b"IEND", b"")
    with pytest.raises(TruncatedFileError, match="pixels are missing"):
        decode_raster(half, FileFormat.PNG)


def test_damaged_content_is_refused() -> None:
    png, place = saved(Image.fromarray(GREY)), 60
    with pytest.raises(DamagedFileError):
        decode_raster(png[:place] + bytes([png[place] ^ 255]) + png[place + 1 :], FileFormat.PNG)
    deep = imagecodecs.png_encode(np.dstack([DEEP] * 3))
    with pytest.raises(DamagedFileError):
        decode_raster(deep[:100] + bytes([deep[100] ^ 255]) + deep[101:], FileFormat.PNG)


def test_an_animation_is_refused() -> None:
    frames = [Image.fromarray(GREY), Image.fromarray(255 - GREY)]
    data = saved(frames[0], save_all=True, append_images=frames[1:])
    with pytest.raises(SeveralFramesError, match="animation of 2"):
        decode_raster(data, FileFormat.PNG)
