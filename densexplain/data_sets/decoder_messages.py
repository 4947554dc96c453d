"""Suppress what libpng and libjpeg write to the standard error stream past Python."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

_STANDARD_ERROR = 2


@contextmanager
def decoder_messages_hidden() -> Iterator[None]:
    """Send the C libraries' own lines nowhere; Python's `sys.stderr` still reaches the reader.

    The decoders inside OpenCV write warnings such as ``libpng warning: iCCP``
    straight to file descriptor 2, without the file's name. They would tear up
    the lines of progress, and a file that cannot be read is named anyway.

    Notes
    -----
    The descriptor belongs to the whole process, so this is for the one place
    that decodes a whole data set, not for each image.
    """
    python_stream = sys.stderr
    kept = os.dup(_STANDARD_ERROR)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        with os.fdopen(os.dup(kept), "w", buffering=1, errors="backslashreplace") as stream:
            python_stream.flush()
            if _writes_to_descriptor(python_stream):
                sys.stderr = stream
            os.dup2(nowhere, _STANDARD_ERROR)
            yield
    finally:
        os.dup2(kept, _STANDARD_ERROR)
        sys.stderr = python_stream
        os.close(kept)
        os.close(nowhere)


def _writes_to_descriptor(stream: object) -> bool:
    """Whether a stream ends in descriptor 2; one that a caller has put in its place may not."""
    try:
        return bool(stream.fileno() == _STANDARD_ERROR)  # type: ignore[attr-defined]
    except (AttributeError, OSError):
        return False
