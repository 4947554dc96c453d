import cv2
import matplotlib
import numpy as np
import pytest

from densexplain.errors import MapNotFiniteError, OptionError, ShapeError
from densexplain.radiograph.preprocessing import resize_to_square
from densexplain.render.colour import Limits, look_up_table
from densexplain.render.overlay import (
    colour_bar,
    fit_within,
    render_feature_overlay,
    render_overlay,
    render_radiograph,
    with_sign,
)
from densexplain.vocabulary import ColourMap, ColourScale, ResizeMode

RNG = np.random.default_rng(11)
PIXELS = RNG.random((60, 40)).astype(np.float32)
TIMES = "\N{MULTIPLICATION SIGN}"
MAP = RNG.normal(0, 4, (7, 7)).astype(np.float32)


def test_opacity_0_is_the_radiograph():
    overlay = render_overlay(PIXELS, MAP, opacity=0.0)
    grey = np.rint(PIXELS * np.float32(255)).astype(np.uint8)
    assert np.array_equal(overlay.image, np.dstack([grey] * 3))


def test_opacity_1_is_the_heat_map():
    image = render_overlay(PIXELS, MAP, opacity=1.0).image
    enlarged = np.clip(cv2.resize(MAP, (40, 60), interpolation=cv2.INTER_CUBIC), MAP.min(), MAP.max())
    share = (enlarged - MAP.min()) / (MAP.max() - MAP.min())
    theirs = matplotlib.colormaps["jet"](share, bytes=True)[..., :3]
    assert np.abs(image.astype(int) - theirs).max() <= 4  # one of jet's 256 steps


def test_half_opacity_is_half_of_each():
    grey = render_overlay(PIXELS, MAP, opacity=0.0).image.astype(float)
    heat = render_overlay(PIXELS, MAP, opacity=1.0).image.astype(float)
    half = render_overlay(PIXELS, MAP, opacity=0.5).image
    assert np.abs(half - (grey + heat) / 2).max() <= 0.5


def test_enlargement_never_leaves_the_maps_own_range():
    spike = np.zeros((7, 7), np.float32)
    spike[3, 3] = 1.0
    image = render_overlay(np.zeros((70, 70), np.float32), spike, opacity=1.0).image
    low = look_up_table(ColourMap.JET)[0]
    assert (image[11:20, 31:39] == low).all()  # bicubic rings below 0 above the spike


def test_cells_can_be_seen_as_they_are():
    image = render_overlay(np.zeros((70, 70), np.float32), MAP, opacity=1.0, smooth=False).image
    assert (image[:10, :10] == image[0, 0]).all()
    assert (image[:10, 10] != image[:10, 9]).any()


def test_the_warmest_place_lies_where_the_map_is_highest():
    spike = np.zeros((7, 7), np.float32)
    spike[1, 5] = 1.0
    grey = np.zeros((140, 70), np.float32)
    image = render_overlay(grey, spike, opacity=1.0).image.astype(int)
    y, x = np.argwhere(image[..., 0] - image[..., 2] == (image[..., 0] - image[..., 2]).max()).mean(axis=0)
    assert abs(y - 29.5) < 1.5  # the middle of row 1 of 7 over 140 px
    assert abs(x - 54.5) < 1.5


def test_relative_range_is_stated_in_logits():
    values = np.array([[-3.1, 0.0], [1.0, 8.4]], np.float32)
    overlay = render_overlay(PIXELS, values)
    assert overlay.range_text == "relative to this radiograph: \N{MINUS SIGN}3.1 to +8.4 logits"
    assert overlay.cells_text == f"2 {TIMES} 2 cells enlarged"
    assert overlay.limits == Limits(float(np.float32(-3.1)), float(np.float32(8.4)))


def test_absolute_range_is_stated_and_compares_between_radiographs():
    weak, strong = np.full((7, 7), 2.0, np.float32), MAP.copy()
    strong[3, 3] = 2.0
    options = {"scale": ColourScale.ABSOLUTE, "limit_logits": 10.0, "opacity": 1.0, "smooth": False}
    grey = np.zeros((70, 70), np.float32)
    one, other = (render_overlay(grey, values, **options) for values in (weak, strong))
    assert one.range_text == other.range_text == "absolute: \N{MINUS SIGN}10 to +10 logits"
    assert np.array_equal(one.image[35, 35], other.image[35, 35])
    assert np.array_equal(one.image[35, 35], look_up_table(ColourMap.JET)[153])  # 12/20 of 256
    relative = render_overlay(grey, strong, opacity=1.0, smooth=False)
    assert not np.array_equal(relative.image[35, 35], one.image[35, 35])


@pytest.mark.parametrize(("level", "text"), [(0.0, "0"), (0.3, "+0.30"), (-2.0, "\N{MINUS SIGN}2")])
def test_a_flat_map_stays_flat_and_says_so(level, text):
    overlay = render_overlay(np.zeros((30, 30), np.float32), np.full((7, 7), level, np.float32), opacity=1.0)
    assert (overlay.image == look_up_table(ColourMap.JET)[0]).all()
    assert overlay.range_text == f"relative to this radiograph: flat at {text} logits"


def test_of_a_padded_input_only_the_part_with_the_radiograph_is_shown():
    """A 200x100 radiograph fills the left half of the square: columns 0 to 3 of 8."""
    values = np.zeros((8, 8), np.float32)
    values[:, 1] = 1.0
    values[:, 6] = 50.0  # on the padding
    grey = np.zeros((200, 100), np.float32)
    overlay = render_overlay(grey, values, opacity=1.0, smooth=False, resize=ResizeMode.PAD)
    hot = (overlay.image == look_up_table(ColourMap.JET)[255]).all(axis=2)
    assert hot[:, 25:50].all()
    assert not hot[:, :25].any()
    assert not hot[:, 50:].any()
    assert overlay.limits == Limits(0.0, 1.0)
    assert overlay.padding_evidence == pytest.approx(50.0 / 8)


def test_a_padded_map_lands_on_the_structure_that_made_it():
    """The square the network reads, averaged into cells, must come out over its own pixels."""
    pixels = np.zeros((90, 160), np.float32)
    pixels[60:80, 20:40] = 1.0
    square = resize_to_square(pixels, 224, ResizeMode.PAD)
    cells = square.reshape(7, 32, 7, 32).mean(axis=(1, 3))
    heat = render_overlay(pixels, cells, opacity=1.0, resize=ResizeMode.PAD).image.astype(int)
    warm = np.argwhere(heat[..., 0] - heat[..., 2] > 100)
    assert np.abs(warm.mean(axis=0) - [69.5, 29.5]).max() < 6  # a cell is 23 px
    stretched = render_overlay(pixels, cells, opacity=1.0).image.astype(int)
    assert np.abs(np.argwhere(stretched[..., 0] - stretched[..., 2] > 100).mean(axis=0) - [69.5, 29.5]).max() > 15


def test_evidence_on_padding_and_on_the_radiograph_add_up():
    overlay = render_overlay(np.zeros((70, 100), np.float32), MAP, resize=ResizeMode.PAD)
    shown = MAP[:4].sum() + MAP[4] @ np.full(7, 0.9, np.float32)  # 70 % of 7 rows are 4.9 rows
    assert overlay.padding_evidence + shown / 49 == pytest.approx(MAP.mean(), abs=1e-6)
    assert render_overlay(PIXELS, MAP).padding_evidence == 0.0


def test_size_is_the_one_asked_for():
    assert render_overlay(PIXELS, MAP, height_px=300).image.shape == (300, 200, 3)
    assert render_overlay(PIXELS, MAP, width_px=20).image.shape == (30, 20, 3)
    assert render_overlay(PIXELS, MAP, height_px=50, width_px=90, resize=ResizeMode.PAD).image.shape == (50, 90, 3)
    assert render_overlay(PIXELS, MAP).image.shape == (60, 40, 3)


def test_a_display_smaller_than_the_map_averages_cells():
    values = np.zeros((100, 100), np.float32)
    values[::2, ::2] = 4.0
    image = render_feature_overlay(np.zeros((50, 50), np.float32), values, opacity=1.0).image
    assert (image == look_up_table(ColourMap.BWR)[64]).all()


def test_feature_map_runs_from_zero_to_its_maximum():
    values = np.array([[2.0, 3.0], [4.0, 8.0]], np.float32)
    overlay = render_feature_overlay(np.zeros((20, 20), np.float32), values, opacity=1.0)
    table = look_up_table(ColourMap.BWR)
    assert overlay.limits == Limits(0.0, 8.0)
    assert overlay.range_text == "activation: 0 to 8"
    assert np.array_equal(overlay.image[[0, 0, 19, 19], [0, 19, 0, 19]], table[[64, 96, 128, 255]])


def test_flat_feature_map_is_uniform_and_says_so():
    overlay = render_feature_overlay(np.zeros((20, 20), np.float32), np.zeros((7, 7), np.float32), opacity=1.0)
    assert (overlay.image == look_up_table(ColourMap.BWR)[0]).all()
    assert overlay.range_text == "activation: flat at 0"


def test_colour_bar_runs_from_low_to_high():
    table = look_up_table(ColourMap.CIVIDIS)
    bar = colour_bar(ColourMap.CIVIDIS, height_px=3, width_px=256)
    assert np.array_equal(bar, np.broadcast_to(table, (3, 256, 3)))
    upright = colour_bar(ColourMap.CIVIDIS, height_px=512, width_px=2, upright=True)
    assert np.array_equal(upright[::-2, 0], table)


@pytest.mark.parametrize(
    ("shape", "box", "fitted"), [((200, 100), (50, 80), (50, 25)), ((100, 200), (500, 80), (40, 80))]
)
def test_fitting_keeps_proportions(shape, box, fitted):
    assert fit_within(*shape, *box) == fitted


@pytest.mark.parametrize(("value", "decimals", "text"), [(1.5, 3, "+1.500"), (-0.25, 2, "\N{MINUS SIGN}0.25")])
def test_signs_are_printed(value, decimals, text):
    assert with_sign(value, decimals) == text


def test_display_clips_pixels_to_their_range():
    image = render_radiograph(np.array([[-1.0, 2.0]], np.float32))
    assert image[0, :, 0].tolist() == [0, 255]


@pytest.mark.parametrize("opacity", [-0.1, 1.1, float("nan")])
def test_opacity_out_of_range_is_refused(opacity):
    with pytest.raises(OptionError, match="opacity"):
        render_overlay(PIXELS, MAP, opacity=opacity)


@pytest.mark.parametrize("size", [{"height_px": 0}, {"width_px": 32001}, {"height_px": 5, "width_px": -2}])
def test_size_out_of_range_is_refused(size):
    with pytest.raises(OptionError, match="1 to 32000 px"):
        render_overlay(PIXELS, MAP, **size)


def test_colour_bar_size_out_of_range_is_refused():
    with pytest.raises(OptionError, match="1 to 32000 px"):
        colour_bar(ColourMap.JET, height_px=0)


def test_absolute_scale_without_a_limit_is_refused():
    with pytest.raises(OptionError, match="limit above 0"):
        render_overlay(PIXELS, MAP, scale=ColourScale.ABSOLUTE)


@pytest.mark.parametrize(
    ("pixels", "values"), [((2, 2, 3), (7, 7)), ((5, 5), (1, 7, 7)), ((0, 5), (7, 7)), ((5, 5), (7,))]
)
@pytest.mark.parametrize("render", [render_overlay, render_feature_overlay])
def test_other_shapes_are_refused(render, pixels, values):
    with pytest.raises(ShapeError, match=r"\(rows, columns\)"):
        render(np.zeros(pixels, np.float32), np.zeros(values, np.float32))


@pytest.mark.parametrize("shape", [(3,), (2, 2, 3), (0, 4)])
def test_only_a_grey_image_is_shown(shape):
    with pytest.raises(ShapeError, match="rows, columns"):
        render_radiograph(np.zeros(shape, np.float32))


@pytest.mark.parametrize("render", [render_overlay, render_feature_overlay])
def test_a_map_with_nan_is_refused(render):
    with pytest.raises(MapNotFiniteError, match="finite"):
        render(PIXELS, np.full((7, 7), np.nan, np.float32))
