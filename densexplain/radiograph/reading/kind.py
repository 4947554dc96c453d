"""What a file shows, where it is no radiograph: networks for radiographs have nothing to say of it.

References
----------
DICOM PS3.3 C.7.3.1.1.1 (Modality), PS3.4 B.5 (SOP classes), PS3.3 C.7.6.1.1.2 (Image Type).
"""

from __future__ import annotations

from pydicom import uid
from pydicom.dataset import Dataset

from densexplain.radiograph.reading.dicom_values import code

_MODALITIES = {
    "CT": "a CT image",
    "MR": "an MR image",
    "PT": "a PET image",
    "NM": "a nuclear medicine image",
    **dict.fromkeys(("US", "IVUS"), "an ultrasound image"),
    **dict.fromkeys(("OCT", "OPT", "IVOCT"), "an optical tomogram"),
    **dict.fromkeys(("XC", "OP", "DMS"), "a photograph"),
    **dict.fromkeys(("GM", "SM"), "a microscopic image"),
    "ES": "an endoscopic image",
    "DOC": "a document",
    "ECG": "an ECG",
    **dict.fromkeys(("RTDOSE", "RTPLAN", "RTSTRUCT", "RTRECORD"), "an object of a radiotherapy plan"),
    **dict.fromkeys(("SEG", "REG", "PR", "KO", "SR"), "an object that belongs to images, and none itself"),
}
_CLASSES = {
    **dict.fromkeys((uid.CTImageStorage, uid.EnhancedCTImageStorage), "a CT image"),
    **dict.fromkeys((uid.MRImageStorage, uid.EnhancedMRImageStorage), "an MR image"),
    **dict.fromkeys((uid.UltrasoundImageStorage, uid.UltrasoundMultiFrameImageStorage), "an ultrasound image"),
    uid.PositronEmissionTomographyImageStorage: "a PET image",
    uid.NuclearMedicineImageStorage: "a nuclear medicine image",
}
_CAPTURES = (
    uid.SecondaryCaptureImageStorage,
    uid.MultiFrameGrayscaleByteSecondaryCaptureImageStorage,
    uid.MultiFrameGrayscaleWordSecondaryCaptureImageStorage,
    uid.MultiFrameTrueColorSecondaryCaptureImageStorage,
)
_LOCALISER = "a localiser"


def read_kind(dataset: Dataset, notes: list[str]) -> str | None:
    """Say what the file shows where it is no radiograph.

    Parameters
    ----------
    dataset
        Header of the file.
    notes
        A sentence is added here for that, and for a secondary capture, which may
        be a copy of anything.

    Returns
    -------
    str or None
        With its article, such as ``a CT image``; None for a radiograph, and where the header does not say.
    """
    sop_class = uid.UID(str(dataset.get("SOPClassUID", "")))
    kind = _MODALITIES.get(code(dataset, "Modality") or "") or _CLASSES.get(sop_class)
    if kind is None and _is_localiser(dataset):
        kind = _LOCALISER
    if kind is not None:
        notes.append(f"The file is {kind}, no radiograph.")
    elif sop_class in _CAPTURES:
        notes.append(
            "The file is a secondary capture: perhaps a scan or a copy of a screen, not the radiograph itself."
        )
    return kind


def _is_localiser(dataset: Dataset) -> bool:
    try:
        return "LOCALIZER" in [str(part).strip().upper() for part in dataset.get("ImageType") or ()]
    except (TypeError, ValueError, AttributeError):
        return False
