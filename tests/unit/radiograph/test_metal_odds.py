"""Metal told from bone, on measures worked out by hand and on a wire drawn into noise."""

import cv2
import numpy as np
import pytest

from densexplain.radiograph.hardware import mark_hardware
from densexplain.radiograph.metal_odds import NEVER, MetalNetwork, metal_log_odds
from densexplain.radiograph.pixel_measures import PIXEL_MEASURES, pixel_measures

NOTHING = np.zeros((200, 160), np.bool_)


def limb(seed=2):
    """Soft tissue with a bone upright in it, and noise."""
    pixels = np.full((200, 160), 30.0)
    pixels[:, 30:130] = 70
    pixels[:, 60:100] = 120
    pixels = cv2.GaussianBlur(pixels, (0, 0), 2.0) + 2 * np.random.default_rng(seed).standard_normal((200, 160))
    return np.clip(pixels, 0, 255).astype(np.uint8)


def with_wire(grey):
    wired = grey.copy()
    cv2.line(wired, (45, 60), (115, 140), 250, 3, cv2.LINE_AA)
    wire = np.zeros_like(grey)
    cv2.line(wire, (45, 60), (115, 140), 1, 3)
    return wired, wire > 0


def measured(grey, name, hidden=NOTHING):
    return pixel_measures(grey, hidden)[PIXEL_MEASURES.index(name)]


def test_every_measure_of_every_pixel_is_finite():
    measures = pixel_measures(limb(), NOTHING)
    assert measures.shape == (len(PIXEL_MEASURES), 200, 160)
    assert measures.dtype == np.float32
    assert np.isfinite(measures).all()
    assert np.abs(measures).max() < 10


@pytest.mark.parametrize("size", [(3, 3), (9, 40), (41, 5)])
def test_small_images_are_measured_too(size):
    grey = np.random.default_rng(1).integers(0, 255, size, dtype=np.uint8)
    assert np.isfinite(pixel_measures(grey, np.zeros(size, np.bool_))).all()


def test_a_bright_line_is_straight_and_a_dot_is_not():
    grey = np.full((120, 120), 50, np.uint8)
    grey[59:62, 20:100] = 200
    grey[20:23, 20:23] = 200
    straight = measured(grey, "straight along 31 px", np.zeros((120, 120), np.bool_))
    assert straight[60, 60] == pytest.approx(150 / 255, abs=0.02)  # a little is blurred away
    assert straight[21, 21] == pytest.approx(0, abs=0.01)


def test_a_bright_ridge_curves_down_across_only():
    grey = np.full((120, 120), 50, np.uint8)
    grey[59:62, :] = 200
    hidden = np.zeros((120, 120), np.bool_)
    assert measured(grey, "least curvature at 2 px", hidden)[60, 60] < -0.1
    assert measured(grey, "greatest curvature at 2 px", hidden)[60, 60] == pytest.approx(0, abs=1e-4)


def test_what_is_hidden_is_filled_from_around():
    grey = np.full((100, 100), 80, np.uint8)
    hidden = np.zeros((100, 100), np.bool_)
    grey[40:60, 40:60], hidden[40:60, 40:60] = 255, True
    brightness = measured(grey, "brightness", hidden)
    assert brightness == pytest.approx(80 / 255, abs=1e-3)


def test_a_network_worked_out_by_hand():
    network = MetalNetwork(
        np.array([1, 0], np.float32),
        np.array([2, 1], np.float32),
        (np.array([[1, -1], [2, 0]], np.float32), np.array([[3], [5]], np.float32)),
        (np.array([0.5, 0], np.float32), np.array([-1], np.float32)),
    )
    # (3 - 1) / 2 = 1 and 1: hidden 1 + 2 + 0.5 = 3.5 and max(0, -1) = 0; out 3 * 3.5 - 1.
    # (-99 - 1) / 2 is cut to -4, and 0: hidden max(0, -3.5) = 0 and 4; out 5 * 4 - 1.
    assert network.log_odds(np.array([[3, 1], [-99, 0]], np.float32)).tolist() == [9.5, 19.0]


def test_a_wire_is_likelier_metal_than_bone():
    wired, wire = with_wire(limb())
    odds = metal_log_odds(wired, NOTHING)
    assert np.median(odds[wire]) > 3
    assert np.median(odds[:, 65:95][~wire[:, 65:95]]) < -3
    assert (odds[:, :15] == NEVER).mean() > 0.9  # air


def test_a_wire_is_marked_and_nothing_else():
    wired, wire = with_wire(limb())
    marked = mark_hardware(wired, NOTHING, NOTHING)
    assert marked[wire].mean() > 0.8
    assert (marked & ~cv2.dilate(wire.astype(np.uint8), np.ones((9, 9))).astype(bool)).sum() == 0


def test_a_limb_without_hardware_is_left_alone():
    assert not mark_hardware(limb(), NOTHING, NOTHING).any()


def test_what_is_hidden_is_never_hardware():
    wired, wire = with_wire(limb())
    hidden = cv2.dilate(wire.astype(np.uint8), np.ones((9, 9))) > 0
    assert not mark_hardware(wired, NOTHING, hidden).any()
    assert not mark_hardware(wired, ~NOTHING, NOTHING).any()


def test_what_lies_along_a_frame_is_left_over_of_it():
    grey, frame = limb(), NOTHING.copy()
    grey[:, 10:16], frame[:, :10] = 250, True
    assert metal_log_odds(grey, frame)[:, 12].max() > 3
    assert not mark_hardware(grey, frame, NOTHING)[:, 10:16].any()
