"""The radiographs of one visit and extremity as they are open; a single one is a study of one."""

from __future__ import annotations

from densexplain.radiograph.reading.upload import UploadedStudy, named_extremities
from densexplain.workspace.blinded_reading import BlindedReading
from densexplain.workspace.case import Case


class Study:
    """Radiographs that are open together, one of them in front.

    Parameters
    ----------
    cases
        By series, in the order of the files within each; at least one.
    number
        Place among the studies that were opened together, from 1.
    identified
        Whether the files say that they are one study; otherwise they say nothing of it.
    synthetic
        Whether it is the computed one that comes with the app.

    Attributes
    ----------
    reading
        How far a blinded reading of the study has come.
    """

    def __init__(
        self, cases: tuple[Case, ...], *, number: int = 1, identified: bool = False, synthetic: bool = False
    ) -> None:
        self.cases, self.number, self.identified, self.synthetic = cases, number, identified, synthetic
        self.reading = BlindedReading()
        self._front = cases[0].number

    @property
    def front(self) -> Case:
        """The radiograph that is shown by itself."""
        return self.case(self._front) or self.cases[0]

    @property
    def extremities(self) -> tuple[str, ...]:
        """What the files name as body part and laterality, each once."""
        return named_extremities([case.radiograph for case in self.cases])

    def case(self, number: int) -> Case | None:
        """A radiograph by its number; None where there is none."""
        return next((one for one in self.cases if one.number == number), None)

    def bring_to_front(self, number: int) -> None:
        """Show another radiograph; nothing happens where there is none of this number."""
        if self.case(number) is not None:
            self._front = number


def study_of(
    uploaded: UploadedStudy, *, alone: bool, synthetic: bool = False, frame_number: int | None = None
) -> Study:
    """Open an uploaded study.

    Parameters
    ----------
    uploaded
        What was read.
    alone
        Whether the upload had a single radiograph, which is then called by its format and not by its number.
    synthetic
        As `Study` takes it.
    frame_number
        The image that was chosen from each multi-frame DICOM, from 1.
    """
    cases = tuple(
        Case(
            image.radiograph,
            f"Uploaded {image.radiograph.format.value}" if alone else f"File {image.number} of the study",
            number=image.number,
            series=image.series,
            frame_number=frame_number,
        )
        for image in uploaded.images
    )
    return Study(cases, number=uploaded.number, identified=uploaded.identified, synthetic=synthetic)
