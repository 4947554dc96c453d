"""Boxes become masks in original pixels, however the radiograph was shown."""

import numpy as np
import pytest

from densexplain.radiograph.geometry import Crop, Geometry
from densexplain.radiograph.regions.cropped_regions import crop_regions
from densexplain.radiograph.regions.drawn_regions import DrawnBox, drawn_regions
from densexplain.vocabulary import Region


@pytest.mark.parametrize("degrees", [0, 90, -90, 180])
def test_an_upright_box_is_a_slice(degrees):
    expected = np.zeros((60, 80), bool)
    expected[10:25, 30:70] = True
    assert np.array_equal(DrawnBox(Region.ABNORMALITY, Crop(10, 30, 15, 40), degrees).mask(60, 80), expected)


@pytest.mark.parametrize("degrees", [12.5, -30.0, 77.0])
def test_a_tilted_box_fills_the_crop_that_it_is(degrees):
    box = DrawnBox(Region.ABNORMALITY, Crop(60, 70, 80, 60), degrees)
    regions = drawn_regions([box], 200, 220)
    assert regions[Region.ABNORMALITY].sum() == pytest.approx(80 * 60, rel=0.02)
    inside = crop_regions(regions, Geometry(box.crop, degrees))
    assert inside[Region.ABNORMALITY].mean() > 0.98


def test_boxes_of_one_name_are_one_region():
    legend, frame = Region.TEXT_LEGEND, Region.IMAGE_FRAME
    boxes = [DrawnBox(legend, Crop(0, 0, 4, 4)), DrawnBox(frame, Crop(0, 8, 9, 2)), DrawnBox(legend, Crop(2, 2, 4, 4))]
    regions = drawn_regions(boxes, 10, 10)
    assert list(regions) == [legend, frame]
    assert regions[legend].sum() == 16 + 16 - 4
    assert list(drawn_regions([], 10, 10)) == []
