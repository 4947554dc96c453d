"""Whose radiograph a file is: read when asked, whatever the header holds, and never by accident."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image
from pydicom import uid

from densexplain.errors import DamagedFileError, UnknownFormatError, UnsupportedEncodingError
from densexplain.radiograph.reading.patient_identity import PatientIdentity, identity_of_dicom, read_patient_identity
from densexplain.radiograph.reading.reading import read_radiograph

STATED = {
    "PatientName": "Doe^Jane^Q^Dr^PhD",
    "PatientID": "4711",
    "PatientBirthDate": "19560309",
    "StudyDate": "20261127",
    "AccessionNumber": "A-12",
}


def test_all_of_it_is_read_in_the_guarded_process(make_dicom, ramp):
    found = read_patient_identity(make_dicom(ramp, **STATED), "x.dcm")
    assert found == PatientIdentity("Doe, Jane Q, Dr, PhD", "4711", "1956-03-09", "2026-11-27", "A-12")
    assert found.known


def test_it_says_nothing_of_itself(make_dicom, ramp):
    found = identity_of_dicom(make_dicom(ramp, **STATED))
    assert repr(found) == str(found) == "PatientIdentity()"


def test_a_radiograph_that_is_read_knows_nobody(make_dicom, ramp):
    radiograph = read_radiograph(make_dicom(ramp, **STATED), "x.dcm")
    held = f"{vars(radiograph)} {radiograph!r}"
    assert [value for value in ("Doe", "Jane", "4711", "1956", "20261127", "A-12") if value in held] == []


def test_missing_and_empty_values_are_none(make_dicom, ramp):
    nothing = dict.fromkeys(("PatientName", "PatientID"))
    assert not identity_of_dicom(make_dicom(ramp, **nothing)).known
    empty = dict.fromkeys(STATED, "")
    assert identity_of_dicom(make_dicom(ramp, **empty)) == PatientIdentity()
    assert identity_of_dicom(make_dicom(ramp, **{**STATED, "PatientName": "^^^^", "PatientID": "  "})).name is None


@pytest.mark.parametrize(
    ("character_set", "written", "expected"),
    [
        ("ISO_IR 192", "Müller^Åsa", "Müller, Åsa"),
        ("ISO_IR 100", "Müller^Åsa", "Müller, Åsa"),
        ("ISO_IR 144", "Люксембург^Роза", "Люксембург, Роза"),
        ("ISO_IR 192", "Yamada^Tarou=山田^太郎=やまだ^たろう", "Yamada, Tarou"),
        ("ISO_IR 192", "=山田^太郎=やまだ^たろう", "山田, 太郎"),
        (["", "ISO 2022 IR 87"], "Yamada^Tarou=山田^太郎", "Yamada, Tarou"),
        ("ISO_IR 192", "Doe", "Doe"),
        ("ISO_IR 192", "^Jane", "Jane"),
        ("ISO_IR 192", "a^b^c^d^e^f^g", "a, b c, d, e"),
    ],
)
def test_person_names(make_dicom, ramp, character_set, written, expected):
    data = make_dicom(ramp, SpecificCharacterSet=character_set, PatientName=written)
    assert identity_of_dicom(data).name == expected


def test_a_character_set_that_nobody_knows_hides_no_other_value(make_dicom, ramp):
    data = make_dicom(ramp, **STATED).replace(b"Doe^Jane", b"D\xff\xfe^Jan\xe9")
    found = identity_of_dicom(data)
    assert (found.patient_id, found.birth_date) == ("4711", "1956-03-09")


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_hostile_values_are_cut_and_cleaned(make_dicom, ramp):
    data = make_dicom(ramp, PatientName="x" * 5000, PatientID="a\nb\x1b[31m" + "y" * 900, AccessionNumber="z\\w")
    found = identity_of_dicom(data)
    assert len(found.name) == len(found.patient_id) == 64
    assert found.name.endswith("\N{HORIZONTAL ELLIPSIS}")
    assert found.patient_id.startswith("a b [31my")
    assert found.accession_number == "z"


@pytest.mark.parametrize(
    ("written", "expected"),
    [("1956.03.09", "1956-03-09"), ("19561399", None), ("unknown", None), ("195603", None)],
)
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_dates(make_dicom, ramp, written, expected):
    found = identity_of_dicom(make_dicom(ramp, PatientBirthDate=written))
    assert found.birth_date == expected
    assert found.unreadable == (set() if expected else {"birth_date"})
    assert found.known


def test_png_names_nobody_and_text_is_refused():
    target = io.BytesIO()
    Image.fromarray(np.eye(40, dtype=np.uint8)).save(target, "PNG")
    assert read_patient_identity(target.getvalue()) == PatientIdentity()
    with pytest.raises(UnknownFormatError):
        read_patient_identity(b"Doe^Jane")


def test_what_must_not_be_parsed_is_not(make_dicom, ramp):
    data = make_dicom(ramp, syntax=uid.DeflatedExplicitVRLittleEndian)
    with pytest.raises(UnsupportedEncodingError):
        read_patient_identity(data)


def test_a_header_that_breaks_off_is_read_or_refused_without_a_word_of_it(make_dicom, ramp):
    data, refusals, found = make_dicom(ramp, **STATED), [], []
    for end in range(140, len(data) - ramp.nbytes, 7):
        try:
            found.append(identity_of_dicom(data[:end]))
        except (DamagedFileError, UnsupportedEncodingError) as refusal:
            refusals.append(str(refusal))
    assert PatientIdentity() in found
    assert len({one.patient_id for one in found}) > 1
    assert [words for words in refusals if "Doe" in words or "4711" in words] == []
