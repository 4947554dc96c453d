"""Regions found on the phantoms that the project ships, and on a few drawn by hand."""

import cv2
import numpy as np
import pytest

from densexplain.errors import ShapeError
from densexplain.phantom.samples import draw_sample
from densexplain.radiograph.regions.found_regions import find_regions, mark_hardware
from densexplain.radiograph.regions.image_frame_mask import mark_image_frame
from densexplain.radiograph.regions.regions import IMAGE_FILE, REGIONS_FILE, read_regions
from densexplain.vocabulary import Region
from tests.tiny import ROOT

pytestmark = pytest.mark.slow

GREY = np.full((100, 120), 90, np.uint8)


def case(name):
    folder = ROOT / "assets" / "cases" / name
    pixels = cv2.imread(str(folder / IMAGE_FILE), cv2.IMREAD_GRAYSCALE).astype(np.float32) / 255
    return find_regions(pixels), read_regions(folder / REGIONS_FILE)


def covered(found, known, region):
    return (found[region] & known[region]).sum() / known[region].sum()


def test_a_legend_and_a_plate():
    found, known = case("wrist-screws")
    assert covered(found, known, Region.TEXT_LEGEND) >= 0.5
    assert covered(found, known, Region.HARDWARE) >= 0.5
    assert Region.IMAGE_FRAME not in found
    limb = known.union(Region.BONE, Region.SOFT_TISSUE)
    assert (found[Region.SOFT_TISSUE] & limb).sum() >= 0.75 * (found[Region.SOFT_TISSUE] | limb).sum()


def test_a_frame():
    found, known = case("fingertip-frame")
    frame, truth = found[Region.IMAGE_FRAME], known[Region.IMAGE_FRAME]
    assert (frame & truth).sum() >= 0.8 * (frame | truth).sum()
    assert Region.TEXT_LEGEND not in found


def test_a_radiograph_without_either():
    found, _ = case("wrist-fracture")
    assert Region.TEXT_LEGEND not in found
    assert Region.IMAGE_FRAME not in found


def test_a_collimated_field_and_letters_drawn_by_hand():
    draw = np.random.default_rng(3)
    pixels = 0.12 + 0.01 * draw.standard_normal((400, 300))
    pixels[:, 100:200] += 0.3
    pixels[:60] = 0.9 + 0.01 * draw.standard_normal((60, 300))
    grey = np.clip(255 * pixels, 0, 255).astype(np.uint8)
    cv2.putText(grey, "R", (230, 160), cv2.FONT_HERSHEY_SIMPLEX, 1.2, 255, 4, cv2.LINE_AA)
    found = find_regions(grey.astype(np.float32) / 255)
    assert found[Region.IMAGE_FRAME][:55].all()
    assert found[Region.IMAGE_FRAME][75:].mean() < 0.02
    rows, columns = np.nonzero(found[Region.TEXT_LEGEND])
    assert rows.min() > 110
    assert rows.max() < 180
    assert columns.min() > 215
    assert columns.max() < 275


@pytest.mark.parametrize("spread", [0.0, 0.02])
def test_nothing_in_a_flat_image(spread):
    found = find_regions(0.5 + spread * np.random.default_rng(0).random((64, 64), np.float32))
    assert not list(found)


def test_a_frame_reaches_an_edge_and_has_no_specks_of_something_else():
    odds = np.full((100, 120), -5.0, np.float32)
    odds[:20] = odds[50:80, 50:80] = 5.0  # a band along an edge, and something that reaches none
    odds[8:12, 60:64] = -5.0
    expected = np.zeros_like(odds, np.bool_)
    expected[:20] = True
    np.testing.assert_array_equal(mark_image_frame(GREY, odds), expected)
    assert not mark_image_frame(GREY, np.full((100, 120), -5.0, np.float32)).any()


def limb(seed=2):
    """Soft tissue with a bone upright in it, and noise."""
    pixels = np.full((200, 160), 30.0)
    pixels[:, 30:130] = 70
    pixels[:, 60:100] = 120
    pixels = cv2.GaussianBlur(pixels, (0, 0), 2.0) + 2 * np.random.default_rng(seed).standard_normal((200, 160))
    return np.clip(pixels, 0, 255).astype(np.uint8)


def with_wire(grey):
    wired, wire = grey.copy(), np.zeros_like(grey)
    cv2.line(wired, (45, 60), (115, 140), 250, 3, cv2.LINE_AA)
    cv2.line(wire, (45, 60), (115, 140), 1, 3)
    return wired, wire > 0


def hardware_of(grey):
    return find_regions(grey.astype(np.float32) / 255)[Region.HARDWARE]


def test_a_wire_is_marked_and_nothing_else():
    wired, wire = with_wire(limb())
    marked = hardware_of(wired)
    assert marked[wire].mean() > 0.8
    assert (marked & ~cv2.dilate(wire.astype(np.uint8), np.ones((9, 9))).astype(bool)).sum() == 0


def test_a_limb_without_hardware_is_left_alone():
    assert not hardware_of(limb()).any()


def test_what_is_hidden_is_never_hardware():
    odds, hidden = np.full((50, 60), 9.0, np.float32), np.zeros((50, 60), np.bool_)
    hidden[:, :30] = True
    assert not mark_hardware(odds, ~np.zeros_like(hidden)).any()
    np.testing.assert_array_equal(mark_hardware(odds, hidden), ~hidden)


def test_what_lies_along_a_frame_is_left_over_of_it():
    grey = limb()
    grey[:, 10:16], grey[:, :10] = 250, 0
    assert not hardware_of(grey)[:, 10:16].any()


def test_three_dimensions_are_refused():
    with pytest.raises(ShapeError, match="rows, columns"):
        find_regions(np.zeros((64, 64, 3), np.float32))


def test_an_inverted_radiograph_has_the_same_regions():
    sample = draw_sample("knee-in-frame")
    pixels = np.round(sample / np.iinfo(sample.dtype).max * 256).astype(np.float32) / 256  # so that 1 - (1 - p) is p
    upright, inverted = find_regions(pixels), find_regions(1 - pixels, inverted=True)
    assert Region.TEXT_LEGEND in upright
    assert list(upright) == list(inverted)
    for region in upright:
        np.testing.assert_array_equal(upright[region], inverted[region])
