"""The end of a compressed image: padding behind it, a filling zero before it, or none at all.

Encoders differ in what they write there. Nothing is repaired that would hide
missing pixels: where the end marker is missing, the last bytes must still decide
the last rows.

References
----------
DICOM PS3.5 A.4 (padding to even length); ITU-T T.81 B.2.1 (EOI), T.87 C.1, T.800 A.4.4 (EOC).
"""

from __future__ import annotations

import imagecodecs
import numpy as np
from pydicom import uid

from densexplain.errors import TruncatedFileError
from densexplain.radiograph.reading import headers, transfer_syntax

_MISSING = "A complete compressed image was expected; the end of this one is missing."
_MOST_PADDING = 4096
_CUT_BYTES = 16
_LAST_ROWS = 0.03


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
        # A zero behind the last bits fills a word; CharLS takes it for pixels of another line.
        return body[:-1] + headers.JPEG_END if body.endswith(b"\0") else stream
    if headers.has_jpeg_end(stream):
        return stream
    if not _decides_last_rows(stream):
        raise TruncatedFileError(_MISSING)
    notes.append("The compressed image lacks its end marker, though none of its pixels.")
    return stream + headers.JPEG_END


def _padded(stream: bytes) -> bool:
    kept = stream.rstrip(b"\0")
    return kept.endswith(headers.JPEG_END) and 1 < len(stream) - len(kept) <= _MOST_PADDING


def _decides_last_rows(stream: bytes) -> bool:
    """Whether the last bytes of a JPEG stream without an end belong to the last rows: what is missing is the marker.

    A decoder fills what it cannot read. Without some bytes it fills a little
    more, and where that shows tells where the data end.
    """
    body = stream.rstrip(b"\0")
    try:
        whole = imagecodecs.jpeg8_decode(body + headers.JPEG_END)
        less = imagecodecs.jpeg8_decode(body[:-_CUT_BYTES] + headers.JPEG_END)
    except imagecodecs.Jpeg8Error:
        return False
    changed = np.flatnonzero((whole != less).reshape(len(whole), -1).any(axis=1))
    return bool(len(changed)) and changed[0] >= (1 - _LAST_ROWS) * len(whole) - 8
