"""The folder named by ``--out``: checked before the work, filled after it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from densexplain.errors import OptionError
from densexplain.files import check_writable, write_atomically


def check_out(folder: Path) -> None:
    """Check before the work that its result can be written; the folder is made if need be.

    Raises
    ------
    OptionError
        If it cannot be made or written.
    """
    try:
        check_writable(folder)
    except OSError as error:
        raise _refused(folder, error) from error


def write_out(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write files by name; the folder is made if need be, files of these names are replaced.

    Raises
    ------
    OptionError
        If the folder cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            write_atomically(folder / name, content)
    except OSError as error:
        raise _refused(folder, error) from error


def _refused(folder: Path, error: OSError) -> OptionError:
    return OptionError(f"expected a folder that can be written as --out; {folder}: {error.strerror}")
