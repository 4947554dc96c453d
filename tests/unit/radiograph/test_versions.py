"""Each version differs from the original by what its name says, and only the possible ones are offered."""

import numpy as np
import pytest

from densexplain.errors import CropTooSmallError
from densexplain.radiograph.geometry import Crop, Geometry, apply_geometry
from densexplain.radiograph.regions.image_frame import ImageFrameCrop
from densexplain.radiograph.versions import WHY_NOT, RadiographVersion, radiograph_versions
from densexplain.vocabulary import InputVersion, RegionSource

FOUND = ImageFrameCrop(Crop(10, 8, 50, 40), 3.0, 0.5)


def test_without_frame_and_legend_there_is_the_original_alone():
    found = radiograph_versions(Geometry(rotate_degrees=-90, flip=True))
    assert list(found) == [InputVersion.ORIGINAL]
    assert found[InputVersion.ORIGINAL].geometry == Geometry(rotate_degrees=-90, flip=True)
    assert set(WHY_NOT) == set(InputVersion) - set(found)


def test_a_found_frame_is_cropped_upright_and_straightened():
    found = radiograph_versions(Geometry(rotate_degrees=180, flip=True, invert=True), FOUND)
    assert list(found) == [InputVersion.ORIGINAL, InputVersion.CROPPED, InputVersion.STRAIGHTENED]
    assert found[InputVersion.CROPPED].geometry == Geometry(FOUND.crop, 180, True, True)
    assert found[InputVersion.STRAIGHTENED].geometry == Geometry(FOUND.crop, -177, True, True)


def test_the_readers_crop_and_tilt_come_first():
    own = Crop(0, 0, 40, 40)
    found = radiograph_versions(Geometry(own, -95.0), FOUND)
    assert found[InputVersion.ORIGINAL].geometry == Geometry(None, -90)
    assert found[InputVersion.CROPPED].geometry == Geometry(own, -90)
    assert found[InputVersion.STRAIGHTENED].geometry == Geometry(own, -95)


def test_a_removed_marker_touches_no_other_pixel_and_an_empty_one_is_none():
    pixels = np.random.default_rng(0).random((80, 60)).astype(np.float32)
    marker = np.zeros((80, 60), bool)
    assert InputVersion.MARKER_REMOVED not in radiograph_versions(Geometry(), None, marker)
    marker[4:9, 40:52] = True
    version = radiograph_versions(Geometry(invert=True), None, marker)[InputVersion.MARKER_REMOVED]
    changed = version.apply(pixels) != apply_geometry(pixels, Geometry(invert=True))
    assert changed.any()
    assert not changed[~marker].any()
    assert (version.painted_px, version.source) == (60, RegionSource.DRAWN)
    other = marker.copy()
    other[0, 0] = True
    assert version.key != RadiographVersion(version.version, version.geometry, other).key
    assert version.key != RadiographVersion(InputVersion.ORIGINAL, version.geometry).key


def test_a_crop_that_does_not_fit_is_refused():
    with pytest.raises(CropTooSmallError, match="at least 32"):
        RadiographVersion(InputVersion.CROPPED, Geometry(Crop(0, 0, 8, 8))).apply(np.zeros((80, 60), np.float32))
