"""A number and a seed are a phantom."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from densexplain.phantom.data_set import DataSetPlan, planned_images
from densexplain.phantom.numbered import PhantomRow, draw_phantom
from densexplain.phantom.phantom import make_phantom
from densexplain.radiograph.regions.regions import unpacked
from densexplain.vocabulary import Abnormality, ExtremityType, Projection


def test_a_number_gives_the_same_whatever_was_asked_for_before():
    row = PhantomRow(7)
    expected = [row.description(number, 0.5, 96) for number in range(20)]
    assert [PhantomRow(7).description(number, 0.5, 96) for number in reversed(range(20))] == expected[::-1]
    assert [PhantomRow(8).description(number, 0.5, 96) for number in range(20)] != expected
    assert len({one.seeds for one in expected}) == 20


def test_size_and_severity_change_nothing_else():
    row = PhantomRow(1)
    for number in range(30):
        plain, faint = row.description(number, 1.0, 96), row.description(number, 0.0, 320)
        assert plain.severity == 1.0
        assert 0.0 <= faint.severity < 1.0
        assert replace(faint, severity=1.0, size_px=96) == plain


def test_everything_occurs_as_often_as_it_should():
    every = [PhantomRow(2, abnormal_share=0.4).description(number, 0.25, 96) for number in range(2000)]
    abnormal = [one for one in every if one.abnormality is not None]
    assert len(abnormal) / len(every) == pytest.approx(0.4, abs=0.04)
    assert {one.abnormality for one in abnormal} == set(Abnormality)
    for values, kinds in ((ExtremityType, "extremity"), (Projection, "projection")):
        counts = Counter(getattr(one, kinds) for one in every)
        assert set(counts) == set(values)
        assert max(counts.values()) < 1.4 * min(counts.values())
    assert np.mean([one.severity for one in every]) == pytest.approx(0.625, abs=0.02)


def test_only_the_chosen_extremities_are_drawn():
    row = PhantomRow(2, (ExtremityType.HAND,))
    assert {row.description(number, 0.25, 96).extremity for number in range(20)} == {ExtremityType.HAND}


def test_a_row_is_no_data_set_of_the_same_seed():
    planned = {image.description.seeds for image in planned_images(DataSetPlan(50, seed=4))}
    assert not planned & {PhantomRow(4).description(number, 0.25, 96).seeds for number in range(50)}


def test_what_travels_is_the_phantom():
    description = PhantomRow(5, (ExtremityType.FINGER,)).description(0, 0.5, 64)
    drawn, phantom = draw_phantom(description), make_phantom(description)
    np.testing.assert_array_equal(drawn.grey, phantom.grey)
    masks = unpacked(drawn.regions)
    assert masks.keys() == phantom.regions.masks.keys()
    for region, mask in masks.items():
        np.testing.assert_array_equal(mask, phantom.regions.masks[region])
    assert drawn.abnormal == (description.abnormality is not None)
