"""The end of a compressed image: padding behind it, a filling zero before it, or none at all.

Encoders differ in what they write there. Nothing is repaired that would hide
missing pixels: where the end marker is missing, the decoder must have had its
last pixel before the data end.

References
----------
DICOM PS3.5 A.4 (padding to even length); ITU-T T.81 B.2.1 (EOI), T.87 C.1, T.800 A.4.4 (EOC).
"""

from __future__ import annotations

import imagecodecs
import jpeg_ls
import numpy as np
from pydicom import uid

from densexplain.errors import TruncatedFileError
from densexplain.radiograph.reading import headers, transfer_syntax

_MISSING = "A complete compressed image was expected; the end of this one is missing."
_MOST_PADDING = 4096
_MORE_DATA = bytes.fromhex("55aa33cc0ff05aa5") * 4
"""What a decoder that still wants pixels would make something of."""


def with_end(stream: bytes, syntax: uid.UID, notes: list[str]) -> bytes:
    """A codestream that ends as its decoder expects; itself where it does.

    Parameters
    ----------
    stream
        One compressed frame.
    syntax
        Its transfer syntax.
    notes
        A sentence is added here where the end was missing.

    Raises
    ------
    TruncatedFileError
        If the end is missing, and pixels with it.
    """
    if syntax in transfer_syntax.JPEG_2000:
        if headers.JPEG_END not in stream[-16:].rstrip(b"\0") and not _padded(stream):
            raise TruncatedFileError(_MISSING)
        return stream.rstrip(b"\0") if _padded(stream) else stream
    if syntax in transfer_syntax.JPEG_LS:
        if not headers.has_jpeg_end(stream):
            raise TruncatedFileError(_MISSING)
        body = stream[: stream.rfind(headers.JPEG_END)]
        # A zero behind the last bits fills a word, and CharLS takes it for pixels of another line.
        filled = body.endswith(b"\0") and not _is_decoded(stream)
        return body[:-1] + headers.JPEG_END if filled else stream
    if headers.has_jpeg_end(stream):
        return stream
    if not _is_complete(stream):
        raise TruncatedFileError(_MISSING)
    notes.append("The compressed image lacks its end marker, though none of its pixels.")
    return stream + headers.JPEG_END


def _padded(stream: bytes) -> bool:
    kept = stream.rstrip(b"\0")
    return kept.endswith(headers.JPEG_END) and 1 < len(stream) - len(kept) <= _MOST_PADDING


def _is_decoded(stream: bytes) -> bool:
    """Whether the decoder of JPEG-LS takes a stream as it is."""
    try:
        jpeg_ls.decode_pixel_data(stream)
    except (RuntimeError, ValueError):
        return False
    return True


def _is_complete(stream: bytes) -> bool:
    """Whether a JPEG stream without an end marker holds all its pixels: then more data change none of them."""
    body = stream.rstrip(b"\0")
    try:
        found = imagecodecs.jpeg8_decode(body + headers.JPEG_END)
        with_more = imagecodecs.jpeg8_decode(body + _MORE_DATA + headers.JPEG_END)
    except imagecodecs.Jpeg8Error:
        return False
    return bool(np.array_equal(found, with_more))
