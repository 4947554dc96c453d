"""Regions as the network sees them: cropped, turned and padded with the radiograph they belong to."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from densexplain.radiograph.crop import Geometry
from densexplain.radiograph.geometry import apply_geometry
from densexplain.radiograph.regions.regions import Mask, RegionMasks
from densexplain.vocabulary import Region, ResizeMode


def crop_regions(regions: RegionMasks, geometry: Geometry, resize: ResizeMode = ResizeMode.STRETCH) -> RegionMasks:
    """Transform masks as their radiograph is, up to the square under the feature maps.

    They keep the crop's own pixels: a stretch to the network's size moves no
    pixel into another cell, so `RegionMasks.shares` gives the areas exactly.

    Parameters
    ----------
    regions
        Regions of the whole radiograph, as it was read.
    geometry
        As for `densexplain.radiograph.geometry.apply_geometry`. What is inverted stays where it is.
    resize
        Where the network's input is padded, the masks get the same empty rows or columns.

    Returns
    -------
    RegionMasks
        Regions of the crop. A tilted pixel belongs to a region where at least half of its sample does; what a
        tilted box reaches outside the radiograph belongs to none.

    Raises
    ------
    CropTooSmallError, CropOutsideError
        As `densexplain.radiograph.crop.check_crop`.
    """
    masks = {
        region: crop_mask(regions[region], geometry, resize)
        for region in (Region.BONE, *regions)  # one at least, present or not, tells the shape
    }
    shape = masks[Region.BONE].shape
    return RegionMasks((shape[0], shape[1]), {region: mask for region, mask in masks.items() if mask.any()})


def crop_mask(mask: Mask, geometry: Geometry, resize: ResizeMode = ResizeMode.STRETCH) -> Mask:
    """Transform one mask; parameters and errors as for `crop_regions`."""
    return _padded(apply_geometry(mask.astype(np.float32), replace(geometry, invert=False)) >= 0.5, resize)


def _padded(mask: Mask, resize: ResizeMode) -> Mask:
    if resize is ResizeMode.STRETCH:
        return mask
    side = max(mask.shape)
    square = np.zeros((side, side), np.bool_)
    square[: mask.shape[0], : mask.shape[1]] = mask
    return square
