import matplotlib
import numpy as np
import pytest
from matplotlib.colors import Normalize

from densexplain.errors import MapNotFiniteError, OptionError, ShapeError
from densexplain.render.colour import Limits, colour, colour_indices, finite_range, look_up_table, map_limits
from densexplain.vocabulary import ColourMap, ColourScale


@pytest.mark.parametrize("colour_map", list(ColourMap))
def test_table_equals_matplotlibs_in_all_256_colours(colour_map):
    theirs = np.rint(matplotlib.colormaps[colour_map.value](np.arange(256))[:, :3] * 255)
    table = look_up_table(colour_map)
    assert table.shape == (256, 3)
    assert table.dtype == np.uint8
    assert np.abs(table.astype(int) - theirs).max() <= 1  # Matplotlib's bytes round by themselves
    assert np.array_equal(table, matplotlib.colormaps[colour_map.value](np.arange(256), bytes=True)[:, :3])


def test_table_cannot_be_written_to():
    with pytest.raises(ValueError, match="read-only"):
        look_up_table(ColourMap.JET)[0] = 0


def test_ends_of_the_papers_maps_are_red_high_and_blue_low():
    assert look_up_table(ColourMap.BWR)[[0, 255]].tolist() == [[0, 0, 255], [255, 0, 0]]
    assert look_up_table(ColourMap.JET)[[0, 255]].tolist() == [[0, 0, 127], [127, 0, 0]]


@pytest.mark.parametrize("colour_map", list(ColourMap))
@pytest.mark.parametrize(("low", "high"), [(0.0, 1.0), (-7.5, 3.25), (100.0, 100.5)])
def test_colouring_equals_matplotlibs_normalize_and_colour_map(colour_map, low, high):
    values = np.random.default_rng(1).uniform(low - 0.2, high + 0.2, (90, 70)).astype(np.float32)
    theirs = matplotlib.colormaps[colour_map.value](Normalize(low, high, clip=True)(values), bytes=True)[..., :3]
    step = np.abs(np.diff(look_up_table(colour_map).astype(int), axis=0)).max()  # one of the 256 levels
    ours = colour(values, colour_map, Limits(low, high))
    difference = np.abs(ours.astype(int) - theirs)
    assert difference.max() <= step
    assert (difference == 0).mean() > 0.99


def test_quarters_of_the_range_fall_where_they_should():
    values = np.array([[-1.0, 0.0, 0.25, 0.5, 0.75, 1.0, 9.0]], np.float32)
    assert colour_indices(values, Limits(0.0, 1.0)).tolist() == [[0, 0, 64, 128, 192, 255, 255]]


def test_relative_limits_are_the_maps_own():
    limits = map_limits(np.array([[-3.0, 8.5]], np.float32))
    assert (limits.low, limits.high) == (-3.0, 8.5)
    assert not limits.flat


def test_absolute_limits_do_not_depend_on_the_map():
    one = map_limits(np.array([[0.1, 0.2]], np.float32), ColourScale.ABSOLUTE, 10.0)
    other = map_limits(np.array([[-30.0, 50.0]], np.float32), ColourScale.ABSOLUTE, 10.0)
    assert one == other == Limits(-10.0, 10.0)


@pytest.mark.parametrize("level", [0.0, 3.0, -812.5])
def test_a_constant_map_is_flat_and_of_the_low_colour(level):
    values = np.full((5, 5), level, np.float32)
    limits = map_limits(values)
    assert limits.flat
    assert (colour(values, ColourMap.JET, limits) == look_up_table(ColourMap.JET)[0]).all()


def test_float_jitter_is_not_blown_up_into_a_pattern():
    jitter = np.random.default_rng(2).uniform(-1e-6, 1e-6, (7, 7))
    values = (4.0 * (1 + jitter)).astype(np.float32)
    assert values.min() < values.max()
    assert len(np.unique(colour(values, ColourMap.JET, map_limits(values)).reshape(-1, 3), axis=0)) == 1


def test_a_faint_but_real_variation_is_shown():
    values = (4.0 + np.linspace(0, 4e-3, 49)).reshape(7, 7).astype(np.float32)
    assert not map_limits(values).flat
    assert len(np.unique(colour_indices(values, map_limits(values)))) > 40


@pytest.mark.parametrize("limit", [None, 0.0, -1.0, float("nan"), float("inf")])
def test_absolute_scale_needs_a_positive_limit(limit):
    with pytest.raises(OptionError, match="limit above 0 logits"):
        map_limits(np.zeros((2, 2), np.float32), ColourScale.ABSOLUTE, limit)


@pytest.mark.parametrize("wrong", [np.nan, np.inf, -np.inf])
def test_a_map_with_nan_or_infinity_is_refused(wrong):
    values = np.zeros((3, 3), np.float32)
    values[1, 2] = wrong
    with pytest.raises(MapNotFiniteError, match="finite"):
        map_limits(values)
    with pytest.raises(MapNotFiniteError, match="finite"):
        colour(values, ColourMap.JET, Limits(0.0, 1.0))


def test_an_empty_map_is_refused():
    with pytest.raises(ShapeError, match="at least one value"):
        finite_range(np.zeros((0, 4), np.float32))


def test_a_map_of_three_axes_is_not_coloured():
    with pytest.raises(ShapeError, match="rows, columns"):
        colour(np.zeros((2, 2, 2), np.float32), ColourMap.BWR, Limits(0.0, 1.0))


@pytest.mark.parametrize(("low", "high"), [(1.0, 0.0), (float("nan"), 1.0), (0.0, float("inf"))])
def test_limits_run_upwards_between_finite_numbers(low, high):
    with pytest.raises(OptionError, match="lower to a higher"):
        Limits(low, high)
