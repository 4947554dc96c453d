"""Regions of a radiograph: which pixels are bone, abnormality, text legend or image frame."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from densexplain.errors import DataSetError, ShapeError
from densexplain.vocabulary import Region

IMAGE_FILE, REGIONS_FILE = "image.png", "regions.png"
"""Names of a radiograph and its regions where the two make a case."""

TRUTH_FOLDER = "truth"
"""Beside ``train`` and ``valid`` of a data set of phantoms: for each image its regions and its record."""

_MOST_REGIONS = 16  # bits of a grey PNG

PackedMasks = NDArray[np.unsignedinteger]
"""Masks of several regions in one image, shape (rows, columns), uint8 or uint16, a bit per region: 0 to 65535."""

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


def packed(masks: Mapping[Region, Mask], shape: tuple[int, int]) -> PackedMasks:
    """Put masks into one image, a bit for each member of `Region`.

    Parameters
    ----------
    masks
        Pixels of each region, shape `shape`, bool.
    shape
        Rows and columns.

    Returns
    -------
    numpy.ndarray
        Shape `shape`; bit number n is set where the n-th member of `Region` is.
        uint8, or uint16 if `Region` has more than eight members.

    Raises
    ------
    ShapeError
        If `Region` has more than 16 members, which no PNG has room for.
    """
    if len(Region) > _MOST_REGIONS:
        raise ShapeError(f"expected at most {_MOST_REGIONS} kinds of regions in one image; received {len(Region)}")
    bits = np.zeros(shape, np.min_scalar_type((1 << len(Region)) - 1))
    for number, region in enumerate(Region):
        if region in masks:
            bits |= masks[region].astype(bits.dtype) << bits.dtype.type(number)
    return bits


def unpacked(bits: PackedMasks) -> dict[Region, Mask]:
    """Take apart what `packed` put together.

    Parameters
    ----------
    bits
        Shape (rows, columns), uint8 or uint16; `Region` may have gained members since.

    Returns
    -------
    dict
        For each region that has a pixel its mask, shape (rows, columns), bool.

    Raises
    ------
    ShapeError
        If a bit is set that stands for no member of `Region`.
    """
    if int(bits.max(initial=0)) >> len(Region):
        raise ShapeError(f"expected a bit for each of {len(Region)} kinds of regions; received further ones")
    masks = {region: bits & np.uint16(1 << number) != 0 for number, region in enumerate(Region)}
    return {region: mask for region, mask in masks.items() if mask.any()}


def cell_share(mask: Mask, rows: int, columns: int) -> NDArray[np.float64]:
    """Share of each cell of a grid that a mask under it covers, by area; shape (rows, columns), float64, 0 to 1."""
    share = cv2.resize(mask.astype(np.float32), (columns, rows), interpolation=cv2.INTER_AREA)
    if rows > mask.shape[0] or columns > mask.shape[1]:  # enlarged: nearest cell
        share = cv2.resize(mask.astype(np.float32), (columns, rows), interpolation=cv2.INTER_NEAREST)
    return np.asarray(share, np.float64)


def write_regions(path: Path, regions: RegionMasks) -> None:
    """Write masks as one grey PNG of 8 bits, or of 16 for more than eight regions; see `packed`."""
    done, encoded = cv2.imencode(".png", packed(regions.masks, regions.shape))
    if not done:
        raise DataSetError(f"could not write the regions {path}")
    path.write_bytes(encoded.tobytes())


def read_regions(path: Path) -> RegionMasks:
    """Read what `write_regions` wrote.

    Raises
    ------
    DataSetError
        If it is missing, no grey PNG, or has bits set that stand for no region.
    """
    try:
        content = np.frombuffer(path.read_bytes(), np.uint8)
    except OSError as problem:
        raise DataSetError(f"expected the regions of a radiograph in {path}; it cannot be read") from problem
    bits = cv2.imdecode(content, cv2.IMREAD_UNCHANGED) if content.size else None
    if bits is None or bits.ndim != 2 or bits.dtype not in (np.uint8, np.uint16):
        raise DataSetError(f"expected the regions of a radiograph, a grey PNG, in {path}")
    try:
        return RegionMasks((bits.shape[0], bits.shape[1]), unpacked(cast("PackedMasks", bits)))
    except ShapeError as problem:
        raise DataSetError(f"expected the regions of a radiograph in {path}; {problem}") from problem
