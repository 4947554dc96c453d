"""A phantom written as DICOM is read back as it was, names nobody, and is the same on every call."""

import warnings
from itertools import product

import numpy as np
import pydicom
import pytest
from pydicom import config

from densexplain.errors import OptionError, ShapeError
from densexplain.phantom.dicom_file import write_dx
from densexplain.radiograph.reading.reading import read_radiograph
from densexplain.vocabulary import ExtremityType, FileFormat, Projection

WRIST = (ExtremityType.WRIST, Projection.FRONTAL, "R")
RAMP = np.linspace(0.0, 1.0, 48 * 40).reshape(48, 40)
COMMENT = "Digital phantom: computed, no patient was imaged."


@pytest.fixture
def strict(monkeypatch):
    """Makes pydicom refuse every value that the standard does."""
    monkeypatch.setattr(config.settings, "writing_validation_mode", config.RAISE)
    monkeypatch.setattr(config.settings, "reading_validation_mode", config.RAISE)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


@pytest.fixture
def write(tmp_path):
    """Function that writes a file and gives its bytes."""

    def written(*arguments, **options):
        write_dx(tmp_path / "phantom.dcm", *arguments, **options)
        return (tmp_path / "phantom.dcm").read_bytes()

    return written


@pytest.mark.parametrize("photometric", ["MONOCHROME2", "MONOCHROME1"])
@pytest.mark.parametrize("bits", [8, 12, 16])
def test_the_reader_sees_what_was_written(write, photometric, bits):
    data = write(RAMP, *WRIST, 7, 0.15, photometric=photometric, bits_stored=bits)
    radiograph = read_radiograph(data, "phantom.dcm")
    half_a_level = 0.5 / (2**bits - 1)
    np.testing.assert_allclose(radiograph.pixels, RAMP, rtol=0, atol=half_a_level + 1e-6)
    assert radiograph.format is FileFormat.DICOM
    assert any("MONOCHROME1" in note for note in radiograph.notes) is (photometric == "MONOCHROME1")


def test_the_reader_is_told_how_it_was_made_and_finds_nothing_amiss(write):
    radiograph = read_radiograph(write(RAMP, *WRIST, 7, 0.15))
    made = radiograph.acquisition
    assert (made.modality, made.body_part, made.projection, made.laterality) == ("DX", "WRIST", "PA", "R")
    assert made.pixel_spacing_mm == (0.15, 0.15)
    assert made.bits == 12
    assert made.window is not None
    assert (made.window.centre, made.window.width) == (2048.0, 4096.0)
    assert radiograph.notes == ("The pixel spacing is that at the detector.",)  # and nothing else


@pytest.mark.usefixtures("strict")
@pytest.mark.parametrize(("extremity", "projection"), list(product(ExtremityType, Projection)))
def test_pydicom_finds_every_value_valid(write, tmp_path, extremity, projection):
    write(RAMP, extremity, projection, "L", 7, 0.15)
    dataset = pydicom.dcmread(tmp_path / "phantom.dcm")
    for element in dataset.iterall():  # read when looked at
        assert element.VR
    assert dataset.SOPClassUID.name == "Digital X-Ray Image Storage - For Presentation"
    assert dataset.BodyPartExamined == extremity.value.upper()
    assert dataset.AnatomicRegionSequence[0].CodingSchemeDesignator == "SCT"
    assert len(dataset.ViewCodeSequence) == 1
    assert dataset.file_meta.MediaStorageSOPInstanceUID == dataset.SOPInstanceUID


@pytest.mark.parametrize(
    ("extremity", "projection", "side", "orientation", "view"),
    [
        ("hand", "frontal", "R", ["L", "H"], "PA"),
        ("hand", "frontal", "L", ["L", "H"], "PA"),
        ("elbow", "frontal", "R", ["L", "F"], "AP"),
        ("wrist", "lateral", "R", ["P", "H"], "LATERAL"),
        ("elbow", "lateral", "L", ["A", "F"], "LATERAL"),
        ("finger", "oblique", "L", ["L", "H"], "OBLIQUE"),
    ],
)
def test_the_way_it_lies_is_stated(write, tmp_path, extremity, projection, side, orientation, view):
    write(RAMP, ExtremityType(extremity), Projection(projection), side, 1, 0.2)
    dataset = pydicom.dcmread(tmp_path / "phantom.dcm")
    assert list(dataset.PatientOrientation) == orientation
    assert (dataset.ViewPosition, dataset.ImageLaterality) == (view, side)


def test_it_names_a_phantom_and_no_time(write, tmp_path):
    write(RAMP, *WRIST, 23, 0.15)
    dataset = pydicom.dcmread(tmp_path / "phantom.dcm")
    assert (dataset.PatientName, dataset.PatientID) == ("Phantom^0023", "phantom-0023")
    assert dataset.ImageComments == COMMENT
    assert dataset.QualityControlImage == "YES"
    assert not [element.keyword for element in dataset if element.VR in ("DA", "TM", "DT") and element.value]


def test_the_same_call_writes_the_same_bytes(write):
    assert write(RAMP, *WRIST, 7, 0.15) == write(RAMP, *WRIST, 7, 0.15)


def test_images_of_a_patient_share_its_study_and_no_instance(write, tmp_path):
    def uids(*arguments):
        write(*arguments, 0.15)
        dataset = pydicom.dcmread(tmp_path / "phantom.dcm")
        return dataset.StudyInstanceUID, dataset.SeriesInstanceUID, dataset.SOPInstanceUID

    first = uids(RAMP, *WRIST, 7)
    altered = uids(RAMP[::-1], *WRIST, 7)
    lateral = uids(RAMP, ExtremityType.WRIST, Projection.LATERAL, "R", 7)
    other = uids(RAMP, *WRIST, 8)
    assert first[:2] == altered[:2]
    assert first[0] == lateral[0]
    assert first[1] != lateral[1]
    assert len({first[2], altered[2], lateral[2], other[2]}) == 4
    assert not set(first) & set(other)


def test_pixels_of_another_shape_are_refused(write):
    with pytest.raises(ShapeError, match=r"received \(2, 48, 40\)"):
        write(np.stack([RAMP, RAMP]), *WRIST, 7, 0.15)


@pytest.mark.parametrize(
    ("pixels", "side", "seed", "pitch", "options", "words"),
    [
        (RAMP * 1.01, "R", 7, 0.15, {}, "in [0, 1]"),
        (np.where(RAMP > 0.9, np.nan, RAMP), "R", 7, 0.15, {}, "in [0, 1]"),
        (RAMP, "B", 7, 0.15, {}, "L or R"),
        (RAMP, "R", -1, 0.15, {}, "`seed`"),
        (RAMP, "R", 7, 0.0, {}, "`pitch_mm`"),
        (RAMP, "R", 7, 0.15, {"photometric": "RGB"}, "MONOCHROME1 or"),
        (RAMP, "R", 7, 0.15, {"bits_stored": 7}, "8 to 16"),
    ],
)
def test_options_outside_their_range_are_refused(tmp_path, pixels, side, seed, pitch, options, words):
    with pytest.raises(OptionError) as refusal:
        write_dx(
            tmp_path / "phantom.dcm", pixels, ExtremityType.WRIST, Projection.FRONTAL, side, seed, pitch, **options
        )
    assert words in str(refusal.value)
    assert not list(tmp_path.iterdir())
