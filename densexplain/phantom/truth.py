"""The ground truth of a phantom data set: a folder ``truth`` beside ``train`` and ``valid``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from densexplain import schema
from densexplain.data_sets.mura import LabelledRadiograph
from densexplain.errors import DataSetError, EntryError
from densexplain.phantom.artefacts.inversion import Inversion
from densexplain.radiograph.regions.regions import TRUTH_FOLDER, Mask, RegionMasks, read_regions
from densexplain.vocabulary import Abnormality, AbnormalityGroup, Finding, Region


@dataclass(frozen=True)
class Truth:
    """Regions of one radiograph, and the record of how it was made."""

    regions: RegionMasks
    record: Mapping[str, Any]


def check_truth(folder: Path) -> None:
    """Refuse a data set without truth.

    Raises
    ------
    DataSetError
        If there is no folder ``truth``.
    """
    if not (folder / TRUTH_FOLDER).is_dir():
        raise DataSetError(
            f"expected a phantom data set, with a folder {TRUTH_FOLDER} that holds the regions; {folder}"
        )


def truth_folder(folder: Path) -> Path | None:
    """Return a data set's root if it has truth, None if it has none."""
    return folder if (folder / TRUTH_FOLDER).is_dir() else None


def read_truth(folder: Path, item: LabelledRadiograph) -> Truth:
    """Read the regions of a radiograph and its record.

    Parameters
    ----------
    folder
        The data set's root.
    item
        One of its radiographs.

    Raises
    ------
    DataSetError
        If either is missing or invalid.
    """
    return Truth(read_true_regions(folder, item), _record(folder, item))


def read_true_regions(folder: Path, item: LabelledRadiograph) -> RegionMasks:
    """Read the regions of a radiograph.

    Raises
    ------
    DataSetError
        If they are missing or are not regions.
    """
    return read_regions(_path(folder, item))


def regions_if_known(folder: Path, item: LabelledRadiograph) -> Mapping[Region, Mask] | None:
    """Masks of a radiograph where the data set has its truth; None where it has none, as of a patient.

    Raises
    ------
    DataSetError
        If there is a file of regions that is none.
    """
    path = _path(folder, item)
    return read_regions(path).masks if path.exists() else None


def abnormality_of(record: Mapping[str, Any]) -> tuple[Abnormality, float] | None:
    """Kind and severity (0 to 1) of a phantom's abnormality, from its record; None of a normal one.

    Raises
    ------
    DataSetError
        If the record names none that is known.
    """
    entry = record.get("abnormality")
    if entry is None:
        return None
    try:
        return Abnormality(entry["kind"]), float(entry["severity"])
    except (KeyError, TypeError, ValueError) as problem:
        raise DataSetError(
            f"expected an abnormality with its kind and severity; received {str(entry)[:80]}"
        ) from problem


def abnormality_if_known(folder: Path, item: LabelledRadiograph) -> tuple[Abnormality, float] | None:
    """Kind and severity of a radiograph's abnormality; None of a normal one and where there is no truth of it.

    Parameters
    ----------
    folder
        Root of a data set with truth.
    item
        A radiograph of that data set, or of another, as of a patient.

    Raises
    ------
    DataSetError
        If there is a record that is none of a phantom.
    """
    if not item.path.is_relative_to(folder) or not _path(folder, item).with_suffix(".json").exists():
        return None
    return abnormality_of(_record(folder, item))


def group_if_known(folder: Path, item: LabelledRadiograph) -> AbnormalityGroup | None:
    """Group of a radiograph's abnormality; None, and errors, as of `abnormality_if_known`."""
    found = abnormality_if_known(folder, item)
    return None if found is None else found[0].group


def _record(folder: Path, item: LabelledRadiograph) -> dict[str, Any]:
    file = _path(folder, item).with_suffix(".json")
    try:
        return schema.read(dict[str, Any], schema.decode(file.read_bytes()), "record")
    except (OSError, EntryError) as problem:
        raise DataSetError(f"expected the record of a phantom, a JSON object, in {file}") from problem


def _path(folder: Path, item: LabelledRadiograph) -> Path:
    return folder / TRUTH_FOLDER / item.path.relative_to(folder).with_suffix(".png")


def is_inverted(record: Mapping[str, Any]) -> bool:
    """Whether the record of a phantom states that dark is dense."""
    return any(artefact.get("artefact") == Inversion.kind for artefact in record.get("artefacts", ()))


def planted_finding(records: Iterable[Mapping[str, Any]]) -> Finding | None:
    """The finding that a text legend was planted with, in a data set with a shortcut; None in any other.

    Raises
    ------
    DataSetError
        If a shortcut does not name its shares of the abnormal and of the normal.
    """
    for record in records:
        shortcut = record.get("shortcut")
        if shortcut is None:
            continue
        try:
            of_abnormal, of_normal = float(shortcut["abnormal"]), float(shortcut["normal"])
        except (KeyError, TypeError, ValueError) as problem:
            raise DataSetError(
                f"expected a shortcut with its shares of the abnormal and the normal; received {shortcut}"
            ) from problem
        if of_abnormal != of_normal:
            return Finding.ABNORMAL if of_abnormal > of_normal else Finding.NORMAL
    return None
