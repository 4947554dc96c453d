"""Artefacts change what their masks say and nothing else, and masks go where the radiograph goes."""

import json

import cv2
import numpy as np
import pytest

from densexplain.errors import OptionError, ShapeError
from densexplain.phantom.artefacts.artefact_set import ArtefactRates, apply_artefacts, draw_artefacts
from densexplain.phantom.artefacts.collimation import Collimation, Opening, draw_collimation
from densexplain.phantom.artefacts.dirt import Dirt, draw_dirt
from densexplain.phantom.artefacts.image_frame import ImageFrame, draw_image_frame
from densexplain.phantom.artefacts.inversion import Inversion
from densexplain.phantom.artefacts.lead_marker import Holder, LeadMarker, draw_lead_marker
from densexplain.phantom.artefacts.lettering import Font, block_letter, text_block
from densexplain.phantom.artefacts.picture import Picture
from densexplain.phantom.artefacts.second_exposure import SecondExposure, draw_second_exposure
from densexplain.phantom.artefacts.text_legend import TextLegend, draw_text_legend, shortcut_legend
from densexplain.vocabulary import Region

ALWAYS = ArtefactRates(1.0, 1.0, 1.0, 1.0, 1.0, 1.0)
SEEDS = range(12)


def limb(rows: int = 200, columns: int = 150) -> Picture:
    """A bright upright bar in grey flesh, unlike itself when turned or mirrored."""
    pixels = np.full((rows, columns), 0.1)
    bone, flesh = np.zeros((rows, columns), np.bool_), np.zeros((rows, columns), np.bool_)
    flesh[:, columns // 4 : -columns // 4] = True
    bone[rows // 5 : -rows // 8, columns // 3 : columns // 2] = True
    pixels[flesh], pixels[bone] = 0.4, 0.8
    return Picture(pixels, {Region.BONE: bone, Region.SOFT_TISSUE: flesh})


def draw_every_kind(seed: int):
    rng = np.random.default_rng(seed)
    return (
        draw_text_legend(rng),
        shortcut_legend(rng),
        draw_lead_marker(rng),
        draw_collimation(rng),
        draw_image_frame(rng),
        Inversion(),
        draw_second_exposure(rng, limb(180, 120)),
        draw_dirt(rng),
    )


@pytest.mark.parametrize("seed", SEEDS)
def test_every_artefact_comes_out_the_same_again_and_stays_a_radiograph(seed):
    for artefact, again in zip(draw_every_kind(seed), draw_every_kind(seed), strict=True):
        once, twice = artefact.apply(limb()), again.apply(limb())
        np.testing.assert_array_equal(once.pixels, twice.pixels)
        assert once.pixels.dtype == np.float64
        assert once.pixels.min() >= 0.0
        assert once.pixels.max() <= 1.0
        assert not np.array_equal(once.pixels, limb().pixels)


def test_every_record_goes_into_json():
    kinds = set()
    for artefact in draw_every_kind(3):
        record = json.loads(json.dumps(artefact.record()))
        kinds.add(record["artefact"])
        assert record == json.loads(json.dumps(artefact.record()))
    assert kinds == {
        "text legend", "lead marker", "collimation", "image frame", "inversion", "second exposure", "dirt",
    }  # fmt: skip
    assert "second" not in draw_second_exposure(np.random.default_rng(0), limb()).record()


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(
    ("draw", "region"),
    [
        (draw_text_legend, Region.TEXT_LEGEND),
        (shortcut_legend, Region.TEXT_LEGEND),
        (draw_lead_marker, Region.TEXT_LEGEND),
        (draw_collimation, Region.IMAGE_FRAME),
    ],
)
def test_what_is_laid_on_changes_no_pixel_outside_its_mask(draw, region, seed):
    before = limb()
    after = draw(np.random.default_rng(seed)).apply(before)
    changed = after.pixels != before.pixels
    mask = after.masks[region]
    assert changed.any()
    assert not (changed & ~mask).any()
    assert mask.sum() < mask.size


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("draw", [draw_text_legend, shortcut_legend, draw_lead_marker])
def test_a_legend_leaves_the_other_masks(draw, seed):
    after = draw(np.random.default_rng(seed)).apply(limb())
    for region, mask in limb().masks.items():
        np.testing.assert_array_equal(after.masks[region], mask)


def test_a_second_legend_adds_to_the_mask_of_the_first():
    first = TextLegend((("L", 1.0),), 0.0, 0.0, 0.08).apply(limb())
    both = TextLegend((("R", 1.0),), 1.0, 1.0, 0.08).apply(first)
    assert (both.masks[Region.TEXT_LEGEND] & first.masks[Region.TEXT_LEGEND]).sum() == first.masks[
        Region.TEXT_LEGEND
    ].sum()
    assert both.masks[Region.TEXT_LEGEND][-40:, -40:].any()


def test_text_that_is_too_long_is_made_smaller_and_stays_inside():
    after = TextLegend((("STANDING PORTABLE", 1.0),), 0.5, 0.5, 0.3, backing=0.0).apply(limb())
    mask = after.masks[Region.TEXT_LEGEND]
    assert mask.any()
    assert not mask[0].any()
    assert not mask[:, 0].any()


def test_the_shortcut_is_a_bright_legend_of_one_kind_in_the_upper_left():
    for seed in range(50):
        black = Picture(np.zeros((512, 400)), {})
        legend = shortcut_legend(np.random.default_rng(seed))
        (side, _), (text, _) = legend.lines
        assert side in "LR"
        assert 3 <= len(text) <= 4
        after = legend.apply(black)
        rows, columns = np.nonzero(after.pixels > 0.5)
        assert 0.07 <= (rows.max() - rows.min() + 1) / 512 <= 0.12
        assert rows.max() < 512 / 4
        assert columns.max() < 400 / 2
        assert after.pixels.max() > 0.9


@pytest.mark.parametrize("opening", list(Opening))
def test_collimation_covers_the_corner_and_takes_it_from_the_masks(opening):
    field = Collimation(opening, 0.5, 0.5, 0.4, 0.4, 2.0, 0.01, 0.9, 0.1, 0.03, None, seed=1)
    before = Picture(limb().pixels, limb().masks | {Region.ABNORMALITY: np.ones((200, 150), np.bool_)})
    after = field.apply(before)
    assert after.masks[Region.IMAGE_FRAME][0, 0]
    assert after.pixels[0, 0] == pytest.approx(0.9, abs=0.05)
    assert not after.masks[Region.ABNORMALITY][0, 0]
    assert after.masks[Region.ABNORMALITY][100, 75]
    inside = field.distance_px(200, 150) < -2
    np.testing.assert_array_equal(after.pixels[inside], before.pixels[inside])
    for region in before.masks:
        np.testing.assert_array_equal(after.masks[region][inside], before.masks[region][inside])


def test_a_shutter_shows_black_where_nothing_is_exposed():
    field = Collimation(Opening.RECTANGULAR, 0.5, 0.5, 0.4, 0.4, 0.0, 0.01, 0.9, 0.1, 0.03, 0.02, seed=1)
    assert field.apply(limb()).pixels[:10].max() == 0.0


def test_a_region_that_the_field_leaves_out_is_absent():
    corner = np.zeros((200, 150), np.bool_)
    corner[:5, :5] = True
    field = Collimation(Opening.RECTANGULAR, 0.5, 0.5, 0.4, 0.4, 0.0, 0.01, 0.9, 0.1, 0.03, None, seed=1)
    after = field.apply(Picture(limb().pixels, {Region.ABNORMALITY: corner}))
    assert Region.ABNORMALITY not in after.masks


@pytest.mark.parametrize("seed", SEEDS)
def test_a_lead_marker_lies_within_the_field_it_was_drawn_for(seed):
    rng = np.random.default_rng(seed)
    field = draw_collimation(rng)
    marker = draw_lead_marker(rng, field)
    after = apply_artefacts(Picture(np.full((512, 400), 0.1), {}), [marker, field])
    assert after.regions[Region.TEXT_LEGEND].sum() > 100


@pytest.mark.parametrize("holder", list(Holder))
@pytest.mark.parametrize("place", [(0.5, 0.5), (0.0, 1.0)])
def test_every_holder_lies_about_the_marker_s_place_and_inside(holder, place):
    marker = LeadMarker("R", holder, *place, 0.1, 0.2, 8.0, False, 1.0, 0.03, 0.1, 0.05)
    after = marker.apply(Picture(np.full((200, 150), 0.1), {}))
    assert (after.pixels > 0.8).any()
    if place == (0.5, 0.5):
        rows, columns = np.nonzero(after.pixels > 0.8)
        assert abs((rows.min() + rows.max()) / 2 - 100) < 10
        assert abs((columns.min() + columns.max()) / 2 - 75) < 10


@pytest.mark.parametrize("tilt", [-15.0, -4.0, 0.0, 9.0])
def test_masks_turned_back_out_of_a_frame_agree_to_a_pixel(tilt):
    before = limb()
    frame = ImageFrame(tilt, (0.02, 0.05, 0.04, 0.0), 0.0, fog=0.1, line=0.9, notches=(0.3,))
    after = frame.apply(before)
    backward = cv2.invertAffineTransform(frame.forward(*before.shape))
    one = np.ones((3, 3), np.uint8)
    for region, mask in before.masks.items():
        moved = after.masks[region].astype(np.uint8)
        back = cv2.warpAffine(moved, backward, (150, 200), flags=cv2.INTER_NEAREST).astype(bool)
        core, reach = cv2.erode(mask.astype(np.uint8), one), cv2.dilate(mask.astype(np.uint8), one)
        inner = np.zeros_like(mask)
        inner[8:-8, 2:-2] = True  # notches and the edge of the radiograph are hidden
        assert not (back & (reach == 0)).any()
        assert not (inner & (core == 1) & ~back).any()


def test_pixels_and_masks_go_the_same_way_into_a_frame():
    before = limb()
    after = ImageFrame(7.0, (0.05, 0.02, 0.0, 0.03), 0.0).apply(before)
    sure = cv2.erode(after.masks[Region.BONE].astype(np.uint8), np.ones((5, 5), np.uint8)) == 1
    assert sure.any()
    np.testing.assert_allclose(after.pixels[sure], 0.8, atol=1e-3)
    beside = ~cv2.dilate(after.masks[Region.BONE].astype(np.uint8), np.ones((5, 5), np.uint8)).astype(bool)
    assert after.pixels[beside & ~after.masks[Region.IMAGE_FRAME]].max() < 0.45


@pytest.mark.parametrize("seed", SEEDS)
def test_a_frame_has_its_brightness_and_no_anatomy(seed):
    frame = draw_image_frame(np.random.default_rng(seed))
    after = frame.apply(limb())
    mask = after.masks[Region.IMAGE_FRAME]
    deep = cv2.erode(mask.astype(np.uint8), np.ones((7, 7), np.uint8)) == 1
    assert after.shape == limb().shape
    assert not (deep & after.masks[Region.SOFT_TISSUE]).any()
    if frame.line is None and deep.any():
        np.testing.assert_allclose(after.pixels[deep], frame.level, atol=0.01)


def test_inversion_turns_the_scale_and_leaves_the_masks():
    after = Inversion().apply(limb())
    np.testing.assert_allclose(after.pixels, 1.0 - limb().pixels)
    assert after.masks.keys() == limb().masks.keys()


@pytest.mark.parametrize("beside", [True, False])
@pytest.mark.parametrize("first", [True, False])
def test_two_exposures_lie_on_one_film_with_their_masks(beside, first):
    other = Picture(np.full((100, 100), 0.3), {Region.HARDWARE: np.ones((100, 100), np.bool_)})
    after = SecondExposure(other, beside, first, 0.02, 1.0).apply(limb())
    rows, columns = after.shape
    assert max(after.shape) <= 200 + 5
    assert (columns > rows) == beside
    hardware, frame = after.masks[Region.HARDWARE], after.masks[Region.IMAGE_FRAME]
    np.testing.assert_allclose(after.pixels[hardware], 0.3)
    np.testing.assert_allclose(after.pixels[frame], 1.0)
    assert not (hardware & (frame | after.masks[Region.BONE])).any()
    assert hardware[0, 0] == first
    assert hardware[-1, -1] != first
    sure = cv2.erode(after.masks[Region.BONE].astype(np.uint8), np.ones((3, 3), np.uint8)) == 1
    np.testing.assert_allclose(after.pixels[sure], 0.8, atol=1e-9)


@pytest.mark.parametrize("seed", SEEDS)
def test_dirt_is_faint_and_has_no_mask(seed):
    after = draw_dirt(np.random.default_rng(seed)).apply(limb())
    assert np.abs(after.pixels - limb().pixels).max() <= 0.2
    assert after.masks.keys() == limb().masks.keys()


def test_no_dirt_changes_nothing():
    np.testing.assert_array_equal(Dirt(0, 0, 0, 0.0, 0.1, 1).apply(limb()).pixels, limb().pixels)


@pytest.mark.parametrize("present", [True, False])
def test_a_legend_can_be_forced_and_forbidden(present):
    for seed in range(50):
        artefacts = draw_artefacts(np.random.default_rng(seed), ArtefactRates(), legend=present)
        legends = [artefact for artefact in artefacts if isinstance(artefact, (TextLegend, LeadMarker))]
        assert len(legends) == int(present)
        after = apply_artefacts(limb(), artefacts)
        assert (Region.TEXT_LEGEND in after.regions) == present


def test_the_legend_leaves_all_other_artefacts_as_they_are():
    for seed in range(30):
        with_legend, without = (
            draw_artefacts(np.random.default_rng(seed), ALWAYS, legend=present) for present in (True, False)
        )
        assert tuple(artefact for artefact in with_legend if not isinstance(artefact, TextLegend)) == without


def test_artefacts_are_as_frequent_as_their_rates():
    rates = ArtefactRates(second_exposure=0.2)
    second = limb(20, 15)
    count = dict.fromkeys(("legend", "image_frame", "collimation", "inversion", "second_exposure", "dirt"), 0)
    names = {ImageFrame: "image_frame", Collimation: "collimation", Inversion: "inversion", Dirt: "dirt"}
    names |= {SecondExposure: "second_exposure", TextLegend: "legend", LeadMarker: "legend"}
    for seed in range(400):
        artefacts = draw_artefacts(np.random.default_rng(seed), rates, second=lambda: second)
        for name in {names[type(artefact)] for artefact in artefacts}:
            count[name] += 1
    for name, times in count.items():
        rate = getattr(rates, name)
        assert abs(times / 400 - rate) < 3.5 * np.sqrt(rate * (1 - rate) / 400), name


def test_artefacts_come_in_the_order_in_which_they_come_about():
    order = (LeadMarker, Collimation, SecondExposure, Dirt, TextLegend, ImageFrame, Inversion)
    for seed in range(20):
        artefacts = draw_artefacts(np.random.default_rng(seed), ALWAYS, second=limb)
        places = [order.index(type(artefact)) for artefact in artefacts]
        assert places == sorted(places)
        assert len(set(places)) >= 6


def test_the_second_radiograph_is_made_only_when_it_is_needed():
    def refuse() -> Picture:
        raise AssertionError

    assert draw_artefacts(np.random.default_rng(1), ArtefactRates(0, 0, 0, 0, 0, 0), second=refuse) == ()


@pytest.mark.parametrize("rate", [-0.1, 1.5])
def test_a_rate_is_a_share(rate):
    with pytest.raises(OptionError, match="`image_frame` must lie between 0 and 1"):
        ArtefactRates(image_frame=rate)


def test_a_picture_refuses_masks_of_another_shape_and_pixels_without_columns():
    with pytest.raises(ShapeError, match="bone"):
        Picture(np.zeros((4, 5)), {Region.BONE: np.zeros((5, 4), np.bool_)})
    with pytest.raises(ShapeError, match="rows, columns"):
        Picture(np.zeros(5), {})


def test_letters_have_their_height_and_lead_letters_their_holes():
    for font in Font:
        assert text_block([("L", 1.0)], 40.0, font).shape[0] == pytest.approx(40, abs=3)
    letter = block_letter("R", 40.0, 0.2)
    assert letter.shape[0] == pytest.approx(40, abs=2)
    assert letter[10, letter.shape[1] // 2] == 0.0  # within the bowl
    with pytest.raises(OptionError, match="L, R"):
        block_letter("Q", 40.0, 0.2)
