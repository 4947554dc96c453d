"""The DICOM encodings that are read, and which decoder reads each.

One decoder for each encoding, named outright: pydicom would otherwise try
whatever happens to be installed, one of which panics and one leaks.
"""

from __future__ import annotations

import zlib

from pydicom import uid
from pydicom.pixels.decoders.base import get_decoder

from densexplain.errors import DicomDirectoryError, TruncatedFileError, UnsupportedEncodingError

NATIVE = (uid.ImplicitVRLittleEndian, uid.ExplicitVRLittleEndian, uid.ExplicitVRBigEndian)
JPEG = (uid.JPEGBaseline8Bit, uid.JPEGExtended12Bit, uid.JPEGLossless, uid.JPEGLosslessSV1)
JPEG_LS = (uid.JPEGLSLossless, uid.JPEGLSNearLossless)
JPEG_2000 = (uid.JPEG2000Lossless, uid.JPEG2000)
MOST_INFLATED_BYTES = 256 * 2**20
"""Most that a deflated data set may have: 40 megapixels of three samples and 16 bits."""

LOSSY = (uid.JPEGBaseline8Bit, uid.JPEGExtended12Bit, uid.JPEGLSNearLossless, uid.JPEG2000)
OWN_PLUGIN = "densexplain"
DECODERS: dict[uid.UID, str] = {
    **dict.fromkeys(NATIVE, ""),
    uid.RLELossless: "pydicom",
    **dict.fromkeys(JPEG, OWN_PLUGIN),
    **dict.fromkeys(JPEG_LS, "pyjpegls"),
    **dict.fromkeys(JPEG_2000, OWN_PLUGIN),
}
"""Name of pydicom's decoding plugin by transfer syntax; empty where nothing is compressed."""


def install_plugin() -> None:
    """Make pydicom know this package's JPEG decoders; a second call changes nothing."""
    for syntax in (*JPEG, *JPEG_2000):
        decoder = get_decoder(syntax)
        function = "decode_jpeg" if syntax in JPEG else "decode_jpeg_2000"
        if OWN_PLUGIN not in decoder.available_plugins:
            decoder.add_plugin(OWN_PLUGIN, ("densexplain.radiograph.reading.jpeg_plugin", function))


def inflated(data: bytes, start: int) -> bytes:
    """A file whose data set is no longer deflated; itself where it never was.

    A deflated data set of 2 MB may inflate to 4 GB within the parser, so it is
    inflated here, up to a limit, before the parser sees it.

    Parameters
    ----------
    data
        A DICOM file.
    start
        Where group 0002 begins.

    Raises
    ------
    UnsupportedEncodingError
        If it would have more than `MOST_INFLATED_BYTES`.
    TruncatedFileError
        If it ends too early, or is no deflated data set.

    References
    ----------
    DICOM PS3.5 A.5; RFC 1951.
    """
    meta, end = _read_file_meta(data, start)
    if meta.get(0x0010) != uid.DeflatedExplicitVRLittleEndian:
        return data
    reader = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        content = reader.decompress(data[end:], MOST_INFLATED_BYTES)
    except zlib.error as problem:
        raise TruncatedFileError("A deflated data set was expected; this one cannot be inflated.") from problem
    if reader.unconsumed_tail:
        raise UnsupportedEncodingError(
            f"A deflated data set of at most {MOST_INFLATED_BYTES // 2**20} MB was expected; this one has more."
        )
    if not reader.eof:
        raise TruncatedFileError("A complete deflated data set was expected; the end of this one is missing.")
    name, native = (str(one).encode() for one in (uid.DeflatedExplicitVRLittleEndian, uid.ExplicitVRLittleEndian))
    return data[:start] + data[start:end].replace(name, native.ljust(len(name), b"\0"), 1) + content


def check_file_meta(data: bytes, start: int) -> None:
    """Refuse by group 0002 alone what must not even be parsed.

    Parameters
    ----------
    data
        A DICOM file.
    start
        Where group 0002 begins.

    Raises
    ------
    UnsupportedEncodingError
        If its transfer syntax is not read.
    DicomDirectoryError
        If it is a DICOMDIR.

    References
    ----------
    DICOM PS3.10, 7.1.
    """
    meta, _ = _read_file_meta(data, start)
    if meta.get(0x0002) == uid.MediaStorageDirectoryStorage:
        raise DicomDirectoryError("A radiograph was expected; received a DICOMDIR, which only lists other files.")
    check_transfer_syntax(meta.get(0x0010, str(uid.ImplicitVRLittleEndian)))


def check_transfer_syntax(name: str) -> None:
    """Refuse what no decoder here reads.

    Raises
    ------
    UnsupportedEncodingError
        With the name of the transfer syntax.
    """
    if name not in DECODERS:
        known = uid.UID(name).name if uid.UID(name).is_transfer_syntax else "an unknown one"
        raise UnsupportedEncodingError(
            "An uncompressed, RLE, JPEG, JPEG-LS or JPEG 2000 transfer syntax was expected; "
            f"received {known}, which is not read."
        )


def _read_file_meta(data: bytes, start: int) -> tuple[dict[int, str], int]:
    """Values of group 0002 by element number, and where it ends; the group is always explicit little endian."""
    values: dict[int, str] = {}
    position = start
    while data[position : position + 2] == b"\x02\x00" and position + 8 <= len(data):
        element = int.from_bytes(data[position + 2 : position + 4], "little")
        if data[position + 4 : position + 6] in (b"OB", b"OW", b"UN", b"UT", b"SQ"):
            length, position = int.from_bytes(data[position + 8 : position + 12], "little"), position + 12
        else:
            length, position = int.from_bytes(data[position + 6 : position + 8], "little"), position + 8
        values[element] = data[position : position + min(length, 64)].rstrip(b"\x00 ").decode("ascii", "replace")
        position += length
    return values, position
