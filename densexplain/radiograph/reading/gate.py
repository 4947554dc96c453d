"""Checks before anything is decoded; reads headers of fixed layout only.

This runs in the app itself, so nothing here inflates, decodes or follows a
structure whose cost the file decides. A DICOM header is left to the guarded
process: it may be deflated.
"""

from __future__ import annotations

import re
from pathlib import PurePath

from densexplain.errors import (
    EmptyFileError,
    ExecutableContentError,
    FileTooLargeError,
    FormatMismatchError,
    TooFewPixelsError,
    TooManyPixelsError,
    UnknownFormatError,
    UnsupportedEncodingError,
)
from densexplain.radiograph.reading import headers
from densexplain.settings import settings
from densexplain.vocabulary import FileFormat

DICOM_MAGIC_OFFSET = 128
_DICOM_SUFFIXES = (".dcm", ".dicom", ".dic", ".ima")
_PROMISES = {
    **dict.fromkeys(_DICOM_SUFFIXES, "DICOM"),
    **dict.fromkeys((".png", ".apng"), "PNG"),
    **dict.fromkeys((".jpg", ".jpeg", ".jpe", ".jfif"), "JPEG"),
    **dict.fromkeys((".tif", ".tiff"), "TIFF"),
    **{suffix: suffix[1:].upper() for suffix in (".bmp", ".gif", ".webp", ".jp2", ".pdf", ".zip", ".txt", ".csv")},
}
_EXECUTABLES = (
    b"MZ", b"\x7fELF", b"#!", b"\xfe\xed\xfa\xce", b"\xfe\xed\xfa\xcf", b"\xce\xfa\xed\xfe", b"\xcf\xfa\xed\xfe",
    b"\xca\xfe\xba\xbe", b"\x00asm", b"PK\x03\x04", b"%PDF", b"<script", b"<html", b"<?php",
)  # fmt: skip
_OTHER_FORMATS = {
    b"%PDF": "a PDF document",
    b"PK\x03\x04": "a ZIP archive",
    b"GIF8": "a GIF image",
    b"BM": "a BMP image",
    b"II*\x00": "a TIFF image",
    b"MM\x00*": "a TIFF image",
    b"RIFF": "a WebP image or a sound",
    b"\x00\x00\x00\x0cjP  ": "a JPEG 2000 file",
    b"\x1f\x8b": "a gzip archive",
    **dict.fromkeys(_EXECUTABLES[:2], "a program"),
}
_BARE_DICOM = re.compile(  # a data set without a preamble, little endian or big
    rb"\x02\x00[\x00-\x20]\x00[A-Z]{2}|\x08\x00[\x00-\x20]\x00|\x00\x08\x00[\x00-\x20][A-Z]{2}"
)


def check_before_decoding(data: bytes, name: str | None = None) -> FileFormat:
    """Identify a file, and refuse what no decoder should be given.

    Parameters
    ----------
    data
        The whole file.
    name
        Its name, if it has one; only the suffix is looked at.

    Returns
    -------
    FileFormat
        By content, never by name.

    Raises
    ------
    EmptyFileError, FileTooLargeError, UnknownFormatError, FormatMismatchError
        What is checked on every file. A DICOM object may bear any name.
    ExecutableContentError
        A DICOM preamble that starts like a program.
    TooManyPixelsError, TooFewPixelsError, UnsupportedEncodingError, TruncatedFileError, DamagedFileError
        What the header of a PNG or JPEG file says.
    """
    if not data:
        raise EmptyFileError("A DICOM, PNG or JPEG file was expected; received an empty one (0 bytes).")
    if len(data) > settings().maximum_file_bytes:
        raise FileTooLargeError(
            f"A file may have {settings().maximum_file_bytes / 2**20:.0f} MB; received {len(data) / 2**20:.1f} MB."
        )
    file_format = _recognise(data)
    promised = _PROMISES.get(PurePath(name).suffix.lower()) if name else None
    if file_format is None:
        ending = f", although its name ends as that of a {promised} file does" if promised in set(FileFormat) else ""
        raise UnknownFormatError(f"A DICOM, PNG or JPEG file was expected; received {_describe(data)}{ending}.")
    if file_format is FileFormat.DICOM:
        _check_preamble(data)
        return file_format
    if promised not in (None, file_format):
        raise FormatMismatchError(
            f"The name says that this is a {promised} file, but its content is {file_format}; "
            f"export it again, or give it the ending of a {file_format} file if you trust its source."
        )
    _check_image_header(data, file_format)
    return file_format


def check_size(rows: int, columns: int) -> None:
    """Check an image's size as its header states it.

    Raises
    ------
    TooManyPixelsError
        Over 40 megapixels, or over 32,000 rows or columns.
    TooFewPixelsError
        Under 32 rows or columns.
    """
    limits = settings()
    if max(rows, columns) > limits.maximum_side_px or rows * columns > limits.maximum_pixels:
        raise TooManyPixelsError(
            f"A radiograph may have {limits.maximum_side_px} rows and columns and "
            f"{limits.maximum_pixels / 1e6:.0f} megapixels; received {rows} x {columns} "
            f"({rows * columns / 1e6:.1f} megapixels)."
        )
    if min(rows, columns) < limits.minimum_side_px:
        raise TooFewPixelsError(
            f"A radiograph must have {limits.minimum_side_px} rows and columns or more; received {rows} x {columns}."
        )


def _recognise(data: bytes) -> FileFormat | None:
    if data.startswith(headers.PNG_SIGNATURE):
        return FileFormat.PNG
    if data.startswith(headers.JPEG_START):
        return FileFormat.JPEG
    if data[DICOM_MAGIC_OFFSET : DICOM_MAGIC_OFFSET + 4] == b"DICM" or _BARE_DICOM.match(data):
        return FileFormat.DICOM
    return None


def _describe(data: bytes) -> str:
    for magic, description in _OTHER_FORMATS.items():
        if data.startswith(magic):
            return description
    try:
        start = data[:4096].decode("utf-8", errors="strict" if len(data) <= 4096 else "ignore")
    except UnicodeDecodeError:
        return "something else"
    return "text" if all(character.isprintable() or character.isspace() for character in start) else "something else"


def _check_preamble(data: bytes) -> None:
    if data[DICOM_MAGIC_OFFSET : DICOM_MAGIC_OFFSET + 4] == b"DICM" and data.startswith(_EXECUTABLES):
        raise ExecutableContentError(
            "A DICOM file should start with an empty preamble; this one starts like a program or a document "
            "and was refused."
        )


def _check_image_header(data: bytes, file_format: FileFormat) -> None:
    if file_format is FileFormat.PNG:
        header = headers.read_png_header(data)
    else:
        header = headers.read_jpeg_header(data)
        if header.process not in (0xC0, 0xC1, 0xC2) or header.bits != 8:
            raise UnsupportedEncodingError(
                "A JPEG file should be a baseline or progressive one of 8 bits; received another kind "
                f"of {header.bits} bits, which is read within DICOM only."
            )
    check_size(header.rows, header.columns)
