import numpy as np
import pytest

from densexplain.errors import MapNotFiniteError, OptionError, ShapeError
from densexplain.render.colour import Limits, colour, look_up_table
from densexplain.render.montage import MontageStyle, render_montage, tile_centres, tile_corner
from densexplain.vocabulary import ColourMap

BARE = MontageStyle(tile_px=8, gap_px=2, labelled=False)
BWR = look_up_table(ColourMap.BWR)


def tile_of(image, tile, style):
    top, left = tile_corner(tile, style)
    return image[top : top + style.tile_px, left : left + style.tile_px]


def sixteen_corners():
    """Map k is 4x4 cells, 1 in cell k and 0 elsewhere."""
    return np.eye(16, dtype=np.float32).reshape(16, 4, 4)


def test_sixteen_tiny_maps_lie_row_by_row_with_their_cells_upright():
    image = render_montage(sixteen_corners(), style=BARE)
    assert image.shape == (38, 38, 3)  # 4 tiles of 8 px and 3 gaps of 2 px
    for tile in range(16):
        expected = np.tile(BWR[0], (8, 8, 1))
        row, column = tile // 4 * 2, tile % 4 * 2
        expected[row : row + 2, column : column + 2] = BWR[255]
        assert np.array_equal(tile_of(image, tile, BARE), expected)


def test_gaps_are_paper():
    image = render_montage(sixteen_corners(), style=BARE)
    assert (image[8:10] == BARE.background).all()
    assert (image[:, 28:30] == BARE.background).all()


def test_each_tile_is_scaled_to_its_own_maximum():
    maps = np.linspace(0, 1, 16 * 9, dtype=np.float32).reshape(9, 16).T.reshape(16, 3, 3).copy()
    maps *= np.arange(1, 17, dtype=np.float32)[:, None, None]
    style = MontageStyle(tile_px=9, gap_px=1, labelled=False)
    image = render_montage(maps, style=style)
    for tile, values in enumerate(maps):
        theirs = colour(values, ColourMap.BWR, Limits(0.0, float(values.max())))
        assert np.array_equal(tile_of(image, tile, style)[1::3, 1::3], theirs)


def test_a_common_scale_keeps_tiles_comparable():
    maps = np.zeros((16, 2, 2), np.float32)
    maps[:, 0, 0] = np.arange(1, 17)
    image = render_montage(maps, style=MontageStyle(tile_px=8, gap_px=2, labelled=False, common_scale=True))
    for tile in range(16):
        assert np.array_equal(tile_of(image, tile, BARE)[0, 0], BWR[min(255, (tile + 1) * 16)])


@pytest.mark.parametrize("level", [0.0, 5.0])
def test_a_flat_map_stays_flat(level):
    maps = sixteen_corners()
    maps[3] = level
    image = render_montage(maps, style=BARE)
    assert (tile_of(image, 3, BARE) == BWR[0]).all()
    assert (tile_of(image, 4, BARE) == BWR[255]).all(axis=2).sum() == 4


def test_rounding_noise_is_not_amplified():
    noise = np.random.default_rng(3).random((16, 4, 4)).astype(np.float32)
    maps = sixteen_corners() * 7
    maps[5] = noise[5] * 1e-6  # next to maps that reach 7
    maps[6] = 2 + noise[6] * 1e-6
    image = render_montage(maps, style=BARE)
    assert (tile_of(image, 5, BARE) == BWR[0]).all()
    assert (tile_of(image, 6, BARE) == BWR[0]).all()


def test_all_zero_maps_make_a_uniform_montage():
    image = render_montage(np.zeros((16, 7, 7), np.float32), style=BARE)
    assert all((tile_of(image, tile, BARE) == BWR[0]).all() for tile in range(16))


def test_larger_maps_are_shrunk_by_area_not_by_dropping_cells():
    maps = np.zeros((16, 16, 16), np.float32)
    maps[:, 0, 0] = 1  # a single hot cell among the four that make a pixel
    image = render_montage(maps, style=BARE)
    assert np.array_equal(tile_of(image, 0, BARE)[0, 0], BWR[64])


def test_smooth_enlargement_is_an_option_and_keeps_to_the_map():
    maps = sixteen_corners()
    blocky = len(np.unique(render_montage(maps, style=MontageStyle(labelled=False)).reshape(-1, 3), axis=0))
    smooth = len(
        np.unique(render_montage(maps, style=MontageStyle(labelled=False, smooth=True)).reshape(-1, 3), axis=0)
    )
    assert blocky == 3  # low, high, paper
    assert smooth > 50


def test_a_network_with_fewer_channels_leaves_the_last_tiles_empty():
    style = MontageStyle(tile_px=80)
    image = render_montage(sixteen_corners()[:8], np.arange(8, dtype=np.int32), np.ones(8, np.float32), style=style)
    assert (tile_of(image, 7, style) == BWR[255]).all(axis=2).any()
    top, _ = tile_corner(8, style)
    assert (image[top:] == style.background).all()


def test_labels_stand_under_their_tiles_and_name_channel_and_strength():
    style = MontageStyle()
    channels = np.array([1203, *range(15)], np.int32)
    strengths = np.linspace(0.42, 0.1, 16, dtype=np.float32)
    image = render_montage(sixteen_corners(), channels, strengths, style=style)
    other_channel = render_montage(sixteen_corners(), np.array([1208, *range(15)], np.int32), strengths, style=style)
    changed = np.argwhere((image != other_channel).any(axis=2))
    assert changed[:, 0].min() >= style.tile_px
    assert changed[:, 0].max() < style.tile_px + style.label_px
    assert changed[:, 1].max() < style.tile_px
    other_strength = strengths.copy()
    other_strength[15] = 0.2
    changed = np.argwhere(
        (image != render_montage(sixteen_corners(), channels, other_strength, style=style)).any(axis=2)
    )
    assert changed[:, 0].min() >= tile_corner(15, style)[0] + style.tile_px
    assert changed[:, 1].min() >= tile_corner(15, style)[1]


def test_room_for_labels_can_be_left_to_others():
    style = MontageStyle(tile_px=40, font_px=20, written=False)
    image = render_montage(sixteen_corners(), style=style)
    assert style.label_px > 15
    assert (image[40 : style.pitch_px[0]] == style.background).all()
    assert image.shape[:2] == style.shape_px


def contrast(one, other):
    def luminance(colour):
        share = np.asarray(colour) / 255
        linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
        return linear @ [0.2126, 0.7152, 0.0722]

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("style", [MontageStyle(), MontageStyle().light()])
def test_labels_are_legible_on_dark_and_light_paper(style):
    image = render_montage(sixteen_corners(), np.full(16, 888, np.int32), np.full(16, 8.88, np.float32), style=style)
    label = image[style.tile_px : style.tile_px + style.label_px, : style.tile_px].reshape(-1, 3)
    strongest = max(contrast(pixel, style.background) for pixel in label)
    assert strongest > 7
    softest_ink = max(contrast(pixel, style.background) for pixel in image[80:94, 27:60].reshape(-1, 3))
    assert softest_ink > 4.5


def test_the_widest_label_fits_the_smallest_tile_allowed():
    style = MontageStyle(tile_px=72, gap_px=0)
    strengths = np.linspace(0.05, -0.05, 16, dtype=np.float32)
    image = render_montage(sixteen_corners(), np.full(16, 1663, np.int32), strengths, style=style)
    wide = MontageStyle(tile_px=200, gap_px=0)
    roomy = render_montage(sixteen_corners(), np.full(16, 1663, np.int32), strengths, style=wide)
    ink = (image[72 : 72 + style.label_px, :72] != style.background).any(axis=2).sum()
    assert ink == (roomy[200 : 200 + wide.label_px, :200] != wide.background).any(axis=2).sum()


def test_a_centre_is_that_of_its_tile_without_the_label():
    style = MontageStyle()
    for tile, (x, y) in enumerate(tile_centres(style)):
        top, left = tile_corner(tile, style)
        assert (x, y) == (left + style.tile_px / 2, top + style.tile_px / 2)
    assert tile_centres(style)[5] == (88 + 40, style.pitch_px[0] + 40)


@pytest.mark.parametrize("tile", [-1, 16])
def test_there_are_sixteen_tiles(tile):
    with pytest.raises(OptionError, match="0 to 15"):
        tile_corner(tile, BARE)


@pytest.mark.parametrize("shape", [(17, 2, 2), (0, 2, 2), (4, 4)])
def test_other_shapes_are_refused(shape):
    with pytest.raises(ShapeError, match="1 to 16 maps"):
        render_montage(np.zeros(shape, np.float32), style=BARE)


def test_a_map_with_nan_is_refused():
    maps = sixteen_corners()
    maps[9, 1, 1] = np.nan
    with pytest.raises(MapNotFiniteError, match="finite"):
        render_montage(maps, style=BARE)


@pytest.mark.parametrize(("channels", "strengths"), [(None, None), (16, None), (15, 16), (16, 15)])
def test_labelled_tiles_need_their_labels(channels, strengths):
    arrays = [None if n is None else np.zeros(n, t) for n, t in ((channels, np.int32), (strengths, np.float32))]
    with pytest.raises(ShapeError, match="as many channels and strengths"):
        render_montage(sixteen_corners(), *arrays)


@pytest.mark.parametrize(
    "wrong", [{"tile_px": 40}, {"tile_px": 513}, {"gap_px": -1}, {"font_px": 5}, {"tile_px": 7, "labelled": False}]
)
def test_sizes_out_of_range_are_refused(wrong):
    with pytest.raises(OptionError, match="px"):
        MontageStyle(**wrong)
