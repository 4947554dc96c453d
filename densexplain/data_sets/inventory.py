"""Inventory of a data set, counted as in the paper's Table 2, and all of its problems."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from densexplain.data_sets.contents import content_problems, from_root
from densexplain.data_sets.data_problems import Problem, ProblemKind
from densexplain.data_sets.mura import LabelledRadiograph, wanted_extremities
from densexplain.data_sets.mura_counts import MURA_STUDIES, Cell
from densexplain.data_sets.mura_files import SplitFiles, read_split_files
from densexplain.errors import DataSetError
from densexplain.vocabulary import Finding, Split

_GRAVITY = {kind: number for number, kind in enumerate(ProblemKind)}


@dataclass(frozen=True)
class Inventory:
    """Counts and problems of a data set.

    Parameters
    ----------
    folder
        The data set's root.
    studies, images
        By extremity type, split and finding; cells of the extremity types that
        are there, 0 included.
    patients
        By split. A patient with several extremity types counts once.
    patients_in_all
        Patients of all splits; less than their sum if patients are in two of them.
    problems
        The gravest kinds first, then by path.
    """

    folder: Path
    studies: dict[Cell, int]
    images: dict[Cell, int]
    patients: dict[Split, int]
    patients_in_all: int
    problems: tuple[Problem, ...]

    @property
    def extremities(self) -> tuple[str, ...]:
        """Extremity types in capitals, sorted."""
        return tuple(sorted({extremity for extremity, _, _ in self.studies}))

    @property
    def cells_as_in_the_paper(self) -> int | None:
        """How many cells hold what the paper's Table 2 says; None if an extremity type is not MURA's."""
        if not self.studies.keys() <= MURA_STUDIES.keys():
            return None
        return sum(MURA_STUDIES[cell] == count for cell, count in self.studies.items())

    def problems_by_kind(self) -> dict[ProblemKind, list[Problem]]:
        """Problems in groups, the gravest kind first; kinds without any are left out."""
        groups: dict[ProblemKind, list[Problem]] = defaultdict(list)
        for problem in self.problems:
            groups[problem.kind].append(problem)
        return dict(groups)

    def as_dict(self) -> dict[str, Any]:
        """Everything for JSON."""
        return {
            "folder": str(self.folder),
            "studies": _nested(self.studies),
            "images": _nested(self.images),
            "patients": {**self.patients, "all": self.patients_in_all},
            "cells": len(self.studies),
            "cells_as_in_the_paper": self.cells_as_in_the_paper,
            "problem_counts": {kind: len(problems) for kind, problems in self.problems_by_kind().items()},
            "problems": [problem.as_dict() for problem in self.problems],
        }


def take_inventory(folder: Path, extremities: tuple[str, ...], report: Callable[[str], None]) -> Inventory:
    """Count a data set and check each of its images.

    Parameters
    ----------
    folder
        The data set's root.
    extremities
        As in `densexplain.data_sets.mura.read_data_set`; empty means all.
    report
        Receives lines of progress.

    Raises
    ------
    DataSetError
        If there is no split at all, no image of one of the chosen extremities,
        or a list cannot be understood.
    """
    wanted = wanted_extremities(extremities)
    splits = [split for split in Split if (folder / split).is_dir()]
    if not splits:
        raise DataSetError(f"expected the folders train and valid with XR_... folders in {folder}; there is neither")
    problems = [
        Problem(ProblemKind.MISSING_SPLIT, str(split), f"no folder {split}") for split in Split if split not in splits
    ]
    items: list[LabelledRadiograph] = []
    there: set[str] = set()
    for split in splits:
        files = read_split_files(folder, split)
        there |= {study.extremity for study in files.used}
        chosen = files.of(wanted)
        problems += _file_problems(folder, chosen)
        items += _labelled(chosen, split)
    lacking = wanted - there
    if lacking or not items:
        names = ", ".join(sorted(lacking)) or "any extremity"
        found = ", ".join(sorted(there)) or "none"
        raise DataSetError(f"expected labelled PNG or JPEG images of {names} in {folder}; found {found}")
    problems += _patients_in_two_splits(folder, items)
    problems += content_problems(folder, tuple(items), report)
    problems.sort(key=lambda problem: (_GRAVITY[problem.kind], problem.path))
    return _counted(folder, items, tuple(problems))


def _labelled(files: SplitFiles, split: Split) -> list[LabelledRadiograph]:
    return [
        LabelledRadiograph(files.path(study, name), split, study.extremity, study.patient, study.name, finding)
        for study, names in files.used.items()
        for finding in [files.finding(study)]
        if finding is not None
        for name in names
    ]


def _counted(folder: Path, items: list[LabelledRadiograph], problems: tuple[Problem, ...]) -> Inventory:
    images = Counter((item.extremity, item.split, item.finding) for item in items)
    labelled_studies = {(item.study_key, item.finding) for item in items}
    studies = Counter((extremity, Split(split), finding) for (split, extremity, _, _), finding in labelled_studies)
    cells = [
        (extremity, split, finding)
        for extremity in sorted({item.extremity for item in items})
        for split in Split
        for finding in Finding
    ]
    return Inventory(
        folder,
        {cell: studies[cell] for cell in cells},
        {cell: images[cell] for cell in cells},
        {split: len({item.patient for item in items if item.split is split}) for split in Split},
        len({item.patient for item in items}),
        problems,
    )


def _file_problems(folder: Path, files: SplitFiles) -> list[Problem]:
    """What is wrong before any image is opened."""
    labels = files.labels or {}
    found: list[tuple[ProblemKind, Path, str]] = []
    for study in files.used:
        ours, theirs = labels.get(study), study.folder_finding
        if ours is None and theirs is None:
            found.append((ProblemKind.STUDY_WITHOUT_LABEL, files.path(study), "neither listed nor named by the folder"))
        elif ours is not None and theirs is not None and ours is not theirs:
            detail = f"listed as {ours}, the folder says {theirs}"
            found.append((ProblemKind.LABEL_CONTRADICTS_FOLDER, files.path(study), detail))
    found += [
        (ProblemKind.MISSING_STUDY, files.path(study), f"labelled {finding}")
        for study, finding in labels.items()
        if study not in files.present
    ]
    found += [
        (ProblemKind.STUDY_WITHOUT_IMAGES, files.path(study), "") for study, names in files.present.items() if not names
    ]
    for kind, paths in (
        (ProblemKind.MISSING_IMAGE, files.missing),
        (ProblemKind.UNLISTED_IMAGE, files.unlisted),
        (ProblemKind.NOT_PNG_OR_JPEG, files.foreign),
        (ProblemKind.MISPLACED, files.misplaced),
    ):
        found += [(kind, path, "") for path in paths]
    return [Problem(kind, from_root(path, folder), detail) for kind, path, detail in found]


def _patients_in_two_splits(folder: Path, items: list[LabelledRadiograph]) -> list[Problem]:
    splits: dict[str, set[Split]] = defaultdict(set)
    for item in items:
        splits[item.patient].add(item.split)
    folders: dict[str, set[str]] = defaultdict(set)
    for item in items:
        if len(splits[item.patient]) > 1:
            folders[item.patient].add(from_root(item.path.parents[1], folder))
    problems = []
    for patient, found in folders.items():
        path, *also = sorted(found)
        problems.append(Problem(ProblemKind.PATIENT_IN_TWO_SPLITS, path, patient, tuple(also)))
    return problems


def _nested(counts: dict[Cell, int]) -> dict[str, Any]:
    """Counts as extremity, split, finding, with totals of each extremity, each column and all."""
    table: dict[str, Any] = {}
    for (extremity, split, finding), count in counts.items():
        for row in (extremity.lower(), "all"):
            if row not in table:
                table[row] = {column: dict.fromkeys(Finding, 0) for column in Split} | {"total": 0}
            table[row][split][finding] += count
            table[row]["total"] += count
    return {row: table[row] for row in sorted(table, key=lambda row: (row == "all", row))}
