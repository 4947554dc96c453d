<<<<<<< HEAD
"""What is known of the radiographs of a phantom data set: a folder ``truth`` beside ``train`` and ``valid``."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from densexplain.errors import DataSetError
from densexplain.radiograph.regions import RegionMasks, read_regions
from densexplain.training.mura import LabelledRadiograph
from densexplain.vocabulary import Finding

TRUTH_FOLDER = "truth"


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
=======
"""The truth of a phantom data set: which pixels of each radiograph are the finding.

Beside MURA's layout lies ``truth`` with the same paths, and in it for each
image a PNG of its regions; see `densexplain.radiograph.regions.write_regions`.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from densexplain.errors import DataSetError
from densexplain.radiograph.preprocessing import InputSpecification, resize_to_square
from densexplain.radiograph.regions import Mask, RegionMasks, read_regions
from densexplain.training.mura import LabelledRadiograph
from densexplain.vocabulary import Finding, Region

TRUTH_FOLDER = "truth"

MARKED = (Region.FINDING, Region.HARDWARE)
"""What makes a radiograph abnormal to the eye."""


@dataclass(frozen=True)
class MarkedRadiograph:
    """An abnormal radiograph and where the abnormality is to be seen."""

    item: LabelledRadiograph
    regions: RegionMasks

    @property
    def mask(self) -> Mask:
        """The finding and any hardware, in the radiograph's own pixels."""
        return self.regions.union(*MARKED)


def marked_radiographs(
    folder: Path, items: tuple[LabelledRadiograph, ...], limit: int, seed: int
) -> tuple[MarkedRadiograph, ...]:
    """Draw abnormal radiographs whose finding or hardware is marked.
>>>>>>> wt-measures

    Parameters
    ----------
    folder
<<<<<<< HEAD
        The data set's root.
    item
        One of its radiographs.
=======
        The data set's root, which holds ``truth``.
    items
        Of the data set.
    limit
        How many at most; drawn at random, so that no extremity type comes first.
    seed
        The same draws the same; with a lower limit, the first of them.
>>>>>>> wt-measures

    Raises
    ------
    DataSetError
<<<<<<< HEAD
        If either is missing or is not what it should be.
    """
    path = folder / TRUTH_FOLDER / item.path.relative_to(folder).with_suffix(".png")
    regions, file = read_regions(path), path.with_suffix(".json")
    try:
        record = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as problem:
        raise DataSetError(f"expected the record of a phantom, a JSON object, in {file}") from problem
    if not isinstance(record, dict):
        raise DataSetError(f"expected the record of a phantom, a JSON object, in {file}")
    return Truth(regions, record)


def planted_finding(records: Iterable[Mapping[str, Any]]) -> Finding | None:
    """The finding that a text legend was made to go with, in a data set that has a shortcut; None in any other.

    Raises
    ------
    DataSetError
        If a shortcut has no shares `p` (of the abnormal with a legend) and `q` (of the normal).
    """
    for record in records:
        shortcut = record.get("shortcut")
        if shortcut is None:
            continue
        try:
            of_abnormal, of_normal = float(shortcut["p"]), float(shortcut["q"])
        except (KeyError, TypeError, ValueError) as problem:
            raise DataSetError(f"expected a shortcut with numbers p and q; received {shortcut}") from problem
        if of_abnormal != of_normal:
            return Finding.ABNORMAL if of_abnormal > of_normal else Finding.NORMAL
    return None
=======
        If there is no truth, the regions of an image cannot be read, or none has a marked finding.
    """
    truth = folder / TRUTH_FOLDER
    if not truth.is_dir():
        raise DataSetError(
            f"expected a phantom data set, with the regions of its radiographs in {truth}; there is no such folder"
        )
    abnormal = [item for item in items if item.finding is Finding.ABNORMAL]
    found: list[MarkedRadiograph] = []
    for place in np.random.default_rng(seed).permutation(len(abnormal)):
        if len(found) == limit:
            break
        item = abnormal[place]
        regions = read_regions((truth / item.path.relative_to(folder)).with_suffix(".png"))
        if any(region in regions for region in MARKED):
            found.append(MarkedRadiograph(item, regions))
    if not found:
        raise DataSetError(f"expected abnormal radiographs with a marked finding in {truth}; found none")
    return tuple(found)


def mask_of_input(mask: Mask, specification: InputSpecification) -> Mask:
    """A mask as it lies in the network input, shape (size_px, size_px).

    A pixel belongs to it that is covered by half or more; of something too thin
    for that, the pixels that it covers most.
    """
    share: NDArray[np.float32] = resize_to_square(mask.astype(np.float32), specification.size_px, specification.resize)
    highest = float(share.max())
    return np.asarray(share >= min(0.5, highest), np.bool_) if highest > 0 else np.zeros(share.shape, np.bool_)
>>>>>>> wt-measures
