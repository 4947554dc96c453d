"""Radiographs on this machine, found by the SHA-256 of their file.

A model set names the radiographs it was evaluated on by hash and ships none of
them. Where an operator has them, the data folders are hashed once, in the
background: 40,000 files must not keep a page waiting.
"""

from __future__ import annotations

import hashlib
import os
import stat
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from densexplain.errors import RadiographNotFoundError
from densexplain.radiograph.radiograph import Radiograph
from densexplain.radiograph.reading.reading import read_radiograph
from densexplain.settings import settings

_SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".dcm", ".dicom", ".dic", ".ima", ""})  # DICOM often has none
_THREADS = 4  # hashing leaves the interpreter free; more would only queue at the disk
_AT_A_TIME = 256

_Stamp = tuple[str, int, int]
"""Path, bytes and time of change in ns: as long as these stay, so does the hash."""


@dataclass(frozen=True)
class Search:
    """How far the search has come.

    Parameters
    ----------
    files, hashed
        Files found so far, and how many of them have been hashed.
    done
        Whether every folder has been searched.
    """

    files: int
    hashed: int
    done: bool


class RadiographLibrary:
    """Finds files by hash under folders; safe to share between threads.

    Parameters
    ----------
    folders
        Searched with their subfolders. Links to folders are not followed, and
        what cannot be opened is passed over.
    """

    def __init__(self, folders: tuple[Path, ...]) -> None:
        self._folders = folders
        self._lock = threading.Lock()
        self._hashes: dict[_Stamp, str] = {}
        self._paths: dict[str, Path] = {}
        self._search = Search(0, 0, done=True)

    @property
    def folders(self) -> tuple[Path, ...]:
        """Where it looks."""
        return self._folders

    def search(self) -> None:
        """Look through the folders in the background; a search that is under way is left to finish.

        Files that have not changed since the last search are not read again.
        """
        with self._lock:
            if not self._search.done:
                return
            self._search = Search(0, 0, done=False)
        threading.Thread(target=self._look_through, name="radiograph-library", daemon=True).start()

    def progress(self) -> Search:
        """How far the search has come."""
        return self._search

    def __contains__(self, sha256: str) -> bool:
        """Whether a file of this hash was found."""
        return sha256 in self._paths

    def read(self, sha256: str) -> Radiograph:
        """Read the radiograph of this hash, as `read_radiograph` reads any file.

        Raises
        ------
        RadiographNotFoundError
            If there is no such file, or it is no longer what it was.
        RadiographError
            If it is refused.
        GuardError
            If this machine cannot start the process that decodes.
        """
        path = self._paths.get(sha256)
        if path is None:
            raise RadiographNotFoundError(
                f"expected the radiograph {sha256[:8]} in the data folders; no file there has its hash"
            )
        try:
            data = path.read_bytes()
        except OSError as error:
            raise RadiographNotFoundError(
                f"expected the radiograph {sha256[:8]} where it was; it cannot be opened any more"
            ) from error
        if hashlib.sha256(data).hexdigest() != sha256:
            raise RadiographNotFoundError(f"expected the radiograph {sha256[:8]}; its file has been changed since")
        return read_radiograph(data, path.name)

    def _look_through(self) -> None:
        files, hashes, paths = 0, dict[_Stamp, str](), dict[str, Path]()
        stamps = _stamps(self._folders)
        try:
            with ThreadPoolExecutor(_THREADS, thread_name_prefix="radiograph-library") as threads:
                while batch := list(islice(stamps, _AT_A_TIME)):
                    self._search = Search(files + len(batch), files, done=False)
                    files += len(batch)
                    for stamp, sha256 in zip(batch, threads.map(self._hash, batch), strict=True):
                        if sha256 is not None:
                            hashes[stamp] = sha256
                            paths.setdefault(sha256, Path(stamp[0]))
                    self._paths = {**self._paths, **paths}  # what has been found can be read at once
                    self._search = Search(files, files, done=False)
            self._hashes, self._paths = hashes, paths
        finally:
            self._search = Search(files, files, done=True)

    def _hash(self, stamp: _Stamp) -> str | None:
        known = self._hashes.get(stamp)
        if known is not None:
            return known
        try:
            with open(stamp[0], "rb") as file:
                return hashlib.file_digest(file, "sha256").hexdigest()
        except OSError:
            return None


def _stamps(folders: tuple[Path, ...]) -> Iterator[_Stamp]:
    largest = settings().maximum_file_bytes
    for folder in folders:
        for parent, subfolders, names in os.walk(folder):
            subfolders.sort()
            for name in sorted(names):
                if name.startswith(".") or os.path.splitext(name)[1].lower() not in _SUFFIXES:
                    continue
                path = os.path.join(parent, name)
                try:
                    status = os.stat(path)
                except OSError:
                    continue
                if stat.S_ISREG(status.st_mode) and 0 < status.st_size <= largest:
                    yield path, status.st_size, status.st_mtime_ns
