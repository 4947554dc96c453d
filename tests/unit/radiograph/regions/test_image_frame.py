"""A drawn frame of known place and tilt is found; a radiograph without one is left alone."""

from __future__ import annotations

import math

import cv2
import numpy as np
import pytest

from densexplain.errors import ShapeError
from densexplain.radiograph.geometry import Crop, Geometry, apply_geometry, check_crop
from densexplain.radiograph.regions.image_frame import ImageFrameCrop, find_image_frame

ROWS, COLUMNS = 900, 700
FIELD_ROWS, FIELD_COLUMNS = 620, 440
CENTRE = (345.0, 462.0)  # x, y


def _write(image: np.ndarray, text: str, place: tuple[int, int], ink: float, size: float, thickness: int) -> None:
    drawn = np.zeros(image.shape, np.uint8)
    cv2.putText(drawn, text, place, cv2.FONT_HERSHEY_SIMPLEX, size, 255, thickness, cv2.LINE_AA)
    image += (drawn / np.float32(255)) * (np.float32(ink) - image)


def _limb(rows: int = FIELD_ROWS, columns: int = FIELD_COLUMNS) -> np.ndarray:
    """A forearm-like field: dim air, soft tissue, two shafts, a side letter and bright metal."""
    y, x = np.mgrid[0:rows, 0:columns] / np.array([rows, columns]).reshape(2, 1, 1)
    limb = 0.16 + 0.04 * y + 0.22 / (1 + np.exp((np.abs(x - 0.5 - 0.05 * np.sin(3 * y)) - 0.3) * 40))
    for place in (0.38, 0.62):
        across = np.abs(x - place - 0.03 * (y - 0.5))
        limb += 0.3 * (across < 0.07) * np.sqrt(np.clip(1 - (across / 0.07) ** 2, 0, 1)) + 0.1 * (
            np.abs(across - 0.06) < 0.01
        )
    limb = limb.astype(np.float32)
    _write(limb, "R", (columns - 60, 90), 0.95, 1.6, 7)
    cv2.line(limb, (columns // 3, rows // 4), (columns // 2, 3 * rows // 4), 1.0, 7)
    return limb


def _framed(
    tilt: float, surround: float, *, field: np.ndarray | None = None, noise: float = 0.0, seed: int = 3
) -> np.ndarray:
    """Lay a field, turned counter-clockwise by `tilt`, on a uniform surround (drawn at three times the size)."""
    field = _limb() if field is None else field
    factor = 3
    cosine, sine = math.cos(math.radians(tilt)), math.sin(math.radians(tilt))
    middle = np.array([field.shape[1] / 2, field.shape[0] / 2])
    turn = factor * np.array([[cosine, sine], [-sine, cosine]])
    shift = factor * np.array(CENTRE) - turn @ middle
    forward = np.column_stack([turn, shift + turn @ np.array([0.5, 0.5]) - 0.5])
    size = (COLUMNS * factor, ROWS * factor)
    drawn = cv2.warpAffine(field, forward, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    corners = (turn @ (np.array([[0, 0], [1, 0], [1, 1], [0, 1]]) * (2 * middle)).T).T + shift
    mask = np.zeros(size[::-1], np.uint8)
    cv2.fillConvexPoly(mask, np.round(corners - 0.5).astype(np.int32), 1)
    image = cv2.resize(np.where(mask > 0, drawn, np.float32(surround)), (COLUMNS, ROWS), interpolation=cv2.INTER_AREA)
    image = image + noise * np.random.default_rng(seed).standard_normal(image.shape)
    return np.clip(image, 0, 1).astype(np.float32)


def _corners(centre: tuple[float, float], width: float, height: float, rotate_degrees: float) -> np.ndarray:
    """Corners of a box that turning the content by `rotate_degrees` makes upright."""
    angle = math.radians(rotate_degrees)
    along, down = np.array([math.cos(angle), math.sin(angle)]), np.array([-math.sin(angle), math.cos(angle)])
    half = [(-1, -1), (1, -1), (1, 1), (-1, 1)]
    return np.array([np.array(centre) + a * width / 2 * along + b * height / 2 * down for a, b in half])


def _check(found: ImageFrameCrop | None, tilt: float, *, rows: int = FIELD_ROWS, columns: int = FIELD_COLUMNS) -> None:
    """Corners within 1 % of the longer side, the angle within half a degree, and a crop that can be applied."""
    assert found is not None
    assert found.rotate_degrees == pytest.approx(-tilt, abs=0.5)
    check_crop(found.crop, ROWS, COLUMNS)
    crop = found.crop
    centre = (crop.left + crop.width / 2, crop.top + crop.height / 2)
    got = _corners(centre, crop.width, crop.height, found.rotate_degrees)
    truth = _corners(CENTRE, columns, rows, -tilt)
    assert np.linalg.norm(got - truth, axis=1).max() < 0.01 * max(rows, columns)
    assert found.share == pytest.approx(crop.height * crop.width / (ROWS * COLUMNS))


@pytest.mark.parametrize("surround", [0.0, 1.0, 0.55])
@pytest.mark.parametrize("tilt", [-12.0, -7.3, -2.0, -0.6, 0.0, 1.0, 4.4, 9.0, 12.0])
def test_a_frame_is_found_straight_or_tilted(tilt, surround):
    _check(find_image_frame(_framed(tilt, surround)), tilt)


@pytest.mark.parametrize("tilt", [-12.0, -2.4, 3.0])
@pytest.mark.parametrize("surround", [0.0, 1.0])
def test_no_frame_is_left_in_the_applied_suggestion(tilt, surround):
    pixels = _framed(tilt, surround, field=np.full((FIELD_ROWS, FIELD_COLUMNS), 0.5, np.float32))
    found = find_image_frame(pixels)
    assert found is not None
    inside = apply_geometry(pixels, Geometry(found.crop, found.rotate_degrees))
    np.testing.assert_allclose(inside, 0.5, atol=1 / 255)
    assert inside.size > 0.97 * FIELD_ROWS * FIELD_COLUMNS


@pytest.mark.parametrize("surround", [0.04, 0.5, 0.93])
@pytest.mark.parametrize("noise", [0.01, 0.03])
def test_noise_does_not_hide_a_frame(surround, noise):
    _check(find_image_frame(_framed(5.0, surround, noise=noise)), 5.0)


@pytest.mark.parametrize(("surround", "ink"), [(0.0, 1.0), (1.0, 0.0), (0.6, 1.0)])
@pytest.mark.parametrize("tilt", [0.0, -4.0])
def test_a_text_legend_on_the_frame_is_left_out(surround, ink, tilt):
    pixels = _framed(tilt, surround)
    for line, text in enumerate(("SYNTHETIC 001", "70 kV  4 mAs")):
        _write(pixels, text, (40, 50 + 40 * line), ink, 1.0, 2)
    _write(pixels, "AP STANDING", (380, 880), ink, 1.0, 2)
    _check(find_image_frame(pixels), tilt)


def test_an_uneven_surround_is_still_a_frame():
    pixels = _framed(-3.0, 0.8)
    shade = np.linspace(-0.02, 0.02, COLUMNS, dtype=np.float32)
    _check(find_image_frame(np.clip(pixels + shade, 0, 1)), -3.0)


def test_a_blurred_frame_is_found():
    _check(find_image_frame(cv2.GaussianBlur(_framed(2.0, 0.0), (0, 0), 1.2)), 2.0)


def test_a_frame_within_a_frame_is_left_out_too():
    film = np.full((FIELD_ROWS + 120, FIELD_COLUMNS + 100), 0.0, np.float32)
    film[60:-60, 50:-50] = _limb()
    _check(find_image_frame(_framed(6.0, 1.0, field=film)), 6.0)


def test_a_bar_along_one_side_is_left_out():
    pixels = _limb(ROWS, COLUMNS)
    pixels[:, :80] = 0.0
    found = find_image_frame(pixels)
    assert found is not None
    assert found.rotate_degrees == 0.0
    assert found.crop.left in (80, 81, 82)
    assert (found.crop.top, found.crop.height) == (0, ROWS)
    assert found.crop.left + found.crop.width == COLUMNS


def test_a_field_that_runs_off_the_image_keeps_what_is_there():
    """Tilted about a far corner, so that two sides leave the image: no black wedge may remain."""
    field = np.full((1400, 640), 0.5, np.float32)
    pixels = _framed(4.0, 0.0, field=field)
    found = find_image_frame(pixels)
    assert found is not None
    assert found.rotate_degrees == pytest.approx(-4.0, abs=0.5)
    np.testing.assert_allclose(apply_geometry(pixels, Geometry(found.crop, found.rotate_degrees)), 0.5, atol=1 / 255)
    assert found.share > 0.7


def test_the_bright_rim_of_a_collimator_goes_with_the_frame():
    field = _limb()
    field[:, -8:] = 1.0
    found = find_image_frame(_framed(0.0, 0.0, field=field))
    assert found is not None
    right = CENTRE[0] + FIELD_COLUMNS / 2 - 8
    assert right - 4 <= found.crop.left + found.crop.width <= right


def test_a_large_radiograph_is_measured_in_its_own_pixels():
    pixels = cv2.resize(_framed(5.0, 0.0), (COLUMNS * 3, ROWS * 3), interpolation=cv2.INTER_LINEAR)
    found, small = find_image_frame(pixels), find_image_frame(_framed(5.0, 0.0))
    assert found is not None
    assert small is not None
    assert found.rotate_degrees == pytest.approx(-5.0, abs=0.5)
    for name in ("top", "left", "height", "width"):
        assert getattr(found.crop, name) == pytest.approx(3 * getattr(small.crop, name), abs=12)


def _without_frame() -> dict[str, np.ndarray]:
    random = np.random.default_rng(11)
    smooth = cv2.GaussianBlur(random.random((600, 500)).astype(np.float32), (0, 0), 25)
    limb = _limb(600, 500)
    black_air = np.where(limb < 0.25, 0.0, limb).astype(np.float32)
    y, x = np.mgrid[0:600, 0:500]
    disc = np.where((x - 250) ** 2 + (y - 300) ** 2 < 200**2, 0.6, 0.0).astype(np.float32)
    wedge = np.full((600, 500), 0.5, np.float32)
    wedge[x > 420 - 0.1 * y] = 0.0
    wedge[y > 560 + 0.02 * x] = 0.0  # sides that are not parallel to each other nor at a right angle
    return {
        "limb": limb,
        "limb in black air": black_air,
        "noise": random.random((600, 500)).astype(np.float32),
        "smooth": (smooth - smooth.min()) / np.ptp(smooth),
        "disc": disc,
        "constant": np.full((600, 500), 0.3, np.float32),
        "oblique cut": wedge,
        "small": limb[:40, :40],
    }


@pytest.mark.parametrize("name", list(_without_frame()))
def test_without_a_frame_nothing_is_suggested(name):
    assert find_image_frame(_without_frame()[name]) is None


def test_the_pixels_are_left_as_they_are():
    pixels = _framed(3.0, 1.0)
    before = pixels.copy()
    pixels.flags.writeable = False
    find_image_frame(pixels)
    np.testing.assert_array_equal(pixels, before)


def test_a_field_under_32_px_is_not_suggested():
    pixels = np.zeros((70, 70), np.float32)
    pixels[20:48, 20:48] = 0.5
    assert find_image_frame(pixels) is None


def test_only_two_dimensional_pixels_are_taken():
    with pytest.raises(ShapeError, match=r"\(rows, columns\)"):
        find_image_frame(np.zeros((64, 64, 3), np.float32))


def test_a_suggestion_speaks_of_original_pixels():
    found = find_image_frame(_framed(0.0, 0.0))
    assert found is not None
    top, left = CENTRE[1] - FIELD_ROWS / 2, CENTRE[0] - FIELD_COLUMNS / 2
    assert isinstance(found.crop, Crop)
    assert abs(found.crop.top - top) <= 3
    assert abs(found.crop.left - left) <= 3


@pytest.mark.parametrize("tilt", [0.0, 6.0])
def test_a_side_as_dark_as_the_frame_ends_with_what_can_be_told_from_it(tilt):
    """The field fades to black at its left and right; the crop may not reach over the frame to the image's border."""
    fade = np.clip(np.minimum(np.arange(FIELD_COLUMNS), np.arange(FIELD_COLUMNS)[::-1]) / 60.0, 0, 1)
    field = np.maximum(_limb(), 0.35).astype(np.float32) * fade.astype(np.float32)
    found = find_image_frame(_framed(tilt, 0.0, field=field))
    assert found is not None
    assert found.rotate_degrees == pytest.approx(-tilt, abs=0.5)
    assert abs(found.crop.height - FIELD_ROWS) < 0.01 * FIELD_ROWS
    assert 0.93 * FIELD_COLUMNS < found.crop.width <= FIELD_COLUMNS
