"""Files, folders and zip archives of this machine, as they are named on a command line."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from densexplain.errors import OptionError, UploadTooLargeError
from densexplain.radiograph.reading.archive import is_archive, is_clutter
from densexplain.radiograph.reading.gate import DICOM_MAGIC_OFFSET
from densexplain.radiograph.reading.upload import FileToRead, file_of, unpack
from densexplain.settings import settings

_START_BYTES = DICOM_MAGIC_OFFSET + 4


def is_several(path: Path) -> bool:
    """Whether a path stands for the files in it: a folder, or a zip archive."""
    if path.is_dir():
        return True
    try:
        with path.open("rb") as file:
            return is_archive(file.read(_START_BYTES))
    except OSError:
        return False  # said when it is read


def files_to_read(paths: Sequence[Path]) -> list[FileToRead]:
    """Name the files that are to be opened together; the files of a folder or an archive stand in its place.

    A file that cannot be opened is refused when its turn comes. Only where it is
    the only one does the sentence name its path: it may name a patient.

    Raises
    ------
    UploadTooLargeError
        If there are more than can be opened together.
    GuardError
        If this machine cannot start the process that unpacks archives.
    """
    found = [file for path in paths for file in _files(path, named=len(paths) == 1)]
    most = settings().maximum_upload_files
    if len(found) > most:
        raise UploadTooLargeError(f"At most {most} files can be explained at once; received {len(found)}.")
    return found


def read_file(path: Path) -> bytes:
    """Read a file, but not more of it than shows that it is too large.

    Raises
    ------
    OptionError
        If it cannot be opened.
    """
    try:
        with path.open("rb") as file:
            return file.read(settings().maximum_file_bytes + 1)
    except OSError as error:
        raise OptionError(f"expected a file that can be read; {path}: {error.strerror}") from error


def files_in_folder(folder: Path) -> list[Path]:
    """Files of a folder and of all folders in it, by path, without what operating systems leave behind.

    Raises
    ------
    OptionError
        If it is no folder, or there is none in it.
    """
    if not folder.is_dir():
        raise OptionError(f"expected a folder; received {folder}")
    inside = sorted(one for one in folder.rglob("*") if one.is_file() and not is_clutter(str(one.relative_to(folder))))
    if not inside:
        raise OptionError("expected a folder with radiographs; received an empty directory")
    return inside


def _files(path: Path, *, named: bool) -> list[FileToRead]:
    if path.is_dir():
        return [FileToRead(one.name, partial(_content, one)) for one in files_in_folder(path)]
    if is_several(path):
        return [file_of(member) for member in unpack(path.name, read_file(path))]
    return [FileToRead(path.name, partial(read_file if named else _content, path))]


def _content(path: Path) -> bytes:
    try:
        return read_file(path)
    except OptionError as problem:
        raise OptionError(str(problem).replace(f"{path}: ", "")) from problem
