"""Masks go the way of their radiograph."""

import numpy as np
import pytest

from densexplain.errors import CropOutsideError
from densexplain.radiograph.geometry import Crop, Geometry, apply_geometry
from densexplain.radiograph.preprocessing import resize_to_square
from densexplain.radiograph.regions.cropped_regions import crop_regions
from densexplain.radiograph.regions.regions import RegionMasks
from densexplain.vocabulary import Region, ResizeMode


def blob(rows=240, columns=180):
    """A tilted ellipse off the centre, as mask and as radiograph."""
    y, x = np.mgrid[:rows, :columns]
    mask = ((x - 80 + 0.4 * (y - 100)) / 36) ** 2 + ((y - 100) / 60) ** 2 < 1
    return RegionMasks((rows, columns), {Region.ABNORMALITY: mask}), mask.astype(np.float32)


@pytest.mark.parametrize("resize", list(ResizeMode))
@pytest.mark.parametrize(
    "geometry",
    [
        Geometry(),
        Geometry(Crop(20, 10, 180, 120)),
        Geometry(Crop(20, 10, 180, 120), 90, flip=True),
        Geometry(Crop(20, 10, 180, 120), 17.5, invert=True),
        Geometry(rotate_degrees=-100, flip=True),
    ],
    ids=str,
)
def test_a_mask_covers_what_the_network_sees_of_it(geometry, resize):
    regions, pixels = blob()
    crop = apply_geometry(pixels, geometry)
    seen = resize_to_square(1 - crop if geometry.invert else crop, 64, resize)
    share = crop_regions(regions, geometry, resize).shares(64, 64)[Region.ABNORMALITY]
    assert seen.sum() > 100
    # Padding rounds to a whole pixel of the input, a tilt to a whole pixel of the radiograph.
    assert np.abs(share - seen).mean() < (0.01 if geometry.tilt_degrees or resize is ResizeMode.PAD else 1e-6)


def test_without_a_tilt_no_pixel_is_resampled():
    regions, _ = blob()
    turned = crop_regions(regions, Geometry(Crop(20, 10, 150, 140), 90))
    assert turned.shape == (140, 150)
    assert np.array_equal(turned[Region.ABNORMALITY], np.rot90(regions[Region.ABNORMALITY][20:170, 10:150]))


def test_what_is_cropped_off_is_absent():
    regions, _ = blob()
    cropped = crop_regions(regions, Geometry(Crop(0, 0, 100, 100)))
    assert (cropped.shape, Region.ABNORMALITY in cropped) == ((100, 100), True)
    assert list(crop_regions(regions, Geometry(Crop(200, 140, 40, 40)))) == []
    assert crop_regions(RegionMasks((50, 60), {}), Geometry()).shape == (50, 60)


def test_a_crop_beyond_the_radiograph_is_refused():
    with pytest.raises(CropOutsideError):
        crop_regions(blob()[0], Geometry(Crop(220, 0, 40, 40)))
