"""Measures of maps, on maps small enough to work them out by hand."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import spearmanr

from densexplain.errors import OptionError, ShapeError
from densexplain.evaluation.maps.map_measures import (
    deletion,
    evidence_inside,
    insertion,
    intersection,
    pointing_game,
    within_reach,
)
from densexplain.explain.map_agreement import agreement, enlarge, rank_correlation, warmest

_CORNERS = np.array([[1.0, 2.0], [-3.0, 4.0]])
"""The warmest cell is the lower right one."""


def _mask(rows: slice, columns: slice, size: int = 8) -> np.ndarray:
    mask = np.zeros((size, size), bool)
    mask[rows, columns] = True
    return mask


def test_the_warmest_pixel_hits_or_misses() -> None:
    lower_right, upper_left = _mask(slice(4, 8), slice(4, 8)), _mask(slice(0, 2), slice(0, 2))
    assert pointing_game(_CORNERS, lower_right, 0)
    assert not pointing_game(_CORNERS, upper_left, 0)
    # Of equal pixels the first, (6, 6), is the warmest; (1, 1) is the square root of 50, 7.07 px, away.
    assert pointing_game(_CORNERS, upper_left, 7.1)
    assert not pointing_game(_CORNERS, upper_left, 7.0)


def test_a_flat_map_points_nowhere() -> None:
    assert not pointing_game(np.zeros((2, 2)), np.ones((8, 8), bool))


def test_what_is_within_reach() -> None:
    one = _mask(slice(3, 4), slice(3, 4))
    assert within_reach(one, 0).sum() == 1
    assert within_reach(one, 1).sum() == 5
    assert within_reach(one, 1.5).sum() == 9
    assert not within_reach(np.zeros((4, 4), bool), 2).any()


def test_evidence_inside_counts_the_positive_and_parts_of_cells() -> None:
    assert evidence_inside(_CORNERS, _mask(slice(4, 8), slice(4, 8))) == pytest.approx(4 / 7)
    # The left half of the upper right cell: 1 of 2; the negative cell below counts nothing.
    assert evidence_inside(_CORNERS, _mask(slice(0, 4), slice(4, 6))) == pytest.approx(1 / 7)
    assert evidence_inside(_CORNERS, _mask(slice(4, 8), slice(0, 4))) == 0
    assert np.isnan(evidence_inside(-np.ones((2, 2)), np.ones((8, 8), bool)))


def test_evidence_inside_of_a_flat_map_is_the_share_of_the_area() -> None:
    mask = _mask(slice(1, 4), slice(2, 7))
    assert evidence_inside(np.ones((4, 4)), mask) == pytest.approx(mask.mean())


def test_the_warmest_cells_and_equal_ones_in_part() -> None:
    np.testing.assert_array_equal(warmest(_CORNERS, 2), [[0, 1], [0, 1]])
    np.testing.assert_allclose(warmest(np.array([[5.0, 1.0], [1.0, 1.0]]), 2), [[1, 1 / 3], [1 / 3, 1 / 3]])
    assert warmest(_CORNERS, 0).sum() == 0
    assert warmest(_CORNERS, 4).sum() == 4


def test_intersection_over_union_with_as_many_pixels_as_the_finding() -> None:
    upper = np.array([[4.0, 3.0], [2.0, 1.0]])
    assert intersection(upper, np.array([[True, True], [False, False]])) == 1
    assert intersection(upper, np.array([[True, False], [True, False]])) == pytest.approx(1 / 3)
    assert intersection(upper, np.array([[False, False], [True, True]])) == 0
    assert np.isnan(intersection(upper, np.zeros((2, 2), bool)))


def test_intersection_of_a_flat_map_is_that_of_chance() -> None:
    mask = _mask(slice(0, 4), slice(0, 4))  # a quarter: 0.25 / 1.75
    assert intersection(np.zeros((2, 2)), mask) == pytest.approx(0.25 / 1.75)


def test_enlarging_keeps_a_map_of_the_same_grid_and_its_mean() -> None:
    np.testing.assert_array_equal(enlarge(_CORNERS, (2, 2)), _CORNERS)
    assert enlarge(_CORNERS, (8, 8)).mean() == pytest.approx(1.0)
    assert enlarge(_CORNERS, (8, 8))[7, 7] == 4


_INPUT = np.repeat(np.array([[8.0, 0.0], [0.0, -8.0]], np.float32)[..., None], 3, axis=2)
_MAP = np.array([[4.0, 3.0], [2.0, 1.0]])


def _sum(inputs: object) -> np.ndarray:
    held = list(inputs)  # type: ignore[call-overload]
    return np.array([one[..., 0].sum(dtype=np.float64) for one in held])


def test_deletion_takes_the_warmest_first() -> None:
    """Sums 0, -8, -8, -8, 0: probabilities 1/2, s, s, s, 1/2 with s = sigmoid(-8)."""
    curve, low = deletion(_sum, _INPUT, _MAP, steps=4), 1 / (1 + np.exp(8))
    np.testing.assert_array_equal(curve.shares, [0, 0.25, 0.5, 0.75, 1])
    np.testing.assert_allclose(curve.probabilities, [0.5, low, low, low, 0.5])
    assert curve.area == pytest.approx((0.5 + 3 * low) / 4)


def test_the_other_order_gives_the_other_area() -> None:
    worst, high = deletion(_sum, _INPUT, -_MAP, steps=4), 1 / (1 + np.exp(-8))
    assert worst.area == pytest.approx((0.5 + 3 * high) / 4)
    assert deletion(_sum, _INPUT, _MAP, steps=4).area < worst.area


def test_insertion_ends_in_the_radiograph_itself() -> None:
    bright = np.zeros((8, 8, 3), np.float32)
    bright[2, 2] = 5
    pointed = np.zeros((8, 8))
    pointed[2, 2] = 1
    curve = insertion(_maximum, bright, pointed, steps=4)
    np.testing.assert_allclose(curve.probabilities[1:], 1 / (1 + np.exp(-5)))  # given in the first step
    late = insertion(_maximum, bright, -pointed, steps=4)
    assert late.probabilities[-1] == pytest.approx(1 / (1 + np.exp(-5)))
    assert late.area < curve.area
    assert bright.sum() == 15


def _maximum(inputs: object) -> np.ndarray:
    return np.array([one.max() for one in inputs], np.float64)  # type: ignore[attr-defined]


def test_equal_pixels_always_go_in_the_same_order() -> None:
    draw = np.random.default_rng(0).normal(0, 1, (8, 8, 3)).astype(np.float32)
    first, second = (deletion(_sum, draw, np.zeros((2, 2)), 4).probabilities for _ in range(2))
    np.testing.assert_array_equal(first, second)


@pytest.mark.parametrize("steps", [0, 5])
def test_steps_that_cannot_be_are_refused(steps: int) -> None:
    with pytest.raises(OptionError, match=rf"`steps` must lie between 1 and 4; received {steps}"):
        deletion(_sum, _INPUT, _MAP, steps)


def test_rank_correlation_is_scipys_equal_ranks_included() -> None:
    draw = np.random.default_rng(3)
    for _ in range(5):
        first, second = draw.integers(0, 4, (2, 5, 5)).astype(float)
        assert rank_correlation(first, second) == pytest.approx(spearmanr(first.ravel(), second.ravel()).statistic)
    assert np.isnan(rank_correlation(np.ones((2, 2)), first[:2, :2]))


def test_agreement_of_a_map_with_itself_and_with_its_opposite() -> None:
    ramp = np.arange(100.0).reshape(10, 10)
    same, opposite = agreement(ramp, ramp**3), agreement(ramp, -ramp)
    assert (same.correlation, same.overlap) == (pytest.approx(1), 1)
    assert (opposite.correlation, opposite.overlap) == (pytest.approx(-1), 0)
    shifted = agreement(ramp, np.where(ramp < 95, ramp, -ramp))  # the last five of ten are no longer warm
    assert shifted.overlap == pytest.approx(5 / 15)


def test_maps_of_two_grids_are_compared_on_the_finer_one() -> None:
    fine = enlarge(_CORNERS, (4, 4))
    assert agreement(_CORNERS, fine).correlation == pytest.approx(1)
    with pytest.raises(ShapeError, match=r"rows and columns"):
        agreement(_CORNERS, fine[0])
