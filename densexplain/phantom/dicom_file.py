"""Phantom radiographs as DICOM objects, as a digital X-ray unit would send them."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydicom import dcmwrite, uid
from pydicom.dataset import Dataset, FileMetaDataset

from densexplain.errors import OptionError, ShapeError
from densexplain.files import write_atomically
from densexplain.vocabulary import ExtremityType, Projection

Laterality = Literal["L", "R"]
Photometric = Literal["MONOCHROME1", "MONOCHROME2"]

_MANUFACTURER = "densexplain phantom"
_COMMENT = "Digital phantom: computed, no patient was imaged."
_BITS = (8, 16)


@dataclass(frozen=True)
class _Technique:
    """Anatomic region (SNOMED CT), usual frontal view, which end is at the bottom, tube voltage and charge."""

    code: str
    meaning: str
    frontal: str
    bottom: str
    kilovolts: int
    milliampere_seconds: int


# Regions: DICOM PS3.16 CID 4009. Fingers point up and are seen from behind; the shoulder is up and is seen from the
# front. Voltage and charge are usual ones for an adult without a grid (shoulder: with).
_TECHNIQUES = {
    ExtremityType.ELBOW: _Technique("16953009", "Elbow joint", "AP", "F", 57, 4),
    ExtremityType.FINGER: _Technique("7569003", "Finger", "PA", "H", 48, 2),
    ExtremityType.FOREARM: _Technique("14975008", "Forearm", "AP", "F", 55, 3),
    ExtremityType.HAND: _Technique("85562004", "Hand", "PA", "H", 50, 2),
    ExtremityType.HUMERUS: _Technique("85050009", "Humerus", "AP", "F", 65, 6),
    ExtremityType.SHOULDER: _Technique("16982005", "Shoulder", "AP", "F", 70, 10),
    ExtremityType.WRIST: _Technique("74670003", "Wrist joint", "PA", "H", 52, 3),
}

# DICOM PS3.16 CID 4010.
_VIEWS = {
    "AP": ("399348003", "antero-posterior"),
    "PA": ("272479007", "postero-anterior"),
    "LATERAL": ("399067008", "lateral"),
    "OBLIQUE": ("399182000", "oblique"),
}


def write_dx(
    path: Path,
    pixels: NDArray[np.float64],
    extremity: ExtremityType,
    projection: Projection,
    laterality: Laterality,
    seed: int,
    pitch_mm: float,
    photometric: Photometric = "MONOCHROME2",
    bits_stored: int = 12,
) -> None:
    """Write a Digital X-Ray Image - For Presentation; the same call writes the same bytes.

    One seed is one phantom patient with one study, one extremity in one
    projection a series; the pixels name the image, so that two images never
    share a UID. Nothing names a person, a place or a time.

    Parameters
    ----------
    path
        File to write; replaced if it is there.
    pixels
        Shape (rows, columns), float64 in [0, 1], bright = dense.
    extremity, projection
        What is seen. Fingers point up, seen from the back of the hand; of other
        extremities the shoulder's end is up, seen from the front. In a lateral
        radiograph the front of a right limb lies on the left.
    laterality
        Side of the body.
    seed
        Seed of the phantom, >= 0.
    pitch_mm
        Edge of a pixel at the detector.
    photometric
        ``"MONOCHROME1"`` stores dense as dark; it is shown the same.
    bits_stored
        Bits of each pixel, 8 to 16.

    Raises
    ------
    ShapeError
        If `pixels` has no two dimensions.
    OptionError
        If a pixel lies outside [0, 1], or an option outside its set or range.
    OSError
        If the file cannot be written.

    References
    ----------
    DICOM PS3.3 A.26 (the object) and C.8.11 (its modules).
    """
    _check(pixels, laterality, seed, pitch_mm, photometric, bits_stored)
    most = 2**bits_stored - 1
    stored = np.round(pixels * most).astype("<u2")
    if photometric == "MONOCHROME1":
        stored = (most - stored).astype("<u2")
    dataset = Dataset()
    _identify(dataset, extremity, projection, laterality, seed, stored)
    _place(dataset, extremity, projection, laterality)
    _describe_pixels(dataset, stored, photometric, bits_stored, pitch_mm)
    target = io.BytesIO()
    dcmwrite(target, dataset, enforce_file_format=True)
    write_atomically(path, target.getvalue())


def _check(
    pixels: NDArray[np.float64], laterality: str, seed: int, pitch_mm: float, photometric: str, bits_stored: int
) -> None:
    if pixels.ndim != 2 or not pixels.size:
        raise ShapeError(f"`pixels` must have shape (rows, columns); received {pixels.shape}")
    if not (pixels.min() >= 0.0 and pixels.max() <= 1.0):  # NaN is neither
        raise OptionError(f"`pixels` must lie in [0, 1]; received {pixels.min()} to {pixels.max()}")
    if laterality not in ("L", "R"):
        raise OptionError(f"`laterality` must be L or R; received {laterality!r}")
    if photometric not in ("MONOCHROME1", "MONOCHROME2"):
        raise OptionError(f"`photometric` must be MONOCHROME1 or MONOCHROME2; received {photometric!r}")
    if not _BITS[0] <= bits_stored <= _BITS[1]:
        raise OptionError(f"`bits_stored` must be {_BITS[0]} to {_BITS[1]}; received {bits_stored}")
    if seed < 0 or not 0.0 < pitch_mm < np.inf:
        raise OptionError(f"`seed` must be >= 0 and `pitch_mm` above 0; received {seed} and {pitch_mm}")


def _identify(
    dataset: Dataset,
    extremity: ExtremityType,
    projection: Projection,
    laterality: str,
    seed: int,
    stored: NDArray[np.uint16],
) -> None:
    """Patient, study, series, equipment and instance."""
    patient = str(seed)
    series = [patient, extremity.value, projection.value, laterality]
    digest = hashlib.sha256(stored.tobytes() + str(stored.shape).encode()).hexdigest()
    dataset.SOPClassUID = uid.DigitalXRayImageStorageForPresentation
    dataset.SOPInstanceUID = _unique("image", *series, digest)
    dataset.StudyInstanceUID = _unique("study", patient)
    dataset.SeriesInstanceUID = _unique("series", *series)
    dataset.PatientName = f"Phantom^{seed:04d}"
    dataset.PatientID = f"phantom-{seed:04d}"
    dataset.StudyID, dataset.SeriesNumber, dataset.InstanceNumber = "1", 1, 1
    # Required elements that may be empty, and that would speak of a person, a place or a time.
    for keyword in (
        "PatientBirthDate", "PatientSex", "StudyDate", "StudyTime", "AccessionNumber", "ReferringPhysicianName",
        "DetectorType",
    ):  # fmt: skip
        setattr(dataset, keyword, "")
    dataset.AcquisitionContextSequence = []
    dataset.Modality = "DX"
    dataset.PresentationIntentType = "FOR PRESENTATION"
    dataset.Manufacturer = _MANUFACTURER
    dataset.ImageComments = _COMMENT
    dataset.QualityControlImage = "YES"  # the standard's word for an image of a phantom
    # Named here, since pydicom would name its own version, and the bytes would change with it.
    meta = FileMetaDataset()
    meta.TransferSyntaxUID = uid.ExplicitVRLittleEndian
    meta.ImplementationClassUID = _unique("implementation")
    meta.ImplementationVersionName = "DENSEXPLAIN"
    dataset.file_meta = meta


def _place(dataset: Dataset, extremity: ExtremityType, projection: Projection, laterality: str) -> None:
    """Anatomy, positioning and exposure."""
    technique = _TECHNIQUES[extremity]
    view = technique.frontal if projection is Projection.FRONTAL else projection.value.upper()
    dataset.BodyPartExamined = extremity.value.upper()
    dataset.AnatomicRegionSequence = [_code(technique.code, technique.meaning)]
    dataset.ImageLaterality = laterality
    dataset.ViewPosition = view
    dataset.ViewCodeSequence = [_code(*_VIEWS[view])]
    right = "L"
    if projection is Projection.LATERAL:
        right = "P" if laterality == "R" else "A"
    dataset.PatientOrientation = [right, technique.bottom]
    dataset.KVP = technique.kilovolts
    dataset.Exposure = technique.milliampere_seconds


def _describe_pixels(
    dataset: Dataset, stored: NDArray[np.uint16], photometric: str, bits_stored: int, pitch_mm: float
) -> None:
    """Image, detector and window."""
    inverse = photometric == "MONOCHROME1"
    dataset.ImageType = ["DERIVED", "PRIMARY"]
    dataset.DerivationDescription = _COMMENT
    dataset.Rows, dataset.Columns = stored.shape
    dataset.SamplesPerPixel = 1
    dataset.PhotometricInterpretation = photometric
    dataset.PresentationLUTShape = "INVERSE" if inverse else "IDENTITY"
    dataset.PixelIntensityRelationship = "LOG"
    dataset.PixelIntensityRelationshipSign = 1 if inverse else -1  # -1: a greater value is less light
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit = 16, bits_stored, bits_stored - 1
    dataset.PixelRepresentation = 0
    dataset.RescaleIntercept, dataset.RescaleSlope, dataset.RescaleType = 0, 1, "US"
    dataset.WindowCenter, dataset.WindowWidth = 2 ** (bits_stored - 1), 2**bits_stored  # shows every value as it is
    dataset.ImagerPixelSpacing = [round(pitch_mm, 6)] * 2
    dataset.LossyImageCompression = "00"
    dataset.BurnedInAnnotation = "NO"
    dataset.PixelData = stored.tobytes()
    dataset["PixelData"].VR = "OW"


def _code(value: str, meaning: str) -> Dataset:
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = value, "SCT", meaning
    return item


def _unique(*sources: str) -> uid.UID:
    return uid.generate_uid(entropy_srcs=[_MANUFACTURER, *("/" + source for source in sources)])
