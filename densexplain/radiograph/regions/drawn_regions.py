"""Regions that a reader draws: boxes on the radiograph, each with a name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from densexplain.radiograph.crop import Crop, Geometry, rotate_offset
from densexplain.radiograph.regions.regions import Mask, RegionMasks
from densexplain.vocabulary import Region


@dataclass(frozen=True)
class DrawnBox:
    """A box that a reader drew.

    Parameters
    ----------
    region
        What the reader says that it holds.
    crop
        In original pixels, turned about its own centre as a crop is.
    rotate_degrees
        The rotation that the radiograph was shown with, and the box upright.
    """

    region: Region
    crop: Crop
    rotate_degrees: float = 0.0

    def mask(self, rows: int, columns: int) -> Mask:
        """Pixels whose centres lie in the box, on a radiograph of `rows` x `columns`."""
        upright = Geometry(rotate_degrees=Geometry(rotate_degrees=self.rotate_degrees).tilt_degrees)
        right, down = rotate_offset(1.0, 0.0, upright), rotate_offset(0.0, 1.0, upright)
        x = np.arange(columns)[None] + 0.5 - self.crop.left - self.crop.width / 2
        y = np.arange(rows)[:, None] + 0.5 - self.crop.top - self.crop.height / 2
        across, along = right[0] * x + down[0] * y, right[1] * x + down[1] * y
        return np.asarray((np.abs(across) <= self.crop.width / 2) & (np.abs(along) <= self.crop.height / 2), np.bool_)


def drawn_regions(boxes: Sequence[DrawnBox], rows: int, columns: int) -> RegionMasks:
    """Masks of a radiograph of `rows` x `columns` from a reader's boxes; those of one name are joined."""
    masks: dict[Region, Mask] = {}
    for box in boxes:
        mask = box.mask(rows, columns)
        masks[box.region] = masks[box.region] | mask if box.region in masks else mask
    return RegionMasks((rows, columns), masks)
