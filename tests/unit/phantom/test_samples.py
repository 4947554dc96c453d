"""The shipped samples are this code's own, say that they are synthetic, and can be made again."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from densexplain.phantom.samples import SAMPLES, draw_sample, write_samples
from densexplain.radiograph.regions.image_frame import find_image_frame
from densexplain.settings import settings

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("samples")
    write_samples(folder)
    return folder


def _read(folder, sample) -> np.ndarray:
    return cv2.imread(str(folder / sample.file_name), cv2.IMREAD_UNCHANGED)


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.key)
def test_what_ships_is_what_the_code_draws(folder, sample):
    drawn, shipped = _read(folder, sample), _read(settings().assets, sample)
    assert drawn.dtype == shipped.dtype
    assert drawn.shape == shipped.shape
    step = (
        16 if drawn.dtype == np.uint16 else 1
    )  # one grey level: mathematics libraries may round the last bit otherwise
    difference = np.abs(drawn.astype(int) - shipped.astype(int))
    assert difference.max() <= step
    assert np.mean(difference > 0) < 1e-4


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.key)
def test_samples_say_that_they_are_synthetic(sample):
    assert "synthetic" in sample.title.lower()
    assert "no patient" in sample.description
    assert sample.file_name.startswith("synthetic-")
    assert sample.description.count(". ") == 0
    assert sample.description.endswith(".")


def test_keys_and_files_are_unique_and_nothing_else_is_written(folder):
    assert len({sample.key for sample in SAMPLES}) == len(SAMPLES)
    assert {path.name for path in folder.iterdir()} == {sample.file_name for sample in SAMPLES}


def test_the_first_sample_is_16_bit_with_12_in_use_and_has_no_frame(folder):
    pixels = _read(folder, SAMPLES[0])
    assert (pixels.dtype, pixels.shape) == (np.uint16, (1024, 896))
    assert not np.any(pixels & 15)
    assert find_image_frame((pixels / 65535).astype(np.float32)) is None


def test_the_frame_of_the_second_sample_is_found_and_straightened(folder):
    pixels = _read(folder, SAMPLES[1])
    assert pixels.dtype == np.uint8
    found = find_image_frame((pixels / 255).astype(np.float32))
    assert found is not None
    assert found.rotate_degrees == pytest.approx(-4.0, abs=0.2)  # it was tilted by 4 degrees
    assert 0.7 < found.share < 0.78


def test_an_unknown_sample_is_refused():
    with pytest.raises(KeyError):
        draw_sample("elbow")


def test_samples_are_not_written_into_a_missing_folder(tmp_path):
    with pytest.raises(OSError, match="missing"):
        write_samples(tmp_path / "missing")
