"""Masks go where the pixels go: through the same mirror, rotation, zoom, size and band."""

import numpy as np
import pytest

from densexplain.radiograph.preprocessing import InputSpecification, prepare
from densexplain.training.augmentation import Augmentation
from densexplain.training.preparation import Preparation
from densexplain.training.regions.region_targets import SUPERVISED_REGIONS, UNKNOWN
from densexplain.vocabulary import Region, ResizeMode

_BLACK_AND_WHITE = {"mean": (0.0, 0.0, 0.0), "standard_deviation": (1.0, 1.0, 1.0)}


def _blobs(draw):
    mask = np.zeros((120, 90), bool)
    for _ in range(4):
        row, column = draw.integers(0, 100), draw.integers(0, 70)
        mask[row : row + 20, column : column + 25] = True
    return mask


@pytest.mark.parametrize("mode", list(ResizeMode))
@pytest.mark.parametrize(("size_px", "band"), [(64, 1.0), (96, 0.5)])
def test_a_mask_moves_as_its_picture_does(mode, size_px, band):
    augmentation = Augmentation(rotation_degrees=40, zoom=0.2)
    specification = InputSpecification(size_px=size_px, resize=mode, **_BLACK_AND_WHITE)
    preparation, draw = Preparation(specification, augmentation, band), np.random.default_rng(0)
    seen = set()
    for seed in range(20):
        mask = _blobs(draw)
        out = np.empty((*preparation.shape, 3), np.float32)
        place = preparation.apply(out, mask.astype(np.float32), np.random.default_rng(seed))
        targets = place.targets({Region.HARDWARE: mask})
        for stage, stride in (("block2", 8), ("block3", 16)):
            rows, columns = preparation.shape[0] // stride, size_px // stride
            share = out[..., 0].reshape(rows, stride, columns, stride).mean(axis=(1, 3))
            received = targets[stage][..., SUPERVISED_REGIONS.index(Region.HARDWARE)]
            np.testing.assert_allclose(received, np.minimum(4 * share, 1), atol=1e-5)
        seen.add(out.tobytes())
    assert len(seen) == 20


def test_another_exposure_leaves_the_mask():
    specification = InputSpecification(size_px=32, **_BLACK_AND_WHITE)
    out, grey = np.empty((32, 32, 3), np.float32), np.full((32, 32), 0.5, np.float32)
    mask = np.ones((32, 32), bool)
    place = Preparation(specification, Augmentation(False, 0, gamma=2.0)).apply(out, grey, np.random.default_rng(1))
    assert abs(out.mean() - 0.5) > 0.05
    targets = place.targets({Region.BONE: mask})
    assert (targets["block2"][..., SUPERVISED_REGIONS.index(Region.BONE)] == 1).all()


def test_without_augmentation_an_input_is_the_prepared_radiograph():
    pixels = np.random.default_rng(2).random((50, 70)).astype(np.float32)
    specification, out = InputSpecification(size_px=48), np.empty((48, 48, 3), np.float32)
    Preparation(specification).apply(out, pixels, np.random.default_rng(0))
    np.testing.assert_array_equal(out, prepare(pixels, specification))


def test_without_truth_everything_is_unknown():
    specification, out = InputSpecification(size_px=64), np.empty((64, 64, 3), np.float32)
    place = Preparation(specification).apply(out, np.zeros((9, 9), np.float32), np.random.default_rng(0))
    assert {float(value) for target in place.targets(None).values() for value in np.unique(target)} == {UNKNOWN}
    assert {float(value) for target in place.targets({}).values() for value in np.unique(target)} == {0.0}
