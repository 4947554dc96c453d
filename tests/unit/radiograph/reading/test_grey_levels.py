"""Stored values to grey, against hand-worked numbers and pydicom's own pipeline."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.pixels.processing import apply_modality_lut, apply_voi_lut, apply_windowing
from pydicom.sequence import Sequence

from densexplain.errors import NotFiniteError
from densexplain.radiograph.radiograph import DicomWindow
from densexplain.radiograph.reading.grey_levels import apply_dicom_window, to_display

DicomObject = Callable[..., Dataset]


def shown(stored: NDArray[np.generic], dataset: Dataset) -> tuple[NDArray[np.float32], DicomWindow | None, list[str]]:
    notes: list[str] = []
    pixels, window = to_display(stored, dataset, notes)
    assert pixels.dtype == np.float32
    assert pixels.shape == stored.shape
    assert 0 <= pixels.min() <= pixels.max() <= 1
    return pixels, window, notes


def table(first: int, entries: NDArray[np.integer], bits: int = 12) -> Sequence:
    item = Dataset()
    item.add_new(0x00283002, "SS" if first < 0 else "US", [len(entries) % 65536, first, bits])
    item.add_new(0x00283006, "OW", entries.astype("<u2").tobytes())
    return Sequence([item])


@pytest.mark.parametrize("bits", [8, 10, 12, 14, 16])
def test_without_a_window_the_stored_bits_are_the_range(dicom_object: DicomObject, bits: int) -> None:
    stored = np.array([[0, 1, 2 ** (bits - 1), 2**bits - 1]], np.uint16)
    pixels, window, notes = shown(stored, dicom_object(stored, BitsStored=bits))
    np.testing.assert_array_equal(pixels, (stored / (2**bits - 1)).astype(np.float32))
    assert (window, notes) == (None, [])


def test_signed_values_start_below_zero(dicom_object: DicomObject) -> None:
    stored = np.array([[-2048, -1, 0, 2047]], np.int16)
    pixels, _, _ = shown(stored, dicom_object(stored, BitsStored=12))
    np.testing.assert_allclose(pixels, [[0, 2047 / 4095, 2048 / 4095, 1]], rtol=1e-6)


def test_bytes_and_32_bit_values_are_read(dicom_object: DicomObject) -> None:
    for dtype in (np.uint8, np.uint32):
        stored = np.array([[0, 51, 255]], dtype)
        pixels, _, _ = shown(stored, dicom_object(stored, BitsStored=8))
        np.testing.assert_allclose(pixels, [[0, 0.2, 1]], rtol=1e-6)


def test_monochrome1_is_inverted(dicom_object: DicomObject) -> None:
    stored = np.array([[0, 51, 255]], np.uint8)
    pixels, _, notes = shown(stored, dicom_object(stored, PhotometricInterpretation="MONOCHROME1"))
    np.testing.assert_allclose(pixels, [[1, 0.8, 0]], rtol=1e-6)
    assert "MONOCHROME1" in notes[0]


def test_the_standards_example_of_a_linear_window() -> None:
    """PS3.3 C.11.2.1.2.1, note 2: centre 2048, width 4096 becomes x / 4095."""
    values = np.arange(4096.0)
    np.testing.assert_allclose(apply_dicom_window(values, DicomWindow(2048, 4096)), values / 4095, atol=1e-12)


def test_windows_worked_out_by_hand() -> None:
    values = np.array([-1.0, 0, 1, 2, 3])
    np.testing.assert_array_equal(apply_dicom_window(values, DicomWindow(1, 1)), [0, 0, 1, 1, 1])
    np.testing.assert_array_equal(apply_dicom_window(values, DicomWindow(1, 2, "LINEAR_EXACT")), [0, 0, 0.5, 1, 1])
    sigmoid = apply_dicom_window(values, DicomWindow(1, 4, "SIGMOID"))
    np.testing.assert_allclose(sigmoid, 1 / (1 + np.exp([2, 1, 0, -1, -2])), rtol=1e-12)


@pytest.mark.parametrize("function", ["LINEAR", "LINEAR_EXACT", "SIGMOID"])
@pytest.mark.parametrize(("centre", "width"), [(1000.0, 1500.0), (2047.5, 4096.0), (2000.0, 2.0), (5000.0, 3000.0)])
def test_windows_agree_with_pydicom(dicom_object: DicomObject, function: str, centre: float, width: float) -> None:
    stored = np.arange(4096, dtype=np.uint16).reshape(64, 64)
    dataset = dicom_object(stored, BitsStored=12, WindowCenter=centre, WindowWidth=width, VOILUTFunction=function)
    window = DicomWindow(centre, width, function)
    expected = apply_windowing(stored, dataset) / 4095
    np.testing.assert_allclose(apply_dicom_window(stored.astype(float), window), expected, atol=1e-9)
    if expected.min() < expected.max():
        pixels, used, _ = shown(stored, dataset)
        np.testing.assert_allclose(pixels, expected, atol=1e-6)
        assert used == window


def test_rescaling_comes_before_the_window_as_in_pydicom(dicom_object: DicomObject) -> None:
    stored = np.arange(-2048, 2048, dtype=np.int16).reshape(64, 64)
    dataset = dicom_object(
        stored, BitsStored=12, RescaleSlope=0.5, RescaleIntercept=-100, WindowCenter=40, WindowWidth=400
    )
    rescaled = apply_modality_lut(stored, dataset)
    expected = (apply_windowing(rescaled, dataset) + 1124) / (4095 * 0.5)
    np.testing.assert_allclose(shown(stored, dataset)[0], expected, atol=1e-6)


def test_a_falling_rescale_turns_the_image_round(dicom_object: DicomObject) -> None:
    stored = np.array([[0, 51, 255]], np.uint8)
    pixels, _, _ = shown(stored, dicom_object(stored, RescaleSlope=-1, RescaleIntercept=255))
    np.testing.assert_allclose(pixels, [[1, 0.8, 0]], rtol=1e-6)


def test_a_rescale_slope_of_zero_is_left_out(dicom_object: DicomObject) -> None:
    stored = np.array([[0, 51, 255]], np.uint8)
    pixels, _, notes = shown(stored, dicom_object(stored, RescaleSlope=0, RescaleIntercept=7))
    np.testing.assert_allclose(pixels, [[0, 0.2, 1]], rtol=1e-6)
    assert "slope is 0" in notes[0]


@pytest.mark.parametrize("first", [0, 1000])
def test_voi_and_modality_tables_agree_with_pydicom(dicom_object: DicomObject, first: int) -> None:
    """pydicom reads modality tables of 8 and 16 bits only."""
    stored = np.arange(4096, dtype=np.uint16).reshape(64, 64)
    entries = (np.linspace(0, 1, 3000) ** 2 * 4095).astype(np.uint16)
    dataset = dicom_object(stored, BitsStored=12, VOILUTSequence=table(first, entries))
    np.testing.assert_allclose(shown(stored, dataset)[0], apply_voi_lut(stored, dataset) / 4095, atol=1e-7)
    dataset = dicom_object(stored, BitsStored=12, ModalityLUTSequence=table(first, entries * 16, 16))
    np.testing.assert_allclose(shown(stored, dataset)[0], apply_modality_lut(stored, dataset) / 65535, atol=1e-7)


def test_a_table_after_a_rescale_starts_where_it_says(dicom_object: DicomObject) -> None:
    """Stored 0, 1, 2, 3 become -2, -1, 0, 1; a table from -1 gives 0, 0, 1, 3 of 3."""
    stored = np.array([[0, 1, 2, 3]], np.uint16)
    dataset = dicom_object(
        stored, RescaleSlope=1, RescaleIntercept=-2, VOILUTSequence=table(-1, np.array([0, 1, 3]), bits=2)
    )
    np.testing.assert_allclose(shown(stored, dataset)[0], [[0, 0, 1 / 3, 1]], rtol=1e-6)


def test_the_first_of_several_ways_to_view_is_taken_and_the_others_named(dicom_object: DicomObject) -> None:
    stored = np.arange(256, dtype=np.uint8).reshape(16, 16)
    several = dicom_object(stored, WindowCenter=[100, 50], WindowWidth=[100, 20])
    pixels, window, notes = shown(stored, several)
    assert window == DicomWindow(100, 100)
    np.testing.assert_allclose(pixels, np.clip((stored - 99.5) / 99 + 0.5, 0, 1), atol=1e-6)
    assert notes == ["The file offers 2 ways to view it; the first was applied (others, centre/width: 50/20)."]
    both = dicom_object(stored, WindowCenter=100, WindowWidth=100, VOILUTSequence=table(0, np.arange(256), 8))
    pixels, window, notes = shown(stored, both)
    assert window is None
    np.testing.assert_allclose(pixels, stored / 255, rtol=1e-6)
    assert "2 ways" in notes[0]
    assert "100/100" in notes[0]


def test_windows_that_make_no_sense_are_left_out(dicom_object: DicomObject) -> None:
    stored = np.arange(256, dtype=np.uint8).reshape(16, 16)
    for elements in (
        {"WindowCenter": 100, "WindowWidth": 0},
        {"WindowCenter": 100},
        {"WindowWidth": 100},
        {"WindowCenter": 100, "WindowWidth": 0, "VOILUTFunction": "SIGMOID"},
    ):
        pixels, window, notes = shown(stored, dicom_object(stored, **elements))
        np.testing.assert_allclose(pixels, stored / 255, rtol=1e-6)
        assert window is None
        assert "left out" in notes[0]


def test_an_unknown_window_function_is_taken_for_a_linear_one(dicom_object: DicomObject) -> None:
    stored = np.arange(256, dtype=np.uint8).reshape(16, 16)
    _, window, notes = shown(stored, dicom_object(stored, WindowCenter=9, WindowWidth=9, VOILUTFunction="BEST"))
    assert window == DicomWindow(9, 9, "LINEAR")
    assert "unknown window function" in notes[0]


def test_a_window_that_would_hide_everything_is_not_applied(dicom_object: DicomObject) -> None:
    stored = np.arange(256, dtype=np.uint8).reshape(16, 16)
    pixels, window, notes = shown(stored, dicom_object(stored, WindowCenter=5000, WindowWidth=10))
    np.testing.assert_allclose(pixels, stored / 255, rtol=1e-6)
    assert window is None
    assert "not applied" in notes[0]


@pytest.mark.parametrize("kind", ["MONOCHROME1", "MONOCHROME2"])
def test_padding_is_black_whatever_the_polarity(dicom_object: DicomObject, kind: str) -> None:
    stored = np.array([[10, 11, 12, 51, 255]], np.uint8)
    dataset = dicom_object(stored, PhotometricInterpretation=kind, PixelPaddingValue=10)
    pixels, _, notes = shown(stored, dataset)
    assert pixels[0, 0] == 0
    assert pixels[0, 1] > 0
    assert any("20.0 %" in note for note in notes)
    dataset.PixelPaddingRangeLimit = 12
    pixels, _, notes = shown(stored, dataset)
    np.testing.assert_array_equal(pixels[0, :3], 0)
    assert any("60.0 %" in note for note in notes)


def test_padding_that_no_pixel_has_is_not_noted(dicom_object: DicomObject) -> None:
    stored = np.array([[10, 111]], np.uint8)
    assert shown(stored, dicom_object(stored, PixelPaddingValue=9))[2] == []


def test_values_beyond_the_stored_bits_widen_the_range(dicom_object: DicomObject) -> None:
    stored = np.array([[0, 4095, 8190]], np.uint16)
    pixels, _, notes = shown(stored, dicom_object(stored, BitsStored=12))
    np.testing.assert_allclose(pixels, [[0, 0.5, 1]], rtol=1e-6)
    assert "12 bits" in notes[0]


def test_floats_fill_the_range_or_pass_the_window(dicom_object: DicomObject) -> None:
    stored = np.array([[-1.0, 0.0, 3.0]], np.float32)
    pixels, _, notes = shown(stored, dicom_object(stored))
    np.testing.assert_allclose(pixels, [[0, 0.25, 1]], rtol=1e-6)
    assert "fractions" in notes[0]
    windowed = dicom_object(stored, WindowCenter=0, WindowWidth=2, VOILUTFunction="LINEAR_EXACT")
    np.testing.assert_allclose(shown(stored, windowed)[0], [[0, 0.5, 1]], rtol=1e-6)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_floats_that_are_no_numbers_are_refused(dicom_object: DicomObject, value: float) -> None:
    stored = np.array([[0.0, 1.0, value]], np.float32)
    with pytest.raises(NotFiniteError):
        to_display(stored, dicom_object(stored), [])


def test_every_row_of_a_tall_image_is_looked_up(dicom_object: DicomObject) -> None:
    stored = np.arange(70_000, dtype=np.uint32).reshape(700, 100) * np.uint32(10)
    pixels, _, _ = shown(stored.astype(np.uint16), dicom_object(stored.astype(np.uint16)))
    np.testing.assert_allclose(pixels, stored.astype(np.uint16) / 65535, rtol=1e-6)
    pixels, _, _ = shown(stored, dicom_object(stored, BitsStored=20))
    np.testing.assert_allclose(pixels, stored / (2**20 - 1), rtol=1e-6)
