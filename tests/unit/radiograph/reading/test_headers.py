"""Headers put together byte by byte, and those of real encoders."""

from __future__ import annotations

import io
import struct

import imagecodecs
import numpy as np
import pytest
from openjpeg.utils import encode_array
from PIL import Image

from densexplain.errors import DamagedFileError, TruncatedFileError
from densexplain.radiograph.reading import headers


def encoded(mode: str, file_format: str, **options: object) -> bytes:
    target = io.BytesIO()
    Image.new(mode, (50, 40)).save(target, file_format, **options)
    return target.getvalue()


@pytest.mark.parametrize(
    ("mode", "bits", "channels"),
    [("1", 1, 1), ("L", 8, 1), ("I;16", 16, 1), ("P", 1, 1), ("RGB", 8, 3), ("RGBA", 8, 4)],
)
def test_a_png_header_is_read(mode: str, bits: int, channels: int) -> None:
    header = headers.read_png_header(encoded(mode, "PNG"))
    assert (header.rows, header.columns, header.bits, header.channels) == (40, 50, bits, channels)


def test_a_cut_or_senseless_png_header_is_refused() -> None:
    data = encoded("L", "PNG")
    with pytest.raises(TruncatedFileError):
        headers.read_png_header(data[:32])
    with pytest.raises(DamagedFileError, match="another part"):
        headers.read_png_header(data.replace(b"IHDR", b"IDAT"))
    with pytest.raises(DamagedFileError, match="received 5"):
        headers.read_png_header(data[:25] + b"\x05" + data[26:])


@pytest.mark.parametrize(("options", "process"), [({}, 0xC0), ({"progressive": True}, 0xC2)])
def test_a_jpeg_header_is_read(options: dict[str, object], process: int) -> None:
    header = headers.read_jpeg_header(encoded("RGB", "JPEG", **options))
    assert header == headers.ImageHeader(40, 50, 8, 3, process)


def test_headers_of_deep_and_lossless_jpeg_are_read() -> None:
    values = np.arange(2000, dtype=np.uint16).reshape(40, 50)
    lossless = imagecodecs.jpeg8_encode(values, lossless=True, bitspersample=16)
    extended = imagecodecs.jpeg8_encode(values, bitspersample=12)
    near = imagecodecs.jpegls_encode(values)
    assert headers.read_jpeg_header(lossless) == headers.ImageHeader(40, 50, 16, 1, 0xC3)
    assert headers.read_jpeg_header(extended) == headers.ImageHeader(40, 50, 12, 1, 0xC1)
    assert headers.read_jpeg_header(near) == headers.ImageHeader(40, 50, 16, 1, 0xF7)
    assert headers.read_jpeg2000_header(encode_array(values, bits_stored=12)) == headers.ImageHeader(40, 50, 12, 1, 0)


def test_fill_bytes_and_lone_markers_are_stepped_over() -> None:
    frame = b"\xff\xc0" + struct.pack("!HBHHB", 11, 8, 40, 50, 1) + b"\x01\x11\x00"
    data = b"\xff\xd8" + b"\xff\xff" + b"\xff\x01" + b"\xff\xe0\x00\x04ab" + frame
    assert headers.read_jpeg_header(data) == headers.ImageHeader(40, 50, 8, 1, 0xC0)


def test_a_jpeg_that_does_not_lead_to_its_size_is_refused() -> None:
    data = encoded("L", "JPEG")
    with pytest.raises(TruncatedFileError):
        headers.read_jpeg_header(data[:30])
    with pytest.raises(DamagedFileError, match="broken"):
        headers.read_jpeg_header(data[:2] + b"\x00" + data[3:])
    with pytest.raises(DamagedFileError, match="before its pixels"):
        headers.read_jpeg_header(b"\xff\xd8\xff\xda" + bytes(20))
    with pytest.raises(DamagedFileError, match="20000 segments"):
        headers.read_jpeg_header(b"\xff\xd8" + b"\xff\x01" * 30_000)


def test_a_jpeg_2000_stream_without_its_size_is_refused() -> None:
    with pytest.raises(DamagedFileError):
        headers.read_jpeg2000_header(b"nothing of the kind")


def test_the_end_of_a_file_is_found() -> None:
    png, jpeg = encoded("L", "PNG"), encoded("L", "JPEG")
    assert headers.has_png_end(png)
    assert headers.has_png_end(png + b"afterthought")
    assert not headers.has_png_end(png[:-1])
    assert not headers.has_png_end(png[:-12])
    assert headers.has_jpeg_end(jpeg)
    assert headers.has_jpeg_end(jpeg + bytes(20))
    assert not headers.has_jpeg_end(jpeg[:-2])
    thumbnail = b"\xff\xd8\xff\xe1\x00\x06\xff\xd9ab" + jpeg[2:-2]
    assert not headers.has_jpeg_end(thumbnail)
