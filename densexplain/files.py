"""Writing that a killed process or a full disk cannot leave half done."""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import NamedTemporaryFile


def write_atomically(path: Path, content: bytes) -> None:
    """Replace `path` by `content`, or leave it exactly as it was.

    Written under a temporary name in the same folder, flushed to the disk and
    renamed; then the folder itself is flushed, so that the rename survives a
    power cut too.

    Raises
    ------
    OSError
        If the folder does not exist or the disk is full; `path` is untouched.
    """
    temporary = NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False)  # noqa: SIM115 - renamed below
    try:
        with temporary:
            temporary.write(content)
            temporary.flush()
            os.fsync(temporary.fileno())
        os.chmod(temporary.name, 0o644)
        os.replace(temporary.name, path)
    except BaseException:
        Path(temporary.name).unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def check_writable(folder: Path, *, make: bool = True) -> None:
    """Find out before hours of work that its result can be written.

    Parameters
    ----------
    folder
        Where the result will go.
    make
        Whether the folder is made if need be.

    Raises
    ------
    OSError
        If it cannot be made or written, or is missing and not to be made.
    """
    if make:
        folder.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=folder, prefix=".writable."):
        pass
