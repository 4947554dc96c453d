"""Phantoms whose abnormality is marked, as the reference for a map."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from densexplain.data_sets.mura import LabelledRadiograph
from densexplain.errors import DataSetError
from densexplain.phantom.truth import check_truth, read_true_regions
from densexplain.radiograph.preprocessing import InputSpecification, resize_to_square
from densexplain.radiograph.regions.regions import Mask, RegionMasks
from densexplain.vocabulary import Finding, Region

ABNORMAL_REGIONS = (Region.ABNORMALITY, Region.HARDWARE)
"""What makes a radiograph abnormal to the eye."""


@dataclass(frozen=True)
class AnnotatedPhantom:
    """An abnormal radiograph and where its abnormality is visible."""

    item: LabelledRadiograph
    regions: RegionMasks

    @property
    def mask(self) -> Mask:
        """The abnormality and any hardware, in the radiograph's own pixels."""
        return self.regions.union(*ABNORMAL_REGIONS)


def annotated_phantoms(
    folder: Path, items: tuple[LabelledRadiograph, ...], limit: int, seed: int
) -> tuple[AnnotatedPhantom, ...]:
    """Draw abnormal radiographs whose abnormality or hardware is marked.

    Parameters
    ----------
    folder
        The data set's root, which holds ``truth``.
    items
        Radiographs of the data set.
    limit
        How many at most; drawn at random, so that no extremity type comes first.
    seed
        The same draws the same; with a lower limit, the first of them.

    Raises
    ------
    DataSetError
        If there is no truth, the regions of an image cannot be read, or none has a marked abnormality.
    """
    check_truth(folder)
    abnormal = [item for item in items if item.finding is Finding.ABNORMAL]
    found: list[AnnotatedPhantom] = []
    for place in np.random.default_rng(seed).permutation(len(abnormal)):
        if len(found) == limit:
            break
        item = abnormal[place]
        regions = read_true_regions(folder, item)
        if any(region in regions for region in ABNORMAL_REGIONS):
            found.append(AnnotatedPhantom(item, regions))
    if not found:
        raise DataSetError(f"expected abnormal radiographs with a marked abnormality in {folder}; found none")
    return tuple(found)


def input_mask(mask: Mask, specification: InputSpecification) -> Mask:
    """A mask as it lies in the network input, shape (size_px, size_px).

    A pixel belongs to it that is covered by half or more; of something too thin
    for that, the pixels that it covers most.
    """
    share: NDArray[np.float32] = resize_to_square(mask.astype(np.float32), specification.size_px, specification.resize)
    highest = float(share.max())
    return np.asarray(share >= min(0.5, highest), np.bool_) if highest > 0 else np.zeros(share.shape, np.bool_)
