"""Crops are exact to the pixel, quarter turns lose nothing, and a displayed box shows what it encloses."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from densexplain.errors import CropOutsideError, CropTooSmallError, OptionError, ShapeError
from densexplain.radiograph.geometry import Box, Crop, Geometry, View, apply_geometry, check_crop, whole_view

ROWS, COLUMNS = 90, 131
TURNS = (0.0, 90.0, 180.0, -90.0)
FLIPS = (False, True)


@pytest.fixture
def pixels() -> np.ndarray:
    values = np.random.default_rng(5).random((ROWS, COLUMNS)).astype(np.float32)
    values.flags.writeable = False  # as a Radiograph's are
    return values


@pytest.fixture
def smooth() -> np.ndarray:
    """A field whose bilinear samples are nearly its true values, so that places can be compared."""
    y, x = np.mgrid[0:ROWS, 0:COLUMNS]
    return (0.5 + 0.25 * np.sin(x / 9.0) + 0.25 * np.cos(y / 7.0 + x / 23.0)).astype(np.float32)


def test_without_geometry_the_radiograph_comes_back_as_a_new_array(pixels):
    result = apply_geometry(pixels, Geometry())
    np.testing.assert_array_equal(result, pixels)
    assert result.dtype == np.float32
    result[0, 0] = 9.0  # a new array, free to change
    assert pixels[0, 0] != 9.0


@pytest.mark.parametrize("crop", [Crop(0, 0, 32, 32), Crop(7, 11, 40, 64), Crop(58, 99, 32, 32), Crop(0, 0, 90, 131)])
def test_a_crop_is_exactly_the_slice(pixels, crop):
    expected = pixels[crop.top : crop.top + crop.height, crop.left : crop.left + crop.width]
    np.testing.assert_array_equal(apply_geometry(pixels, Geometry(crop)), expected)


@pytest.mark.parametrize(("degrees", "k"), [(90.0, 1), (180.0, 2), (-90.0, 3)])
@pytest.mark.parametrize("flip", FLIPS)
def test_quarter_turns_are_those_of_numpy(pixels, degrees, k, flip):
    expected = np.rot90(pixels[5:45, 9:79], k)
    expected = np.fliplr(expected) if flip else expected
    np.testing.assert_array_equal(apply_geometry(pixels, Geometry(Crop(5, 9, 40, 70), degrees, flip)), expected)


def test_a_positive_turn_is_counter_clockwise():
    pixels = np.zeros((40, 40), np.float32)
    pixels[0, -1] = 1.0  # upper right goes to upper left
    assert apply_geometry(pixels, Geometry(rotate_degrees=90.0))[0, 0] == 1.0


def test_a_small_positive_tilt_is_counter_clockwise_too():
    pixels = np.zeros((61, 61), np.float32)
    pixels[30, 50] = 1.0  # right of the centre goes up
    row, column = np.unravel_index(np.argmax(apply_geometry(pixels, Geometry(rotate_degrees=20.0))), (61, 61))
    assert row == round(30 - 20 * math.sin(math.radians(20)))
    assert column == round(30 + 20 * math.cos(math.radians(20)))


def test_invert_comes_last(pixels):
    expected = np.float32(1.0) - np.rot90(pixels)
    np.testing.assert_array_equal(apply_geometry(pixels, Geometry(rotate_degrees=90.0, invert=True)), expected)


def test_undo_loses_nothing(pixels):
    before = pixels.copy()
    for degrees, flip, invert in itertools.product((13.0, 90.0, -137.0), FLIPS, FLIPS):
        apply_geometry(pixels, Geometry(Crop(3, 4, 50, 60), degrees, flip, invert))
        whole_view(pixels, Geometry(None, degrees, flip, invert))
    np.testing.assert_array_equal(apply_geometry(pixels, Geometry()), before)


def test_tilt_by_hand():
    """45 degrees about the middle of 33 x 33: the pixel one to the right is taken from (x, y) = (cos, sin) 45."""
    pixels = np.zeros((33, 33), np.float32)
    pixels[16, 16], pixels[16, 17], pixels[17, 16], pixels[17, 17] = 0.1, 0.5, 0.7, 0.9
    fraction = math.sqrt(0.5)
    expected = (
        (1 - fraction) ** 2 * 0.1 + fraction * (1 - fraction) * (0.5 + 0.7) + fraction**2 * 0.9
    )  # bilinear at 16 + fraction, 16 + fraction
    tilted = apply_geometry(pixels, Geometry(rotate_degrees=45.0))
    assert tilted[16, 16] == pytest.approx(0.1, abs=1e-6)
    assert tilted[16, 17] == pytest.approx(expected, abs=5e-3)  # sampled to 1/32 of a pixel


@pytest.mark.parametrize("tilt", [-45.0, -12.5, 0.3, 7.0, 44.0])
def test_tilted_crop_equals_bilinear_sampling_written_out(smooth, tilt):
    crop = Crop(25, 37, 40, 52)
    cosine, sine = math.cos(math.radians(tilt)), math.sin(math.radians(tilt))
    y, x = np.mgrid[0:40, 0:52].astype(float)
    x, y = x - 51 / 2, y - 39 / 2
    source_x = 37 + 51 / 2 + cosine * x - sine * y
    source_y = 25 + 39 / 2 + sine * x + cosine * y
    column, row = np.floor(source_x).astype(int), np.floor(source_y).astype(int)
    across, down = source_x - column, source_y - row
    expected = (
        smooth[row, column] * (1 - across) * (1 - down)
        + smooth[row, column + 1] * across * (1 - down)
        + smooth[row + 1, column] * (1 - across) * down
        + smooth[row + 1, column + 1] * across * down
    )
    result = apply_geometry(smooth, Geometry(crop, tilt))
    np.testing.assert_allclose(result, expected, atol=2e-3)


def test_outside_the_radiograph_is_black():
    tilted = apply_geometry(np.ones((64, 64), np.float32), Geometry(rotate_degrees=45.0))
    assert tilted[0, 0] == 0.0
    assert tilted[32, 32] == 1.0


@pytest.mark.parametrize(
    ("degrees", "quarters", "tilt"),
    [
        (0.0, 0, 0.0),
        (30.0, 0, 30.0),
        (100.0, 1, 10.0),
        (180.0, 2, 0.0),
        (-90.0, 3, 0.0),
        (-100.0, 3, -10.0),
        (170.0, 2, -10.0),
    ],
)
def test_a_rotation_splits_into_quarter_turns_and_a_tilt(degrees, quarters, tilt):
    geometry = Geometry(rotate_degrees=degrees)
    assert geometry.quarter_turns == quarters
    assert geometry.tilt_degrees == pytest.approx(tilt)


@pytest.mark.parametrize("degrees", [-180.0, 180.5, 720.0, math.nan, math.inf])
def test_a_rotation_outside_its_range_is_refused(degrees):
    with pytest.raises(OptionError, match="above -180 and at most 180"):
        Geometry(rotate_degrees=degrees)


@pytest.mark.parametrize(
    ("start", "by", "flip", "expected"),
    [
        (0.0, 90.0, False, 90.0),
        (90.0, 90.0, False, 180.0),
        (180.0, 90.0, False, -90.0),
        (-90.0, -90.0, False, 180.0),
        (0.0, 90.0, True, -90.0),
        (7.5, -90.0, False, -82.5),
    ],
)
def test_turning_what_is_displayed(start, by, flip, expected):
    assert Geometry(rotate_degrees=start, flip=flip).turned(by).rotate_degrees == pytest.approx(expected)


@pytest.mark.parametrize("flip", FLIPS)
@pytest.mark.parametrize("start", TURNS)
def test_turning_turns_the_display_itself(pixels, start, flip):
    geometry = Geometry(rotate_degrees=start, flip=flip)
    np.testing.assert_array_equal(
        apply_geometry(pixels, geometry.turned(90.0)), np.rot90(apply_geometry(pixels, geometry))
    )


@pytest.mark.parametrize("flip", FLIPS)
@pytest.mark.parametrize("degrees", TURNS)
def test_an_untilted_box_shows_exactly_what_it_encloses(pixels, degrees, flip):
    geometry = Geometry(rotate_degrees=degrees, flip=flip)
    view = whole_view(pixels, geometry)
    box = Box(9.5, 19.5, 60.5, 75.5)  # columns 10 to 60 and rows 20 to 75 of what is displayed
    crop = view.to_crop(box)
    shown = apply_geometry(pixels, Geometry(crop, degrees, flip))
    np.testing.assert_array_equal(shown, view.pixels[20:76, 10:61])
    assert view.from_crop(crop) == box


@pytest.mark.parametrize("flip", FLIPS)
@pytest.mark.parametrize("tilt", [0.0, -45.0, -11.0, 3.0, 27.5, 44.0])
@pytest.mark.parametrize("degrees", TURNS)
def test_crops_survive_the_way_to_the_display_and_back(pixels, degrees, tilt, flip):
    angle = 180.0 - (180.0 - degrees - tilt) % 360.0
    view = whole_view(pixels, Geometry(rotate_degrees=angle, flip=flip))
    for crop in (Crop(0, 0, ROWS, COLUMNS), Crop(10, 20, 33, 48), Crop(58, 99, 32, 32), Crop(0, 98, 41, 33)):
        assert view.to_crop(view.from_crop(crop)) == crop


@pytest.mark.parametrize("flip", FLIPS)
@pytest.mark.parametrize("angle", [-101.0, -45.0, -11.0, 3.0, 31.0, 93.0, 170.0])
def test_a_tilted_box_shows_what_it_encloses_within_half_a_pixel(smooth, angle, flip):
    view = whole_view(smooth, Geometry(rotate_degrees=angle, flip=flip))
    middle_row, middle_column = view.pixels.shape[0] // 2, view.pixels.shape[1] // 2
    top, left, height, width = middle_row - 18, middle_column - 15, 34, 36
    crop = view.to_crop(Box(left - 0.5, top - 0.5, left + width - 0.5, top + height - 0.5))
    shown = apply_geometry(smooth, Geometry(crop, angle, flip))
    enclosed = view.pixels[top : top + height, left : left + width]
    assert shown.shape == enclosed.shape
    steepest = 0.25 / 9 + 0.25 / 7 + 0.25 / 23  # change of `smooth` over one pixel
    assert np.abs(shown - enclosed).max() < steepest * math.sqrt(0.5) + 0.005
    box = view.from_crop(crop)
    assert np.abs(np.subtract(box, (left - 0.5, top - 0.5, left + width - 0.5, top + height - 0.5))).max() < 0.75


@pytest.mark.parametrize("tilt", [5.0, -20.0, 45.0])
def test_a_grown_canvas_cuts_nothing_off(tilt):
    view = whole_view(np.ones((100, 60), np.float32), Geometry(rotate_degrees=tilt))
    assert view.pixels.sum() == pytest.approx(6000, rel=0.01)


@pytest.mark.parametrize("angle", [0.0, 8.0, -45.0, 100.0, -172.0])
def test_a_box_round_everything_gives_a_crop_inside_the_radiograph(pixels, angle):
    view = whole_view(pixels, Geometry(rotate_degrees=angle))
    crop = view.to_crop(Box(-30.0, -30.0, view.pixels.shape[1] + 30.0, view.pixels.shape[0] + 30.0))
    check_crop(crop, ROWS, COLUMNS)
    if angle == 0.0:
        assert crop == Crop(0, 0, ROWS, COLUMNS)


def test_what_is_trimmed_from_a_tilted_box_lies_beyond_the_edge(smooth):
    """A tilted box over the left edge keeps its other three sides where they were drawn."""
    view = whole_view(smooth, Geometry(rotate_degrees=4.0))
    box = Box(-20.0, 34.5, 70.5, 80.5)
    found = view.from_crop(view.to_crop(box))
    assert found.left > box.left
    np.testing.assert_allclose(found[1:], box[1:], atol=1.0)


def test_the_corners_of_a_box_may_come_in_any_order(pixels):
    view = whole_view(pixels, Geometry())
    assert view.to_crop((60.5, 75.5, 9.5, 19.5)) == view.to_crop((9.5, 19.5, 60.5, 75.5)) == Crop(20, 10, 56, 51)


@pytest.mark.parametrize("angle", [0.0, 90.0, 12.0])
def test_a_box_beside_the_radiograph_is_refused(pixels, angle):
    view = whole_view(pixels, Geometry(rotate_degrees=angle))
    with pytest.raises(CropOutsideError, match="90 rows x 131 columns"):
        view.to_crop(Box(-400.0, -400.0, -300.0, -300.0))


@pytest.mark.parametrize("crop", [Crop(-1, 0, 40, 40), Crop(0, -1, 40, 40), Crop(51, 0, 40, 40), Crop(0, 92, 40, 40)])
def test_a_crop_outside_is_refused(pixels, crop):
    with pytest.raises(CropOutsideError, match="90 rows x 131 columns"):
        check_crop(crop, ROWS, COLUMNS)
    with pytest.raises(CropOutsideError):
        apply_geometry(pixels, Geometry(crop))


@pytest.mark.parametrize("crop", [Crop(0, 0, 31, 40), Crop(0, 0, 40, 31), Crop(0, 0, 0, 0), Crop(5, 5, -40, 40)])
def test_a_crop_under_32_px_is_refused(pixels, crop):
    with pytest.raises(CropTooSmallError, match="at least 32 x 32"):
        check_crop(crop, ROWS, COLUMNS)
    with pytest.raises(CropTooSmallError):
        apply_geometry(pixels, Geometry(crop))


@pytest.mark.parametrize("shape", [(40,), (40, 40, 3)])
def test_only_two_dimensional_pixels_are_taken(shape):
    with pytest.raises(ShapeError, match=r"\(rows, columns\)"):
        apply_geometry(np.zeros(shape, np.float32), Geometry())
    with pytest.raises(ShapeError, match=r"\(rows, columns\)"):
        whole_view(np.zeros(shape, np.float32), Geometry())


def test_a_view_remembers_the_size_of_the_radiograph(pixels):
    view = whole_view(pixels, Geometry(rotate_degrees=90.0, invert=True))
    assert isinstance(view, View)
    assert (view.rows, view.columns, view.pixels.shape) == (ROWS, COLUMNS, (COLUMNS, ROWS))
    np.testing.assert_array_equal(view.pixels, np.float32(1.0) - np.rot90(pixels))


@pytest.mark.parametrize("degrees", [*TURNS, 12.0, -100.0])
@pytest.mark.parametrize("flip", FLIPS)
def test_the_matrix_carries_pixels_to_where_they_are_displayed(smooth, degrees, flip):
    view = whole_view(smooth, Geometry(rotate_degrees=degrees, flip=flip))
    matrix = np.array(view.matrix())
    for x, y in ((20, 30), (65, 45), (100, 60)):
        column, row = matrix @ (x, y, 1)
        assert view.pixels[round(row), round(column)] == pytest.approx(smooth[y, x], abs=0.1)
        if view.geometry.tilt_degrees == 0:
            assert view.pixels[round(row), round(column)] == smooth[y, x]
