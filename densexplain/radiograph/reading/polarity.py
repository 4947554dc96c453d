"""Whether a file shows dense tissue bright or dark.

The network was trained on radiographs in which dense is bright. What a file
shows is another matter: its photometric interpretation says which end of the
values is shown white, and where it states the relation of values to X-ray
intensity, that says at which end dense tissue lies.

References
----------
DICOM PS3.3 C.7.6.3.1.2 (Photometric Interpretation), C.8.11.3.1.2 (Pixel
Intensity Relationship), C.11.6 (Presentation LUT Shape).
"""

from __future__ import annotations

from pydicom.dataset import Dataset

from densexplain.radiograph.reading.dicom_values import code, number


def dense_is_low(dataset: Dataset) -> bool:
    """Whether dense tissue has the low values of a monochrome image, which are then inverted."""
    sign = _sign(dataset)
    return _low_is_white(dataset) if sign is None else sign > 0


def note_polarity(dataset: Dataset, notes: list[str]) -> None:
    """Say of a monochrome image what was inverted, and where its header contradicts itself.

    Parameters
    ----------
    dataset
        Header of the file.
    notes
        Sentences are added here.
    """
    _note_shape(dataset, _low_is_white(dataset), notes)
    if code(dataset, "PresentationIntentType") == "FOR PROCESSING":
        notes.append(
            "The file holds an image for processing, which no viewer is meant to show as it is: its contrast is not "
            "that of a finished radiograph."
        )
    if dense_is_low(dataset) != _low_is_white(dataset):
        course = "grow" if dense_is_low(dataset) else "fall"
        notes.append(
            f"The file shows dense tissue dark: it states that its values {course} with X-ray intensity. It was "
            "inverted, so that dense is bright here."
        )
    elif dense_is_low(dataset):
        notes.append("The file stores dense as dark (MONOCHROME1); it was inverted.")


def _sign(dataset: Dataset) -> float | None:
    """1: values grow with the X-rays that arrive, so dense tissue has the low ones; -1: the reverse."""
    sign = number(dataset, "PixelIntensityRelationshipSign")
    return sign if sign in (1.0, -1.0) else None


def _low_is_white(dataset: Dataset) -> bool:
    return str(dataset.get("PhotometricInterpretation", "")).strip() == "MONOCHROME1"


def _note_shape(dataset: Dataset, low_is_white: bool, notes: list[str]) -> None:
    shape = code(dataset, "PresentationLUTShape")
    expected = "INVERSE" if low_is_white else "IDENTITY"
    if shape in ("INVERSE", "IDENTITY") and shape != expected:
        kind = "MONOCHROME1" if low_is_white else "MONOCHROME2"
        notes.append(
            f"The file contradicts itself: {kind} with the presentation LUT shape {shape}. It is shown by the first."
        )
