"""Which radiographs a step consists of, wherever a run begins."""

from collections import Counter

import numpy as np
import pytest

from densexplain.data_sets.mura import read_data_set
from densexplain.phantom.numbered import PhantomRow, draw_phantom
from densexplain.radiograph.preprocessing import InputSpecification
from densexplain.training.augmentation import Augmentation
from densexplain.training.phantoms.phantom_batches import Mixture, PhantomBatches
from densexplain.training.preparation import Preparation
from densexplain.training.regions.region_targets import FINDING, SUPERVISED_STAGES, UNKNOWN
from densexplain.vocabulary import ExtremityType, Split

_ROW = PhantomRow(3, (ExtremityType.FINGER,))
_MIXTURE = Mixture(seed=4, steps=5, phantoms=3, others=1, repeats=2)
_PREPARATION = Preparation(InputSpecification(size_px=64), Augmentation(rotation_degrees=5))


class _DrawnHere:
    """Draws in this process, and remembers what was asked for."""

    def __init__(self):
        self.asked, self._drawn = [], {}

    def get(self, number, keep_from):
        assert number >= keep_from
        self.asked.append(number)
        if number not in self._drawn:
            self._drawn[number] = draw_phantom(_ROW.description(number, 0.5, 64))
        return self._drawn[number]


@pytest.fixture(scope="module")
def drawn():
    return _DrawnHere()


def _batches(drawn, data_set, epoch=0, first_step=0, with_regions=True):
    items = read_data_set(data_set, Split.TRAIN)
    return PhantomBatches(_MIXTURE, drawn, items, _PREPARATION, epoch, first_step, with_regions)


def test_every_phantom_of_an_epoch_is_seen_as_often_as_said_and_none_in_another():
    mixture = Mixture(seed=1, steps=8, phantoms=3, others=0, repeats=4)
    for epoch in range(3):
        seen = Counter(number for step in range(8) for number in mixture.phantom_numbers(epoch, step))
        assert seen == dict.fromkeys(range(6 * epoch, 6 * epoch + 6), 4)


def test_the_first_time_round_phantoms_come_in_their_order_and_then_mixed():
    mixture = Mixture(seed=1, steps=8, phantoms=5, others=0, repeats=2)
    numbers = [number for step in range(8) for number in mixture.phantom_numbers(0, step)]
    assert numbers[:20] == list(range(20))
    assert numbers[20:] != list(range(20))
    assert sorted(numbers[20:]) == list(range(20))


def test_a_data_sets_radiographs_come_once_each_before_one_comes_again():
    places = [place for epoch in range(3) for step in range(5) for place in _MIXTURE.data_places(epoch, step)]
    assert places == list(range(15))
    first, second = ([_MIXTURE.data_index(place + 7 * turn, 7) for place in range(7)] for turn in range(2))
    assert sorted(first) == sorted(second) == list(range(7))
    assert first != second


def test_a_batch_holds_phantoms_with_their_regions_and_others_without(drawn, data_set):
    inputs, targets = _batches(drawn, data_set)[0]
    assert inputs.shape == (4, 64, 64, 3)
    assert targets[FINDING].shape == (4, 1)
    labels = [float(_ROW.description(number, 0.5, 64).abnormality is not None) for number in range(3)]
    assert targets[FINDING][:3, 0].tolist() == labels
    for stage in SUPERVISED_STAGES:
        assert (targets[stage][:3] >= 0).all()
        assert (targets[stage][:3] > 0).any(axis=(1, 2, 3)).all()
        assert (targets[stage][3] == UNKNOWN).all()


def test_without_regions_there_are_labels_alone(drawn, data_set):
    with_regions = _batches(drawn, data_set)[1]
    inputs, labels = _batches(drawn, data_set, with_regions=False)[1]
    np.testing.assert_array_equal(inputs, with_regions[0])
    np.testing.assert_array_equal(labels, with_regions[1][FINDING])


def test_an_epoch_that_goes_on_gives_what_it_would_have_given(drawn, data_set):
    whole, rest = _batches(drawn, data_set, epoch=1), _batches(drawn, data_set, epoch=1, first_step=3)
    assert (len(whole), len(rest)) == (5, 2)
    for index in range(2):
        (inputs, targets), (expected_inputs, expected) = rest[index], whole[index + 3]
        np.testing.assert_array_equal(inputs, expected_inputs)
        for key, target in targets.items():
            np.testing.assert_array_equal(target, expected[key])


def test_a_phantom_that_comes_again_is_varied_anew(drawn, data_set):
    batches, inputs = _batches(drawn, data_set), {}
    for step in range(5):
        for place, number in enumerate(_MIXTURE.phantom_numbers(0, step)):
            inputs.setdefault(number, []).append(batches[step][0][place])
    twice = [pair for pair in inputs.values() if len(pair) == 2]
    assert len(twice) == 7
    assert not any(np.array_equal(*pair) for pair in twice)


def test_a_batch_beyond_the_epoch_is_refused(drawn, data_set):
    with pytest.raises(IndexError, match="0 to 4"):
        _batches(drawn, data_set)[5]


def test_an_unreadable_radiograph_is_told_and_replaced(drawn, data_set, tmp_path):
    items = read_data_set(data_set, Split.TRAIN)
    gone = items[_MIXTURE.data_index(0, len(items))]
    following = items[_MIXTURE.data_index(1, len(items))]
    missing = tuple(
        type(item)(tmp_path / "gone.png", *list(vars(item).values())[1:]) if item == gone else item for item in items
    )
    batches = PhantomBatches(_MIXTURE, drawn, missing, _PREPARATION, 0, 0, False)
    _, labels = batches[0]
    assert batches.skipped == (tmp_path / "gone.png",)
    assert labels[3, 0] == (following.finding == "abnormal")
