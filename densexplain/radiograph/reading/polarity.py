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

from dataclasses import dataclass

from pydicom.dataset import Dataset

from densexplain.radiograph.reading.dicom_values import code, number

FOR_PROCESSING = "FOR PROCESSING"


@dataclass(frozen=True)
class Polarity:
    """What happens to the grey levels.

    Parameters
    ----------
    inverted
        Whether dense is made bright by inverting the values.
    shown_dark
        Whether the file itself shows dense dark.
    """

    inverted: bool
    shown_dark: bool


def read_polarity(dataset: Dataset, notes: list[str]) -> Polarity:
    """Read it of a monochrome image.

    Parameters
    ----------
    dataset
        Header of the file.
    notes
        Sentences on what was inverted, and on contradictions, are added here.
    """
    low_is_white = str(dataset.get("PhotometricInterpretation", "")).strip() == "MONOCHROME1"
    _note_shape(dataset, low_is_white, notes)
    sign = number(dataset, "PixelIntensityRelationshipSign")
    if code(dataset, "PresentationIntentType") == FOR_PROCESSING:
        notes.append(
            "The file holds an image for processing, which no viewer is meant to show as it is: its contrast is not "
            "that of a finished radiograph."
        )
    # +1: values grow with the X-rays that arrive, so dense tissue has the low ones.
    dense_is_low = low_is_white if sign not in (1.0, -1.0) else sign == 1.0
    shown_dark = dense_is_low != low_is_white
    if shown_dark:
        notes.append(
            "The file shows dense tissue dark: it states that its values "
            f"{'grow' if sign == 1 else 'fall'} with X-ray intensity. It was inverted, so that dense is bright here."
        )
    elif dense_is_low:
        notes.append("The file stores dense as dark (MONOCHROME1); it was inverted.")
    return Polarity(dense_is_low, shown_dark)


def _note_shape(dataset: Dataset, low_is_white: bool, notes: list[str]) -> None:
    shape = code(dataset, "PresentationLUTShape")
    expected = "INVERSE" if low_is_white else "IDENTITY"
    if shape in ("INVERSE", "IDENTITY") and shape != expected:
        kind = "MONOCHROME1" if low_is_white else "MONOCHROME2"
        notes.append(
            f"The file contradicts itself: {kind} with the presentation LUT shape {shape}. It is shown by the first."
        )
