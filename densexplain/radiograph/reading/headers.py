"""Size and depth of an image from its first bytes, before anything is decoded."""

from __future__ import annotations

import struct
from dataclasses import dataclass

from densexplain.errors import DamagedFileError, TruncatedFileError

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
JPEG_START = b"\xff\xd8\xff"
JPEG_END = b"\xff\xd9"
JPEG2000_START = b"\xff\x4f\xff\x51"
_MAXIMUM_STEPS = 20_000
_FRAME_MARKERS = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC} | {0xF7}
_PNG_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}


@dataclass(frozen=True)
class ImageHeader:
    """Size and depth that an encoded image states.

    Parameters
    ----------
    rows, columns
        Size in pixels.
    bits
        Bits of each sample.
    channels
        Samples of each pixel; 1 for a palette.
    process
        PNG: the colour type. JPEG: the start-of-frame marker's second byte (0xC0
        baseline, 0xC1 extended, 0xC2 progressive, 0xC3 lossless, 0xF7 JPEG-LS).
        JPEG 2000: 0.
    """

    rows: int
    columns: int
    bits: int
    channels: int
    process: int


def read_png_header(data: bytes) -> ImageHeader:
    """Read the IHDR chunk.

    Raises
    ------
    TruncatedFileError
        If the file ends within it.
    DamagedFileError
        If the first chunk is another one or holds an unknown colour type.

    References
    ----------
    PNG specification, third edition, 11.2.1.
    """
    if len(data) < 33:
        raise TruncatedFileError("A PNG file must have a complete header; the file ends within it.")
    if data[8:16] != b"\x00\x00\x00\rIHDR":
        raise DamagedFileError("A PNG file must start with its header; received another part first.")
    columns, rows, bits, colour_type = struct.unpack_from("!IIBB", data, 16)
    if colour_type not in _PNG_CHANNELS:
        raise DamagedFileError(f"A PNG file must have a known colour type; received {colour_type}.")
    return ImageHeader(rows, columns, bits, _PNG_CHANNELS[colour_type], colour_type)


def read_jpeg_header(data: bytes) -> ImageHeader:
    """Walk the marker segments of a JPEG or JPEG-LS codestream up to the start of frame.

    Raises
    ------
    TruncatedFileError
        If the data end before it.
    DamagedFileError
        If the segments do not lead to it.

    References
    ----------
    ITU-T T.81, B.2.2; T.87, C.2.2.
    """
    position = 2
    for _ in range(_MAXIMUM_STEPS):
        if position + 10 > len(data):
            raise TruncatedFileError("A JPEG image must state its size; the file ends before that.")
        if data[position] != 0xFF:
            raise DamagedFileError("A JPEG image must be a chain of segments; the chain is broken.")
        marker = data[position + 1]
        if marker == 0xFF or marker == 0x01:
            position += 1 if marker == 0xFF else 2
        elif marker in _FRAME_MARKERS:
            bits, rows, columns, channels = struct.unpack_from("!BHHB", data, position + 4)
            return ImageHeader(rows, columns, bits, channels, marker)
        elif marker in (0xD9, 0xDA):
            raise DamagedFileError("A JPEG image must state its size before its pixels; it does not.")
        else:
            position += 2 + max(2, int.from_bytes(data[position + 2 : position + 4], "big"))
    raise DamagedFileError(f"A JPEG image must state its size within {_MAXIMUM_STEPS} segments; it does not.")


def read_jpeg2000_header(data: bytes) -> ImageHeader:
    """Read the SIZ segment of a JPEG 2000 codestream, bare or in a JP2 file.

    Raises
    ------
    DamagedFileError
        If there is none.

    References
    ----------
    ITU-T T.800, A.5.1.
    """
    start = data.find(JPEG2000_START, 0, 65536)
    if start < 0 or start + 43 > len(data):
        raise DamagedFileError("A JPEG 2000 image must start with its size; it does not.")
    columns, rows, left, top = struct.unpack_from("!4I", data, start + 8)
    channels, depth = struct.unpack_from("!HB", data, start + 40)
    return ImageHeader(rows - top, columns - left, (depth & 0x7F) + 1, channels, 0)


def has_jpeg_end(data: bytes) -> bool:
    """Whether a JPEG's end marker follows its pixels (one within a thumbnail does not count)."""
    return data.rfind(JPEG_END) > data.find(b"\xff\xda") > 0


def has_png_end(data: bytes) -> bool:
    """Whether the chunks of a PNG lead to its end."""
    position = len(PNG_SIGNATURE)
    while position + 12 <= len(data):
        length, kind = struct.unpack_from("!I4s", data, position)
        position += 12 + length
        if kind == b"IEND":
            return bool(position <= len(data))
    return False
