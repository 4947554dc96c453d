"""The same seed, epoch and index give the same batch, and an epoch holds every radiograph once."""

import os
import shutil
import threading

import cv2
import numpy as np
import pytest

from densexplain.data_sets.mura import read_data_set
from densexplain.errors import DataSetError, OptionError
from densexplain.radiograph.preprocessing import InputSpecification, prepare
from densexplain.training.augmentation import Augmentation
from densexplain.training.batches import RadiographBatches
from densexplain.vocabulary import Finding, ResizeMode, Split

_SPECIFICATION = InputSpecification(size_px=32)
_PAPER = Augmentation()
_STILL = Augmentation(False, 0)


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
    unvaried = [_epoch(items, 2, augmentation=_STILL), _epoch(items, 2, augmentation=None)]
    varied, plain = (np.concatenate([inputs for inputs, _ in epoch]) for epoch in unvaried)
    np.testing.assert_array_equal(np.sort(varied.sum(axis=(1, 2, 3))), np.sort(plain.sum(axis=(1, 2, 3))))
    assert not np.array_equal(varied, plain)


def test_without_augmentation_the_order_and_labels_are_the_lists(items):
    labels = np.concatenate([labels[:, 0] for _, labels in _epoch(items, 9, augmentation=None)])
    assert labels.tolist() == [float(item.finding is Finding.ABNORMAL) for item in items]


def test_inputs_are_prepared_as_the_app_prepares_them(items):
    pixels = cv2.imread(str(items[0].path), cv2.IMREAD_GRAYSCALE).astype(np.float32) / 255
    np.testing.assert_array_equal(_epoch(items, 0, augmentation=None)[0][0][0], prepare(pixels, _SPECIFICATION))


def test_a_band_holds_the_middle_rows_and_moves_only_when_varied(items):
    whole = RadiographBatches(items, _SPECIFICATION, 24)[0][0]
    plain = RadiographBatches(items, InputSpecification(size_px=128), 24, band=0.5)[0][0]
    assert plain.shape == (24, 64, 128, 3)
    full = RadiographBatches(items, InputSpecification(size_px=128), 24)[0][0]
    np.testing.assert_array_equal(plain, full[:, 32:96])
    tops = set()
    order = np.random.default_rng((0, 0)).permutation(24)
    varied = RadiographBatches(items, InputSpecification(size_px=128), 24, _STILL, band=0.5)[0][0]
    for place, index in enumerate(order):
        tops |= {top for top in range(65) if np.array_equal(full[index][top : top + 64], varied[place])}
    assert min(tops) >= 32 - 13
    assert max(tops) <= 32 + 13
    assert len(tops) > 5
    assert whole.shape == (24, 32, 32, 3)  # never under 32 rows


def test_padded_radiographs_turn_about_their_own_middle(tmp_path):
    path = tmp_path / "train" / "XR_HAND" / "p" / "study1_positive" / "image1.png"
    path.parent.mkdir(parents=True)
    image = np.zeros((96, 48), np.uint8)
    image[46:50, 22:26] = 255  # the middle, which no rotation moves
    cv2.imwrite(str(path), image)
    specification = InputSpecification(48, ResizeMode.PAD, (0, 0, 0), (1, 1, 1))
    batches = RadiographBatches(read_data_set(tmp_path, Split.TRAIN), specification, 1, Augmentation(True, 90))
    square = batches[0][0][0, :, :, 0]
    rows, columns = np.indices(square.shape)
    assert (square * rows).sum() / square.sum() == pytest.approx(23.5, abs=0.1)
    assert (square * columns).sum() / square.sum() == pytest.approx(11.5, abs=0.1)
    assert square[:, 24:].max() == 0


def test_every_input_is_written_whole(items):
    for index, (inputs, _) in enumerate(_epoch(items, 0, augmentation=None)):
        expected = [
            prepare(cv2.imread(str(item.path), cv2.IMREAD_GRAYSCALE).astype(np.float32) / 255, _SPECIFICATION)
            for item in items[5 * index : 5 * index + 5]
        ]
        np.testing.assert_array_equal(inputs, expected)


def test_an_epoch_is_gone_on_with_in_its_middle(items):
    rest = RadiographBatches(items, _SPECIFICATION, 5, _PAPER, 0, 3, first_step=2)
    assert len(rest) == 3
    for (inputs, labels), (whole, whole_labels) in zip(list(rest), _epoch(items, 3)[2:], strict=True):
        np.testing.assert_array_equal(inputs, whole)
        np.testing.assert_array_equal(labels, whole_labels)
    assert len(RadiographBatches(items, _SPECIFICATION, 5, _PAPER, first_step=5)) == 0
    with pytest.raises(IndexError, match="0 to 2"):
        rest[3]


@pytest.mark.parametrize("processes", [2, 3])
def test_the_parts_of_all_processes_are_the_whole_batches(items, processes):
    whole = RadiographBatches(items, _SPECIFICATION, 18, _PAPER, 5, 1)
    parts = [
        RadiographBatches(items, _SPECIFICATION, 18, _PAPER, 5, 1, shard=(number, processes))
        for number in range(processes)
    ]
    assert {len(part) for part in parts} == {2}
    for index in range(2):
        inputs, labels = whole[index]
        np.testing.assert_array_equal(np.concatenate([part[index][0] for part in parts]), inputs)
        np.testing.assert_array_equal(np.concatenate([part[index][1] for part in parts]), labels)
        assert {len(part[index][0]) for part in parts} == {len(inputs) // processes}


def test_what_cannot_be_divided_among_processes_is_left_out_for_one_epoch(items):
    left_out = set()
    for epoch in range(3):
        whole = [inputs[0].tobytes() for inputs, _ in RadiographBatches(items, _SPECIFICATION, 1, _STILL, 0, epoch)]
        seen = []
        for process in range(7):
            part = RadiographBatches(items, _SPECIFICATION, 7, _STILL, 0, epoch, shard=(process, 7))
            assert [len(inputs) for inputs, _ in part] == [1, 1, 1]
            seen += [inputs[0].tobytes() for inputs, _ in part]
        assert sorted(seen) == sorted(whole[:21])
        left_out.add(frozenset(whole[21:]))
    assert len(left_out) == 3


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"first_step": 6}, "within the 5 steps; received 6"),
        ({"first_step": -1}, "received -1"),
        ({"shard": (0, 2)}, "a batch of 5"),
        ({"shard": (5, 5)}, r"received \(5, 5\)"),
        ({"shard": (0, 5), "augmentation": None}, "24 radiographs"),
    ],
    ids=str,
)
def test_parts_that_cannot_be_are_refused(items, settings, words):
    with pytest.raises(OptionError, match=words):
        RadiographBatches(items, _SPECIFICATION, 5, **{"augmentation": _PAPER} | settings)


@pytest.mark.parametrize(("workers", "most"), [(None, os.cpu_count()), (3, 3), (1, 1)])
def test_each_core_reads_ahead_unless_told_otherwise(items, workers, most):
    before = set(threading.enumerate())
    batches = RadiographBatches(items, _SPECIFICATION, 5, _PAPER, workers=workers)
    batches[0]
    reading = [thread for thread in set(threading.enumerate()) - before if thread.name.startswith("radiographs")]
    assert 1 <= len(reading) <= most
    assert batches.workers == 1  # Keras asks for one batch after the other
    assert not batches.use_multiprocessing


def test_class_weights_go_with_the_labels(items):
    for inputs, labels, weights in RadiographBatches(items, _SPECIFICATION, 5, _PAPER, class_weights=(0.75, 1.5)):
        assert (weights.shape, weights.dtype) == ((len(inputs),), np.float32)
        np.testing.assert_array_equal(weights, np.where(labels[:, 0] == 1, 1.5, 0.75))


@pytest.fixture
def damaged(data_set, tmp_path):
    """The data set with items 3 and 11 cut off after it was listed, and items 5 gone."""
    items = read_data_set(shutil.copytree(data_set, tmp_path / "data"), Split.TRAIN)
    for number in (3, 11):
        items[number].path.write_bytes(items[number].path.read_bytes()[:-20])
    items[5].path.unlink()
    return items


def test_the_next_readable_radiograph_takes_the_place_of_one_that_cannot_be_read(items, damaged):
    whole = RadiographBatches(items, _SPECIFICATION, 5, _PAPER, 2, 4)
    batches = RadiographBatches(damaged, _SPECIFICATION, 5, _PAPER, 2, 4)
    assert batches.skipped == ()
    inputs, labels = (np.concatenate(parts) for parts in zip(*batches, strict=True))
    plain, plain_labels = (np.concatenate(parts) for parts in zip(*whole, strict=True))
    order = np.random.default_rng((2, 4)).permutation(24).tolist()
    for place in range(24):
        taken = place
        while order[taken % 24] in (3, 5, 11):
            taken += 1
        np.testing.assert_array_equal(inputs[place], plain[taken % 24])
        assert labels[place] == plain_labels[taken % 24]
    assert batches.skipped == tuple(damaged[number].path for number in (3, 5, 11))


def test_nothing_takes_its_place_where_every_radiograph_is_judged(items, damaged):
    batches = RadiographBatches(damaged, _SPECIFICATION, 5)
    with pytest.raises(DataSetError, match=f"{damaged[3].path} is cut off"):
        batches[0]
    blank = RadiographBatches(damaged, _SPECIFICATION, 24, blank_unreadable=True)
    inputs, labels = blank[0]
    plain, plain_labels = RadiographBatches(items, _SPECIFICATION, 24)[0]
    np.testing.assert_array_equal(labels, plain_labels)
    for place in range(24):
        expected = np.full((32, 32, 3), np.float32(-0.45) / np.float32(0.225)) if place in (3, 5, 11) else plain[place]
        np.testing.assert_array_equal(inputs[place], expected)
    assert blank.skipped == tuple(damaged[number].path for number in (3, 5, 11))


def test_a_data_set_that_has_vanished_ends_the_epoch_in_one_sentence(damaged):
    for item in damaged:
        item.path.unlink(missing_ok=True)
    with pytest.raises(DataSetError, match=r"8 in a row cannot be read, .* the last of them$"):
        RadiographBatches(damaged, _SPECIFICATION, 5, _PAPER)[0]


def test_reading_in_any_order_gives_the_same_batches(items):
    batches, expected = RadiographBatches(items, _SPECIFICATION, 5, _PAPER, 0, 3), _epoch(items, 3)
    for index in (3, 0, 0, 4, 1):
        np.testing.assert_array_equal(batches[index][0], expected[index][0])
