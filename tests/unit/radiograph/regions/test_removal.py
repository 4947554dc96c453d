"""What is taken away is gone, and nothing else is."""

import numpy as np

from densexplain.radiograph.crop import Crop
from densexplain.radiograph.regions.removal import exposed_box, paint_over


def test_a_legend_is_painted_over_and_the_rest_stays():
    pixels = np.tile(np.linspace(0.2, 0.6, 60, dtype=np.float32), (50, 1))
    mask = np.zeros(pixels.shape, bool)
    mask[10:20, 30:45] = True
    written = np.where(mask, np.float32(1), pixels)
    painted = paint_over(written, mask)
    assert painted.dtype == np.float32
    assert np.array_equal(painted[~mask], pixels[~mask])
    assert np.abs(painted - pixels)[mask].max() < 0.1


def test_the_box_inside_a_frame():
    frame = np.ones((100, 80), bool)
    frame[12:90, 5:70] = False
    assert exposed_box(frame) == Crop(12, 5, 78, 65)
    frame[2, 75] = False  # a speck of one pixel is under a fiftieth of 100 rows, but not of 80 columns
    assert exposed_box(frame) == Crop(12, 5, 78, 65)


def test_a_frame_that_leaves_too_little():
    assert exposed_box(np.ones((100, 80), bool)) is None
    frame = np.ones((100, 80), bool)
    frame[40:60, 10:70] = False
    assert exposed_box(frame) is None
    assert exposed_box(np.zeros((100, 80), bool)) == Crop(0, 0, 100, 80)
