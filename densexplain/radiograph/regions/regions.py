"""Regions of a radiograph: which pixels are bone, abnormality, text legend or image frame."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from densexplain.errors import DataSetError, ShapeError
from densexplain.vocabulary import Region

IMAGE_FILE, REGIONS_FILE = "image.png", "regions.png"
"""Names of a radiograph and its regions where the two make a case."""

TRUTH_FOLDER = "truth"
"""Beside ``train`` and ``valid`` of a data set of phantoms: for each image its regions and its record."""

Mask = NDArray[np.bool_]
"""Pixels that belong to something, shape (rows, columns), bool: True = belongs."""


@dataclass(frozen=True)
class RegionMasks:
    """Masks of one radiograph; regions may overlap, and a region may be absent.

    Parameters
    ----------
    shape
        Rows and columns of the radiograph.
    masks
        Pixels of each region that is present, shape `shape`, bool.

    Raises
    ------
    ShapeError
        If a mask has another shape.
    """

    shape: tuple[int, int]
    masks: Mapping[Region, Mask]

    def __post_init__(self) -> None:
        for region, mask in self.masks.items():
            if mask.shape != self.shape or mask.dtype != np.bool_:
                raise ShapeError(
                    f"`{region}` must be a bool mask of {self.shape}; received {mask.dtype} of {mask.shape}"
                )

    def __getitem__(self, region: Region) -> Mask:
        """Pixels of a region; none if it is absent."""
        mask = self.masks.get(region)
        return np.zeros(self.shape, np.bool_) if mask is None else mask

    def __contains__(self, region: Region) -> bool:
        """Whether any pixel belongs to the region."""
        return region in self.masks and bool(self.masks[region].any())

    def __iter__(self) -> Iterator[Region]:
        """Regions that are present, in the order of `Region`."""
        return (region for region in Region if region in self)

    def union(self, *regions: Region) -> Mask:
        """Pixels that belong to any of several regions."""
        total = np.zeros(self.shape, np.bool_)
        for region in regions:
            total |= self[region]
        return total

    def shares(self, rows: int, columns: int) -> dict[Region, NDArray[np.float64]]:
        """Share of each cell of a coarser grid that a region covers.

        Parameters
        ----------
        rows, columns
            Size of the grid that is laid over the whole radiograph, as feature maps lie over a stretched network input.

        Returns
        -------
        dict
            For each region that is present, shape (rows, columns), float64, 0 to 1.
        """
        return {region: cell_share(self.masks[region], rows, columns) for region in self}


def packed(masks: Mapping[Region, Mask], shape: tuple[int, int]) -> NDArray[np.uint8]:
    """Put masks into one image, shape `shape`, uint8: bit number n is set where the n-th member of `Region` is."""
    bits = np.zeros(shape, np.uint8)
    for number, region in enumerate(Region):
        if region in masks:
            bits |= masks[region].astype(np.uint8) << number
    return bits


def unpacked(bits: NDArray[np.uint8]) -> dict[Region, Mask]:
    """Take apart what `packed` put together, shape (rows, columns), uint8, a bit per region; drops empty regions."""
    masks = {region: np.asarray(bits & np.uint8(1 << number), np.bool_) for number, region in enumerate(Region)}
    return {region: mask for region, mask in masks.items() if mask.any()}


def cell_share(mask: Mask, rows: int, columns: int) -> NDArray[np.float64]:
    """Share of each cell of a grid that a mask under it covers, by area; shape (rows, columns), float64, 0 to 1."""
    share = cv2.resize(mask.astype(np.float32), (columns, rows), interpolation=cv2.INTER_AREA)
    if rows > mask.shape[0] or columns > mask.shape[1]:  # enlarged: nearest cell
        share = cv2.resize(mask.astype(np.float32), (columns, rows), interpolation=cv2.INTER_NEAREST)
    return np.asarray(share, np.float64)


def write_regions(path: Path, regions: RegionMasks) -> None:
    """Keep masks as one 8-bit PNG: bit n is set where the n-th member of `Region` is."""
    done, encoded = cv2.imencode(".png", packed(regions.masks, regions.shape))
    if not done:
        raise DataSetError(f"could not write the regions {path}")
    path.write_bytes(encoded.tobytes())


def read_regions(path: Path) -> RegionMasks:
    """Read what `write_regions` wrote.

    Raises
    ------
    DataSetError
        If it is missing or no 8-bit grey PNG.
    """
    try:
        content = np.frombuffer(path.read_bytes(), np.uint8)
    except OSError as problem:
        raise DataSetError(f"expected the regions of a radiograph in {path}; it cannot be read") from problem
    bits = cv2.imdecode(content, cv2.IMREAD_UNCHANGED) if content.size else None
    if bits is None or bits.ndim != 2 or bits.dtype != np.uint8:
        raise DataSetError(f"expected the regions of a radiograph, an 8-bit grey PNG, in {path}")
    return RegionMasks((bits.shape[0], bits.shape[1]), unpacked(np.asarray(bits, np.uint8)))
