"""A limb is told from what surrounds it, and radiographs are measured alike."""

import cv2
import numpy as np
import pytest

from densexplain.errors import ConstantImageError, ShapeError
from densexplain.phantom.likeness.image_measures import histogram_distance
from densexplain.phantom.likeness.likeness import likeness_table, limb_mask, measure_likeness

SIDE = np.sin(np.linspace(0.0, 5.0, 240))[:, None]  # a limb has no straight sides, a frame has


def noise(shape, deviation):
    return deviation * np.random.default_rng(0).standard_normal(shape)


def limb(columns=200):
    """Air 0.1, soft tissue 0.4 in the middle half, bone 0.8 in the tenth in its middle; curved."""
    away = np.abs(np.arange(columns) / columns - 0.5 + 0.05 * SIDE)
    return np.select([away < 0.05, away < 0.25], [0.8, 0.4], 0.1)


def test_a_limb_is_told_from_air_frame_and_side_letter():
    pixels = limb()
    expected = pixels > 0.3
    pixels[:, :10] = 0.0  # frame
    pixels[20:40, 175:190] = 0.9  # side letter
    found = limb_mask(pixels)
    assert (found != expected).mean() < 0.01
    assert not found[20:40, 175:190].any()


def test_a_radiograph_is_measured():
    measured = measure_likeness("limb", limb() + noise((240, 200), 0.01))
    assert measured.air == pytest.approx(0.1, abs=0.01)
    assert measured.soft == pytest.approx(0.4, abs=0.01)
    assert measured.bone == pytest.approx(0.8, abs=0.02)
    assert measured.contrast == measured.bone - measured.soft
    assert measured.noise == pytest.approx(0.01, rel=0.1)
    assert measured.slope < 0
    assert measured.histogram.sum() == pytest.approx(1.0)


def test_a_limb_that_fills_the_field_has_no_air_that_is_taken_for_it():
    row = np.concatenate([np.zeros(20), np.full(60, 0.4), np.full(40, 0.6), np.full(60, 0.8), np.zeros(20)])
    measured = measure_likeness("filled", np.tile(row, (240, 1)))
    assert measured.bone == pytest.approx(0.8)


def test_files_are_measured_at_equal_rows_and_without_their_frame(tmp_path):
    pixels = np.clip(limb(300) + noise((240, 300), 0.01), 0, 1)
    framed = np.pad(pixels, 30)
    for name, image in {"plain.png": pixels, "framed.png": framed}.items():
        cv2.imwrite(str(tmp_path / name), np.round(image * 255).astype(np.uint8))
    plain, cropped = likeness_table([tmp_path / "plain.png", tmp_path / "framed.png"], rows=120)
    assert (plain.name, cropped.name) == ("plain.png", "framed.png")
    assert plain.noise < 0.008  # four pixels are one
    assert cropped.soft == pytest.approx(plain.soft, abs=0.01)
    assert cropped.air == pytest.approx(plain.air, abs=0.01)
    assert histogram_distance(plain.histogram, cropped.histogram) < 0.02


@pytest.mark.parametrize(
    ("pixels", "error"),
    [
        (np.zeros((9, 9, 3)), ShapeError),
        (np.ones((32, 32)), ConstantImageError),
        (np.pad(np.ones((32, 32)), 8), ConstantImageError),
    ],
)
def test_what_holds_no_limb_is_refused(pixels, error):
    with pytest.raises(error):
        limb_mask(pixels)
