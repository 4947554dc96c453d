"""A zip archive of radiographs, unpacked in memory by the guarded process.

A zip can promise little and hold much, point outside its folder, hold further
archives or be locked. Nothing of it is written anywhere, its table of contents
is read where it can do no harm, and each member is then judged as a file.
"""

from __future__ import annotations

import io
import stat
import struct
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import PurePosixPath

from densexplain.errors import ArchiveError, RadiographError, UploadTooLargeError
from densexplain.radiograph.reading.gate import DICOM_MAGIC_OFFSET

_STARTS = (b"PK\x03\x04", b"PK\x05\x06")  # the second one is an empty archive's
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_LOCKED = 0x1 | 0x40  # bits of the general purpose flag: encrypted, strongly encrypted
_ARCHIVE_SUFFIXES = (".zip", ".7z", ".rar", ".tar", ".gz", ".tgz", ".bz2", ".xz")
_CLUTTER = ("__macosx", "thumbs.db", "desktop.ini")
_DAMAGE = (
    zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, RuntimeError, ValueError, LookupError,
)  # fmt: skip
_LONGEST_NAME = 80


@dataclass(frozen=True)
class ArchiveMember:
    """One file of an archive.

    Parameters
    ----------
    name
        Last part of its path, printable; for the reader who brought the archive.
    content
        The whole file, empty where it was refused.
    refusal
        A sentence on why it was not unpacked, else None.
    """

    name: str
    content: bytes
    refusal: str | None = None


def is_archive(data: bytes) -> bool:
    """Whether a file is a zip archive by its content; a DICOM object that starts like one is not."""
    return data.startswith(_STARTS) and data[DICOM_MAGIC_OFFSET : DICOM_MAGIC_OFFSET + 4] != b"DICM"


def is_clutter(path: str) -> bool:
    """Whether a path is one that systems leave behind: hidden, a thumbnail store, a resource fork."""
    parts = path.replace("\\", "/").split("/")
    return any(part.lower() in _CLUTTER or (part.startswith(".") and part not in (".", "..")) for part in parts)


def shown_name(path: str) -> str:
    """Last part of a path as it can be shown: printable, of at most 80 characters."""
    name = PurePosixPath(path.replace("\\", "/")).name
    name = "".join(character if character.isprintable() else "?" for character in name)
    return name[-_LONGEST_NAME:] or "?"


def unpack_archive(
    data: bytes, maximum_files: int, maximum_bytes: int, maximum_member_bytes: int
) -> tuple[ArchiveMember, ...]:
    """Unpack a zip archive in memory; runs in the guarded process.

    Folders and clutter are left out. A member that is locked, points outside
    the archive, is a link or another archive, or is damaged is refused by
    itself; the others are unpacked.

    Parameters
    ----------
    data
        The whole archive.
    maximum_files, maximum_bytes
        Most members, and most bytes of all of them unpacked.
    maximum_member_bytes
        Most bytes of one member unpacked; a larger one is refused by itself.

    Returns
    -------
    tuple of ArchiveMember
        In the archive's order.

    Raises
    ------
    ArchiveError
        If it is damaged or empty.
    UploadTooLargeError
        If it has too many members, or too many bytes.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir() and not is_clutter(entry.filename)]
            _check_size(entries, maximum_files, maximum_bytes, maximum_member_bytes)
            return tuple(_unpack(archive, entry, maximum_member_bytes) for entry in entries)
    except (RadiographError, MemoryError):
        raise
    except Exception as problem:
        # zipfile raises half a dozen kinds on broken archives, and each means the same
        raise ArchiveError("An intact zip archive was expected; this one is damaged.") from problem


def _check_size(
    entries: list[zipfile.ZipInfo], maximum_files: int, maximum_bytes: int, maximum_member_bytes: int
) -> None:
    """Judge an archive by what it promises; `_unpack` holds it to that."""
    if not entries:
        raise ArchiveError("A zip archive of radiographs was expected; this one holds no file.")
    if len(entries) > maximum_files:
        raise UploadTooLargeError(f"An upload may have {maximum_files} files; this archive holds {len(entries)}.")
    promised = sum(entry.file_size for entry in entries if entry.file_size <= maximum_member_bytes)
    if promised > maximum_bytes:
        raise UploadTooLargeError(
            f"An upload may have {maximum_bytes / 2**20:.0f} MB; this archive holds {promised / 2**20:.0f} MB unpacked."
        )


def _unpack(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, maximum_member_bytes: int) -> ArchiveMember:
    name = shown_name(entry.filename)
    refusal = _refusal(entry, maximum_member_bytes)
    if refusal is not None:
        return ArchiveMember(name, b"", refusal)
    try:
        with archive.open(entry) as member:
            # Never more than was promised: reading stops there, and the checksum then tells the lie.
            content = member.read(entry.file_size + 1)
            complete = len(content) == entry.file_size and not member.read(1)
    except _DAMAGE:
        complete = False
    if not complete:
        return ArchiveMember(name, b"", "An intact file was expected; this one is damaged within its archive.")
    if is_archive(content):
        return ArchiveMember(name, b"", _NESTED)
    return ArchiveMember(name, content)


_NESTED = "A radiograph was expected; received an archive within the archive, which is not opened."


def _refusal(entry: zipfile.ZipInfo, maximum_member_bytes: int) -> str | None:
    path = entry.filename.replace("\\", "/")
    if path.startswith("/") or ".." in path.split("/") or ":" in path.split("/")[0]:
        return "A path within the archive was expected; this one leads out of it."
    if stat.S_ISLNK(entry.external_attr >> 16):
        return "A file was expected; received a link to another one."
    if entry.flag_bits & _LOCKED:
        return "A file that can be read was expected; this one is encrypted."
    if path.lower().endswith(_ARCHIVE_SUFFIXES):
        return _NESTED
    if entry.compress_type not in _METHODS:
        return "A stored or deflated file was expected; this one is compressed in another way."
    if entry.file_size > maximum_member_bytes:
        return (
            f"A file may have {maximum_member_bytes / 2**20:.0f} MB; "
            f"this one has {entry.file_size / 2**20:.0f} MB unpacked."
        )
    return None
