"""Regions that a reader can name, drag and delete: each a mask with a name and a kind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from densexplain.errors import RegionOutsideError, ShapeError
from densexplain.radiograph.regions.regions import Mask, RegionMasks
from densexplain.vocabulary import Region, RegionSource

_APART = 0.02  # of the longer side; letters that are nearer are one legend
_OUTLINE_PX = 0.6  # how far an outline may leave the mask


@dataclass(frozen=True, eq=False)
class NamedRegion:
    """One region of a radiograph.

    Parameters
    ----------
    name
        What a reader calls it, for example "text legend 2".
    kind
        What it is; `Region.ABNORMALITY` is where the reader sees the abnormality.
        None for anything else that was drawn.
    mask
        Its pixels, shape (rows, columns) of the radiograph.
    source
        Found by this software, or drawn.
    """

    name: str
    kind: Region | None
    mask: Mask
    source: RegionSource

    @property
    def outlines(self) -> tuple[tuple[tuple[int, int], ...], ...]:
        """Polygons round its parts and round the holes in them, each a list of (x, y) pixel centres of the region.

        Filled together by the even-odd rule, with their lines, they are the mask to a pixel or so along its edge.
        """
        found, _ = cv2.findContours(self.mask.astype(np.uint8), cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
        polygons = [cv2.approxPolyDP(outline, _OUTLINE_PX, True)[:, 0] for outline in found]
        return tuple(tuple((int(x), int(y)) for x, y in polygon) for polygon in polygons)


def named_regions(masks: RegionMasks, source: RegionSource = RegionSource.FOUND) -> tuple[NamedRegion, ...]:
    """Give names to masks: every text legend is one of its own, all else is one of each kind.

    Parameters
    ----------
    masks
        Masks of a radiograph. `Region.MOVED` is left out: it is not a place that shows anything.
    source
        Where they come from.
    """
    named: list[NamedRegion] = []
    for kind in masks:
        if kind is Region.MOVED:
            continue
        parts = _legends(masks[kind]) if kind is Region.TEXT_LEGEND else [masks[kind]]
        for number, mask in enumerate(parts, 1):
            name = _NAMES.get(kind, kind.value)
            named.append(NamedRegion(f"{name} {number}" if len(parts) > 1 else name, kind, mask, source))
    return tuple(named)


_NAMES = {Region.SOFT_TISSUE: "exposed anatomy", Region.ABNORMALITY: "marked region"}


def check_regions(regions: Sequence[NamedRegion], rows: int, columns: int) -> None:
    """Check that regions are those of a radiograph of `rows` x `columns`, each with a name of its own.

    Raises
    ------
    ShapeError
        If a mask has another shape.
    RegionOutsideError
        If one covers no pixel.
    """
    for region in regions:
        if region.mask.shape != (rows, columns) or region.mask.dtype != np.bool_:
            raise ShapeError(
                f"the region {region.name!r} must be a bool mask of {rows} x {columns}; "
                f"received {region.mask.dtype} of {region.mask.shape}"
            )
        if not region.mask.any():
            raise RegionOutsideError(f"The region {region.name!r} must cover at least one pixel; it covers none.")


def union(regions: Sequence[NamedRegion], shape: tuple[int, int]) -> Mask:
    """Pixels of any of them."""
    total = np.zeros(shape, np.bool_)
    for region in regions:
        total |= region.mask
    return total


def _legends(mask: Mask) -> list[Mask]:
    """Letters that lie close together are one legend; from the top down."""
    side = max(3, round(_APART * max(mask.shape))) | 1
    joined = cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((side, side), np.uint8))
    count, labels = cv2.connectedComponents(np.maximum(joined, mask.astype(np.uint8)))
    return [np.asarray(mask & (labels == number), np.bool_) for number in range(1, count)]
