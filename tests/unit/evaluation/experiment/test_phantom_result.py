"""The control of painting over a text legend: a patch of its shape, elsewhere."""

from __future__ import annotations

import numpy as np

from densexplain.evaluation.experiment.phantom_result import sham_mask
from densexplain.radiograph.regions.regions import RegionMasks
from densexplain.vocabulary import Region


def _box(top: int, left: int, bottom: int, right: int) -> np.ndarray:
    mask = np.zeros((20, 30), bool)
    mask[top:bottom, left:right] = True
    return mask


def test_the_patch_has_the_legends_shape_and_lies_on_the_other_side():
    masks = {Region.TEXT_LEGEND: _box(1, 2, 4, 7)}
    assert np.array_equal(sham_mask(RegionMasks((20, 30), masks)), _box(1, 23, 4, 28))


def test_it_avoids_what_would_be_no_control():
    masks = {
        Region.TEXT_LEGEND: _box(1, 2, 4, 7),
        Region.ABNORMALITY: _box(0, 20, 3, 30),
        Region.IMAGE_FRAME: _box(18, 0, 20, 30),
    }
    assert sham_mask(RegionMasks((20, 30), masks)) is None
    del masks[Region.IMAGE_FRAME]
    assert np.array_equal(sham_mask(RegionMasks((20, 30), masks)), _box(16, 2, 19, 7))


def test_a_legend_in_the_middle_has_no_other_side():
    assert sham_mask(RegionMasks((20, 30), {Region.TEXT_LEGEND: _box(8, 12, 12, 18)})) is None
