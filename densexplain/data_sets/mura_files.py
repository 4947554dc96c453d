"""The files of one split of a data set, and what its lists say about them.

MURA v1.1 comes with two lists for each split, without a heading::

    train_image_paths.csv        MURA-v1.1/train/XR_WRIST/patient00001/study1_positive/image1.png
    train_labeled_studies.csv    MURA-v1.1/train/XR_WRIST/patient00001/study1_positive/,1

They start with the root's own name, which may have been changed since, so only
what follows it is read.
"""

from __future__ import annotations

import csv
import os
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NamedTuple, TypeVar

from densexplain.errors import DataSetError
from densexplain.vocabulary import Finding, Split

_IMAGE_SUFFIXES = (".png", ".jpg", ".jpeg")
_FOLDER_LABEL = re.compile(r"study\d+_(positive|negative)")
_FOLDER_FINDINGS = {"positive": Finding.ABNORMAL, "negative": Finding.NORMAL}
_LISTED_FINDINGS = {"1": Finding.ABNORMAL, "0": Finding.NORMAL}
_LEVELS = 3
_Value = TypeVar("_Value")


class Study(NamedTuple):
    """A study by the names of its folders below the split, such as XR_WRIST, patient00001, study1_positive."""

    folder: str
    patient: str
    name: str

    @property
    def extremity(self) -> str:
        """Extremity type in capitals, without ``XR_``."""
        return self.folder.upper().removeprefix("XR_")

    @property
    def folder_finding(self) -> Finding | None:
        """What the folder's name says; None if it says neither."""
        match = _FOLDER_LABEL.fullmatch(self.name)
        return None if match is None else _FOLDER_FINDINGS[match[1]]


Images = dict[Study, tuple[str, ...]]
"""Names of image files by study, sorted."""


@dataclass(frozen=True)
class SplitFiles:
    """One split as it is found; nothing is judged here.

    Parameters
    ----------
    root
        The split's folder.
    present
        Every study folder with its PNG and JPEG files, perhaps none.
    listed
        What the list of images names; None without such a list.
    labels
        What the list of studies says; None without such a list.
    foreign
        What else is in study folders.
    misplaced
        Images outside study folders, and folders not named XR_...
    """

    root: Path
    present: Images
    listed: Images | None
    labels: dict[Study, Finding] | None
    foreign: tuple[Path, ...]
    misplaced: tuple[Path, ...]

    @cached_property
    def used(self) -> Images:
        """Images that are there and, if there is a list, listed; studies without any are left out."""
        if self.listed is None:
            return {study: names for study, names in self.present.items() if names}
        common = {study: _common(names, self.present.get(study, ())) for study, names in self.listed.items()}
        return {study: names for study, names in sorted(common.items()) if names}

    @property
    def missing(self) -> tuple[Path, ...]:
        """Images that are listed and not there."""
        return self._only(self.listed or {}, self.present)

    @property
    def unlisted(self) -> tuple[Path, ...]:
        """Images that are there and not listed, if there is a list."""
        return () if self.listed is None else self._only(self.present, self.listed)

    def of(self, extremities: set[str]) -> SplitFiles:
        """Only what belongs to these extremity types, in capitals; empty means all."""
        if not extremities:
            return self

        def chosen(path: Path) -> bool:
            return Study(path.relative_to(self.root).parts[0], "", "").extremity in extremities

        return SplitFiles(
            self.root,
            _of(self.present, extremities),
            None if self.listed is None else _of(self.listed, extremities),
            None if self.labels is None else _of(self.labels, extremities),
            tuple(path for path in self.foreign if chosen(path)),
            tuple(path for path in self.misplaced if chosen(path)),
        )

    def finding(self, study: Study) -> Finding | None:
        """The list's word on a study, or else the folder's."""
        listed = (self.labels or {}).get(study)
        return study.folder_finding if listed is None else listed

    def path(self, study: Study, name: str = "") -> Path:
        """Where a study or one of its images is."""
        return self.root.joinpath(*study, name)

    def _only(self, some: Images, others: Images) -> tuple[Path, ...]:
        return tuple(
            self.path(study, name)
            for study, names in sorted(some.items())
            for name in names
            if name not in others.get(study, ())
        )


def read_split_files(folder: Path, split: Split) -> SplitFiles:
    """Walk one split and read its lists, if it has any.

    Parameters
    ----------
    folder
        The data set's root.
    split
        Which part.

    Raises
    ------
    DataSetError
        If there is no such split, or a list cannot be understood.
    """
    root = folder / split
    if not root.is_dir():
        raise DataSetError(f"expected a folder {split} with XR_... folders in {folder}; there is none")
    present: Images = {}
    foreign: list[Path] = []
    misplaced: list[Path] = []
    for study, entries in _study_folders(root, (), misplaced):
        names = [entry.name for entry in entries if _is_image(entry)]
        foreign += [Path(entry.path) for entry in entries if not _is_image(entry)]
        present[study] = tuple(names)
    listed = _read_listed_images(folder / f"{split}_image_paths.csv", split)
    labels = _read_labels(folder / f"{split}_labeled_studies.csv", split)
    return SplitFiles(root, present, listed, labels, tuple(foreign), tuple(misplaced))


def _study_folders(
    folder: str | Path, above: tuple[str, ...], misplaced: list[Path]
) -> Iterator[tuple[Study, list[os.DirEntry[str]]]]:
    """Every folder at the level of studies with what is in it, in order of their names."""
    for entry in _entries(folder):
        names = (*above, entry.name)
        if not entry.is_dir():
            if _is_image(entry):
                misplaced.append(Path(entry.path))
        elif not above and not entry.name.upper().startswith("XR_"):
            misplaced.append(Path(entry.path))
        elif len(names) == _LEVELS:
            yield Study(*names), _entries(entry.path)
        else:
            yield from _study_folders(entry.path, names, misplaced)


def _entries(folder: str | Path) -> list[os.DirEntry[str]]:
    """What is in a folder, by name; hidden files, such as those a Mac leaves behind (._image1.png), are not images."""
    with os.scandir(folder) as entries:
        return sorted((entry for entry in entries if not entry.name.startswith(".")), key=lambda entry: entry.name)


def _is_image(entry: os.DirEntry[str]) -> bool:
    return entry.name.lower().endswith(_IMAGE_SUFFIXES) and not entry.is_dir()


def _of(studies: dict[Study, _Value], extremities: set[str]) -> dict[Study, _Value]:
    return {study: value for study, value in studies.items() if study.extremity in extremities}


def _common(names: tuple[str, ...], others: tuple[str, ...]) -> tuple[str, ...]:
    return names if names == others else tuple(name for name in names if name in others)


def _read_listed_images(path: Path, split: Split) -> Images | None:
    rows = _rows(path, 1)
    if rows is None:
        return None
    names: dict[Study, set[str]] = defaultdict(set)
    for number, (text,) in rows:
        *study, name = _below_split(text, split, _LEVELS + 1, path, number)
        names[Study(*study)].add(name)
    return {study: tuple(sorted(found)) for study, found in names.items()}


def _read_labels(path: Path, split: Split) -> dict[Study, Finding] | None:
    rows = _rows(path, 2)
    if rows is None:
        return None
    labels: dict[Study, Finding] = {}
    for number, (text, label) in rows:
        study = Study(*_below_split(text, split, _LEVELS, path, number))
        if label.strip() not in _LISTED_FINDINGS:
            raise DataSetError(f"expected the label 1 or 0 in line {number} of {path}; received {label!r}")
        finding = _LISTED_FINDINGS[label.strip()]
        if labels.setdefault(study, finding) is not finding:
            raise DataSetError(f"expected one label for each study in {path}; line {number} gives {text} a second one")
    return labels


def _rows(path: Path, columns: int) -> list[tuple[int, list[str]]] | None:
    """Lines of a list with their numbers; None if there is no such list."""
    if not path.is_file():
        return None
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = [(number, row) for number, row in enumerate(csv.reader(file), 1) if row]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DataSetError(f"expected a list in {path}; it cannot be read: {error}") from error
    for number, row in rows:
        if len(row) != columns:
            raise DataSetError(f"expected {columns} columns in line {number} of {path}; received {len(row)}")
    return rows


def _below_split(text: str, split: Split, levels: int, path: Path, number: int) -> list[str]:
    """Folder names below the split; what comes before it is where the data set once lay."""
    parts = [part for part in text.strip().replace("\\", "/").split("/") if part]
    below = parts[-levels:]
    if len(parts) <= levels or parts[-levels - 1] != split or not {".", ".."}.isdisjoint(below):
        wanted = f"MURA-v1.1/{split}/XR_WRIST/patient00001/study1_positive"
        raise DataSetError(f"expected a path such as {wanted} in line {number} of {path}; received {text!r}")
    return below
