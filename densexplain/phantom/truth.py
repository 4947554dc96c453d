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
from densexplain.vocabulary import Finding, Region


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
    regions, file = read_true_regions(folder, item), _path(folder, item).with_suffix(".json")
    try:
        record = schema.read(dict[str, Any], schema.decode(file.read_bytes()), "record")
    except (OSError, EntryError) as problem:
        raise DataSetError(f"expected the record of a phantom, a JSON object, in {file}") from problem
    return Truth(regions, record)


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
