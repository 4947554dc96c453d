"""The gate: everything it lets through and everything it keeps out."""

from __future__ import annotations

import io
import struct

import imagecodecs
import numpy as np
import pytest
from PIL import Image

from densexplain import errors
from densexplain.radiograph.reading.gate import check_before_decoding, check_size
from densexplain.vocabulary import FileFormat


def encoded(file_format: str, size: tuple[int, int] = (50, 40), mode: str = "L") -> bytes:
    target = io.BytesIO()
    Image.new(mode, size).save(target, file_format)
    return target.getvalue()


PNG, JPEG = encoded("PNG"), encoded("JPEG")
DICOM = bytes(128) + b"DICM" + b"\x02\x00\x10\x00UI\x02\x001\x00"


@pytest.mark.parametrize(
    ("data", "name", "expected"),
    [
        (PNG, None, FileFormat.PNG),
        (PNG, "a.PNG", FileFormat.PNG),
        (PNG, "no suffix", FileFormat.PNG),
        (PNG, "hand.v2", FileFormat.PNG),
        (JPEG, "a.jpeg", FileFormat.JPEG),
        (JPEG, "a.JPG", FileFormat.JPEG),
        (DICOM, "a.dcm", FileFormat.DICOM),
        (DICOM, "IM0001", FileFormat.DICOM),
        (DICOM, "a.jpg", FileFormat.DICOM),
        (b"II*\x00" + DICOM[4:], "also a TIFF", FileFormat.DICOM),
        (DICOM[132:], "without preamble", FileFormat.DICOM),
        (b"\x08\x00\x16\x00" + bytes(20), None, FileFormat.DICOM),
    ],
)
def test_a_format_is_known_by_content(data: bytes, name: str | None, expected: FileFormat) -> None:
    assert check_before_decoding(data, name) is expected


@pytest.mark.parametrize(
    ("data", "name"),
    [(PNG, "a.jpg"), (PNG, "a.dcm"), (PNG, "a.tif"), (JPEG, "a.png"), (JPEG, "a.dicom"), (JPEG, "a.bmp")],
)
def test_a_name_that_promises_another_format_is_refused(data: bytes, name: str) -> None:
    with pytest.raises(errors.FormatMismatchError, match="its content is"):
        check_before_decoding(data, name)


@pytest.mark.parametrize(
    ("data", "described"),
    [
        (b"Dear colleague, \xc3\xa4 the radiograph follows.", "received text"),
        ("ä".encode() * 3000, "received text"),
        (b"%PDF-1.7 ...", "a PDF document"),
        (b"PK\x03\x04....", "a ZIP archive"),
        (b"GIF89a....", "a GIF image"),
        (b"MZ\x90\x00", "a program"),
        (b"\x7fELF\x02", "a program"),
        (bytes(range(256)), "something else"),
        (b"abc\x00def", "something else"),
    ],
)
def test_other_content_is_refused_and_named(data: bytes, described: str) -> None:
    with pytest.raises(errors.UnknownFormatError, match=described):
        check_before_decoding(data)


def test_a_text_that_poses_as_an_image_is_told_so() -> None:
    with pytest.raises(errors.UnknownFormatError, match="name ends as that of a PNG file"):
        check_before_decoding(b"some text", "a.png")


def test_empty_and_too_large_files_are_refused() -> None:
    with pytest.raises(errors.EmptyFileError):
        check_before_decoding(b"")
    with pytest.raises(errors.FileTooLargeError, match=r"may have 64 MB; received 64\.0 MB"):
        check_before_decoding(bytes(64 * 2**20 + 1))
    with pytest.raises(errors.UnknownFormatError):
        check_before_decoding(bytes(64 * 2**20))


@pytest.mark.parametrize(
    "start", [b"MZ", b"\x7fELF", b"#!/bin/sh", b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe", b"PK\x03\x04"]
)
def test_a_program_in_the_preamble_is_refused(start: bytes) -> None:
    with pytest.raises(errors.ExecutableContentError):
        check_before_decoding(start + DICOM[len(start) :], "a.dcm")


def png_of(rows: int, columns: int) -> bytes:
    return PNG[:16] + struct.pack("!II", columns, rows) + PNG[24:]


def jpeg_of(rows: int, columns: int) -> bytes:
    place = JPEG.index(b"\xff\xc0") + 5
    return JPEG[:place] + struct.pack("!HH", rows, columns) + JPEG[place + 4 :]


@pytest.mark.parametrize("make", [png_of, jpeg_of])
def test_size_is_checked_in_the_header(make: object) -> None:
    for rows, columns in ((32_001, 100), (100, 32_001), (6500, 6500), (30_000, 30_000)):
        with pytest.raises(errors.TooManyPixelsError, match=f"{rows} x {columns}"):
            check_before_decoding(make(rows, columns))  # type: ignore[operator]
    for rows, columns in ((1, 1), (31, 500), (500, 31)):
        with pytest.raises(errors.TooFewPixelsError, match=f"{rows} x {columns}"):
            check_before_decoding(make(rows, columns))  # type: ignore[operator]
    check_before_decoding(make(8192, 4882))  # type: ignore[operator]
    check_before_decoding(make(12_000, 3_000))  # type: ignore[operator]  # a long leg, stitched
    check_before_decoding(make(32, 32))  # type: ignore[operator]


def test_limits_of_size_are_exact() -> None:
    check_size(5000, 8000)
    with pytest.raises(errors.TooManyPixelsError, match=r"40 megapixels; received 5000 x 8001 \(40\.0 megapixels\)"):
        check_size(5000, 8001)


def test_kinds_of_jpeg_that_only_dicom_holds_are_refused() -> None:
    values = np.zeros((40, 50), np.uint16)
    for options in ({"lossless": True, "bitspersample": 16}, {"bitspersample": 12}):
        with pytest.raises(errors.UnsupportedEncodingError, match="baseline or progressive"):
            check_before_decoding(imagecodecs.jpeg8_encode(values, **options))


def test_headers_that_end_too_soon_or_make_no_sense_are_refused() -> None:
    with pytest.raises(errors.TruncatedFileError):
        check_before_decoding(PNG[:30])
    with pytest.raises(errors.DamagedFileError):
        check_before_decoding(JPEG[:3] + b"\x00\x00\x02\x00" + bytes(30))
