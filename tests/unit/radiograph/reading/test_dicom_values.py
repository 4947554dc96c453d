"""Header values: plain, checked, and never a patient's."""

from __future__ import annotations

import pytest
from pydicom import config
from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset
from pydicom.tag import Tag

from densexplain.radiograph.radiograph import Acquisition
from densexplain.radiograph.reading.dicom_values import code, number, numbers, read_acquisition


def raw(tag: int, vr: str, value: bytes) -> Dataset:
    """A data set as the parser leaves it: the value not yet looked at."""
    dataset = Dataset()
    dataset[Tag(tag)] = RawDataElement(Tag(tag), vr, len(value), value, 0, False, True)
    return dataset


@pytest.fixture(autouse=True)
def tolerant(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(config.settings, "reading_validation_mode", config.IGNORE)


def test_numbers_are_read_one_by_one() -> None:
    dataset = Dataset()
    dataset.WindowCenter = ["1.5", "2"]
    assert numbers(dataset, "WindowCenter") == [1.5, 2.0]
    assert number(dataset, "WindowCenter") == 1.5
    assert numbers(dataset, "WindowWidth") == []
    assert number(dataset, "WindowWidth") is None


@pytest.mark.parametrize("value", [b"abc", b"NaN ", b"inf ", b"1\\x ", b"", b"   "])
def test_what_is_no_number_is_none(value: bytes) -> None:
    assert number(raw(0x00281050, "DS", value), "WindowCenter") is None


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b"KNEE", "KNEE"),
        (b" knee ", "KNEE"),
        (b"L_SPINE 2", "L_SPINE 2"),
        (b"KNEE\\HAND ", "KNEE"),
        (b"Doe^Jane", None),
        (b"<b>KNEE</b>", None),
        (b"SEVENTEEN LETTERS", None),
        (b"", None),
    ],
)
def test_only_code_strings_pass_as_text(value: bytes, expected: str | None) -> None:
    assert code(raw(0x00180015, "CS", value), "BodyPartExamined") == expected


def test_an_acquisition_holds_what_a_reader_needs_and_no_more() -> None:
    dataset = Dataset()
    dataset.PatientName = "Doe^Jane"
    dataset.Modality, dataset.BodyPartExamined, dataset.ViewPosition = "CR", "HAND", "PA"
    dataset.Laterality, dataset.ImageLaterality = "L", "R"
    dataset.PixelSpacing = [0.15, 0.2]
    notes: list[str] = []
    acquisition = read_acquisition(dataset, bits=12, transfer_syntax="RLE Lossless", window=None, notes=notes)
    assert acquisition == Acquisition("CR", "HAND", "PA", "R", (0.15, 0.2), 12, "RLE Lossless", None)
    assert notes == []


@pytest.mark.parametrize(
    ("keyword", "word"), [("ImagerPixelSpacing", "detector"), ("NominalScannedPixelSpacing", "scanner")]
)
def test_another_kind_of_spacing_is_noted(keyword: str, word: str) -> None:
    dataset = Dataset()
    setattr(dataset, keyword, [0.1, 0.1])
    notes: list[str] = []
    acquisition = read_acquisition(dataset, bits=8, transfer_syntax="", window=None, notes=notes)
    assert acquisition.pixel_spacing_mm == (0.1, 0.1)
    assert word in notes[0]


def test_senseless_spacing_and_laterality_are_none() -> None:
    dataset = Dataset()
    dataset.PixelSpacing, dataset.Laterality = [0, 0.1], "X"
    acquisition = read_acquisition(dataset, bits=8, transfer_syntax="", window=None, notes=[])
    assert (acquisition.pixel_spacing_mm, acquisition.laterality) == (None, None)
