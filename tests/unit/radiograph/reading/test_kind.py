"""What is no radiograph is said, and its label withheld."""

from collections.abc import Callable

import numpy as np
import pytest
from pydicom import uid

from densexplain.radiograph.reading.dicom import decode_dicom

MakeDicom = Callable[..., bytes]


@pytest.mark.parametrize(
    ("elements", "kind"),
    [
        ({"Modality": "CT"}, "a CT image"),
        ({"Modality": "MR"}, "an MR image"),
        ({"Modality": "US"}, "an ultrasound image"),
        ({"Modality": "PT"}, "a PET image"),
        ({"Modality": None, "SOPClassUID": uid.CTImageStorage}, "a CT image"),
        ({"Modality": "DX", "ImageType": ["ORIGINAL", "PRIMARY", "LOCALIZER"]}, "a localiser"),
        ({"Modality": "XC"}, "a photograph"),
        ({"Modality": "DX"}, None),
        ({"Modality": "CR"}, None),
        ({"Modality": "RF", "ImageType": "DERIVED"}, None),
        ({"Modality": None}, None),
    ],
)
def test_the_header_says_what_it_is(
    make_dicom: MakeDicom, ramp: np.ndarray, elements: dict[str, object], kind: str | None
) -> None:
    image = decode_dicom(make_dicom(ramp, BitsStored=12, **elements), None)
    assert image.acquisition.other_kind == kind
    assert any("no radiograph" in note for note in image.notes) == (kind is not None)


def test_a_secondary_capture_is_said_and_keeps_its_label(make_dicom: MakeDicom, ramp: np.ndarray) -> None:
    image = decode_dicom(make_dicom(ramp, BitsStored=12, SOPClassUID=uid.SecondaryCaptureImageStorage), None)
    assert image.acquisition.other_kind is None
    assert "secondary capture" in image.notes[0]
