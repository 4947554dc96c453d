"""The synthetic knee obeys the physics it claims, and its abnormalities are where they should be."""

from __future__ import annotations

import math

import numpy as np
import pytest

from densexplain.phantom.physics.exposure import Exposure, expose
from densexplain.phantom.physics.path_length import Detector, inflate
from densexplain.phantom.physics.texture import oriented_noise
from densexplain.phantom.printed_image_frame import print_in_image_frame
from densexplain.phantom.skeleton.knee import KneeDescription, draw_knee
from densexplain.phantom.solids.outlines import knee_outlines

SMALL = {"rows": 256, "columns": 224, "pitch_mm": 0.544}


def _joint_space_px(pixels: np.ndarray, x_mm: float) -> int:
    """Rows between the bones in the column at `x_mm`, counted where it is darker than halfway to the bones."""
    column = pixels[:, round(112 + x_mm / 0.544) - 2 : round(112 + x_mm / 0.544) + 3].mean(axis=1)[110:160]
    return int(np.count_nonzero(column < (column.min() + column.max()) / 2))


def test_the_same_seed_gives_the_same_knee_and_another_seed_another():
    one, again = draw_knee(KneeDescription(**SMALL, seed=3)), draw_knee(KneeDescription(**SMALL, seed=3))
    np.testing.assert_array_equal(one, again)
    assert not np.array_equal(one, draw_knee(KneeDescription(**SMALL, seed=4)))


def test_a_knee_is_a_radiograph_in_range_with_dark_air_and_bright_bone():
    pixels = draw_knee(KneeDescription(**SMALL))
    assert pixels.shape == (256, 224)
    assert pixels.min() >= 0.0
    assert pixels.max() <= 1.0
    air, flesh, bone = pixels[100:180, :3].mean(), pixels[200:240, 50:58].mean(), pixels[80:110, 70:150].mean()
    assert air < 0.1 < flesh < bone


def test_the_cortex_of_the_shaft_is_brighter_than_its_cavity():
    pixels = draw_knee(KneeDescription(**SMALL))
    shaft = pixels[4:14].mean(axis=0)
    cavity = shaft[108:117].mean()
    assert shaft[74:90].max() > cavity + 0.01
    assert shaft[134:150].max() > cavity + 0.01


def test_only_the_medial_joint_space_narrows():
    normal, narrowed = (draw_knee(KneeDescription(**SMALL, narrowing=n)) for n in (0.0, 0.75))
    assert _joint_space_px(narrowed, 27.0) < 0.6 * _joint_space_px(normal, 27.0)
    assert abs(_joint_space_px(narrowed, -27.0) - _joint_space_px(normal, -27.0)) <= 1


def test_spurs_reach_beyond_the_normal_outline():
    assert knee_outlines().osteophytes == ()
    spurs = knee_outlines(osteophytes=1.0).osteophytes
    assert len(spurs) == 4
    tibia = knee_outlines().tibia
    assert max(spur[:, 0].max() for spur in spurs) > tibia[:, 0].max() + 2.0


def test_the_side_letter_is_the_brightest_thing():
    plain, lettered = (draw_knee(KneeDescription(**SMALL, side_letter=letter)) for letter in (False, True))
    difference = lettered - plain
    row, column = np.unravel_index(np.argmax(difference), difference.shape)
    assert row < 60
    assert column < 40
    assert lettered.max() > plain.max()


def test_a_tube_has_the_path_lengths_of_an_ellipse():
    """Across a 20 mm wide, 30 mm thick elliptical tube the path is 30 * sqrt(1 - (x / 10)^2)."""
    detector = Detector(rows=100, columns=300, pitch_mm=0.1, centre=(50.0, 150.0))
    tube = np.array([(-10.0, -50.0), (10.0, -50.0), (10.0, 50.0), (-10.0, 50.0)])
    path = inflate(detector.depth_inside(tube), 30.0, 10.0)[50]
    x = (np.arange(300) + 0.5 - 150) * 0.1
    pixel = 0.1
    least, most = (
        30.0 * np.sqrt(np.clip(1 - (np.clip(np.abs(x) + d, 0, None) / 10) ** 2, 0, None)) for d in (pixel, -pixel)
    )
    assert np.all(path >= least - 1e-9)
    assert np.all(path <= most + 1e-9)
    assert path[150] == pytest.approx(30.0, abs=0.01)
    assert path[np.abs(x) > 10.11].max() == 0.0


def test_outlines_taken_together_have_no_inner_edge():
    detector = Detector(rows=40, columns=80, pitch_mm=1.0, centre=(20.0, 40.0))
    left = np.array([(-30.0, -10.0), (2.0, -10.0), (2.0, 10.0), (-30.0, 10.0)])
    right = left + np.array([28.0, 0.0])
    depth = detector.depth_inside(left, right)
    assert depth[20, 40] == pytest.approx(9.5, abs=1.0)  # half the height, not the distance to the seam


def test_more_attenuation_is_brighter_and_obeys_beer_and_lambert():
    """Without scatter, blur and evening the display depends on the attenuation alone, monotonously."""
    plain = Exposure(photons=1e12, scatter=0.0, blur_px=0.01, evening=0.0, low=0.0, high=4.0)
    shown = [expose(np.full((8, 8), value), plain).mean() for value in (0.0, 1.0, 2.0, 3.0, 4.0)]
    assert shown == sorted(shown)
    ends = 1 / (1 + math.exp(2.2))
    bent = 1 / (1 + math.exp(-4.4 * (1.0 / 4.0 - 0.5)))
    assert shown[1] == pytest.approx((bent - ends) / (1 - 2 * ends) * 0.94 + 0.03, abs=1e-4)


def test_quantum_noise_grows_with_attenuation():
    exposure = Exposure(photons=1e4, scatter=0.0, evening=0.0, low=-2.0, high=8.0)
    thin, thick = (expose(np.full((64, 64), value), exposure).std() for value in (1.0, 4.0))
    assert thick > 2 * thin


def test_noise_leans_the_way_it_is_told():
    noise = oriented_noise((128, 128), 1.0, 6.0, 0.0, seed=1)
    assert noise.mean() == pytest.approx(0.0, abs=1e-9)
    assert noise.std() == pytest.approx(1.0)
    along = np.corrcoef(noise[:-5].ravel(), noise[5:].ravel())[0, 1]
    across = np.corrcoef(noise[:, :-5].ravel(), noise[:, 5:].ravel())[0, 1]
    assert along > 0.7 > 0.2 > across
    leaning = oriented_noise((128, 128), 1.0, 6.0, 45.0, seed=1)
    to_the_right = np.corrcoef(leaning[4:, :-4].ravel(), leaning[:-4, 4:].ravel())[0, 1]
    to_the_left = np.corrcoef(leaning[4:, 4:].ravel(), leaning[:-4, :-4].ravel())[0, 1]
    assert to_the_right > 0.6 > 0.2 > to_the_left


def test_a_printed_frame_is_black_around_a_fogged_field():
    framed = print_in_image_frame(np.zeros((200, 160)), 5.0, ("SYNTHETIC",), rows=400, columns=300)
    assert framed.shape == (400, 300)
    assert framed[-1].max() == 0.0
    assert framed[230, 150] == pytest.approx(0.11, abs=1e-6)
    assert framed[:60].max() == pytest.approx(0.9, abs=0.05)  # the legend
