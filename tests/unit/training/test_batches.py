"""The same seed, epoch and index give the same batch, and an epoch holds every radiograph once."""

import cv2
import numpy as np
import pytest

from densexplain.errors import DataSetError
from densexplain.radiograph.preprocessing import InputSpecification, prepare
from densexplain.training.augmentation import Augmentation
from densexplain.training.batches import RadiographBatches, read_training_image
from densexplain.training.mura import read_data_set
from densexplain.vocabulary import Finding, Split

_SPECIFICATION = InputSpecification(size_px=32)
_PAPER = Augmentation()


@pytest.fixture(scope="module")
def items(data_set):
    return read_data_set(data_set, Split.TRAIN)


def _epoch(items, epoch, seed=0, augmentation=_PAPER):
    batches = RadiographBatches(items, _SPECIFICATION, 5, augmentation, seed, epoch)
    return [batches[index] for index in range(len(batches))]


def test_24_radiographs_make_five_batches_the_last_of_4(items):
    sizes = [(inputs.shape, labels.shape) for inputs, labels in _epoch(items, 0)]
    assert sizes == [((5, 32, 32, 3), (5, 1))] * 4 + [((4, 32, 32, 3), (4, 1))]


def test_repeating_gives_the_same_to_the_last_bit(items):
    for (inputs, labels), (again, labels_again) in zip(_epoch(items, 3), _epoch(items, 3), strict=True):
        np.testing.assert_array_equal(inputs, again)
        np.testing.assert_array_equal(labels, labels_again)


def test_a_batch_does_not_depend_on_those_read_before_it(items):
    batches = RadiographBatches(items, _SPECIFICATION, 5, Augmentation(), 0, 3)
    np.testing.assert_array_equal(batches[4][0], _epoch(items, 3)[4][0])


@pytest.mark.parametrize(("epoch", "seed"), [(1, 0), (0, 1)])
def test_another_epoch_or_seed_gives_another_order_and_variation(items, epoch, seed):
    assert not np.array_equal(_epoch(items, epoch, seed)[0][0], _epoch(items, 0, 0)[0][0])


def test_an_epoch_holds_every_radiograph_once(items):
    unvaried = [_epoch(items, 2, augmentation=Augmentation(False, 0)), _epoch(items, 2, augmentation=None)]
    varied, plain = (np.concatenate([inputs for inputs, _ in epoch]) for epoch in unvaried)
    np.testing.assert_array_equal(np.sort(varied.sum(axis=(1, 2, 3))), np.sort(plain.sum(axis=(1, 2, 3))))
    assert not np.array_equal(varied, plain)


def test_without_augmentation_the_order_and_labels_are_the_lists(items):
    labels = np.concatenate([labels[:, 0] for _, labels in _epoch(items, 9, augmentation=None)])
    assert labels.tolist() == [float(item.finding is Finding.ABNORMAL) for item in items]


def test_inputs_are_prepared_as_the_app_prepares_them(items):
    pixels = cv2.imread(str(items[0].path), cv2.IMREAD_GRAYSCALE).astype(np.float32) / 255
    np.testing.assert_array_equal(_epoch(items, 0, augmentation=None)[0][0][0], prepare(pixels, _SPECIFICATION))


@pytest.mark.parametrize(("dtype", "largest"), [(np.uint8, 255), (np.uint16, 65535)])
def test_images_fill_zero_to_one(tmp_path, dtype, largest):
    cv2.imwrite(str(tmp_path / "image.png"), np.array([[0, largest], [largest // 5, 0]], dtype))
    image = read_training_image(tmp_path / "image.png")
    assert image.dtype == np.float32
    np.testing.assert_allclose(image, [[0, 1], [0.2, 0]], atol=1e-6)


def test_what_is_no_image_is_refused(tmp_path):
    (tmp_path / "image.png").write_text("text")
    with pytest.raises(DataSetError, match="cannot be decoded"):
        read_training_image(tmp_path / "image.png")


def test_a_band_holds_the_middle_rows_and_moves_only_when_varied(items):
    whole = RadiographBatches(items, _SPECIFICATION, 24)[0][0]
    plain = RadiographBatches(items, InputSpecification(size_px=128), 24, band=0.5)[0][0]
    assert plain.shape == (24, 64, 128, 3)
    full = RadiographBatches(items, InputSpecification(size_px=128), 24)[0][0]
    np.testing.assert_array_equal(plain, full[:, 32:96])
    tops = set()
    still = Augmentation(False, 0)
    order = np.random.default_rng((0, 0)).permutation(24)
    varied = RadiographBatches(items, InputSpecification(size_px=128), 24, still, band=0.5)[0][0]
    for place, index in enumerate(order):
        tops |= {top for top in range(65) if np.array_equal(full[index][top : top + 64], varied[place])}
    assert min(tops) >= 32 - 13
    assert max(tops) <= 32 + 13
    assert len(tops) > 5
    assert whole.shape == (24, 32, 32, 3)  # never under 32 rows
