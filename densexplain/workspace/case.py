"""One radiograph as a reader opened it, and the reader's work with it."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from functools import cached_property

from densexplain.errors import ShapeError
from densexplain.explain.audit.verdict import Overruling
from densexplain.explain.cases.cases import PaperCase
from densexplain.radiograph.crop import Geometry, check_crop
from densexplain.radiograph.radiograph import Radiograph
from densexplain.radiograph.regions.drawn_regions import DrawnBox
from densexplain.radiograph.regions.image_frame import ImageFrameCrop, find_image_frame
from densexplain.radiograph.regions.regions import RegionMasks
from densexplain.radiograph.window import Window
from densexplain.vocabulary import Finding
from densexplain.workspace.blinded_reading import BlindedReading
from densexplain.workspace.case_audits import CaseAudits
from densexplain.workspace.case_regions import CaseRegions
from densexplain.workspace.memory import Memory

_MOST_PICTURES = 12  # of some MB each


@dataclass(frozen=True)
class Tile:
    """A feature map that the reader picked."""

    stage: str
    channel: int


@dataclass(frozen=True)
class Opinion:
    """A reader's opinion on an audit.

    Parameters
    ----------
    overruling
        Their own verdict, None if they have not overruled the computed one.
    remark
        For the report; may be empty.
    """

    overruling: Overruling | None = None
    remark: str = ""


class Case:
    """One radiograph and a reader's work with it, the same on every page.

    Parameters
    ----------
    radiograph
        What was read; never changed.
    title
        What to call it on screen; never the file's name, which may name a patient.
    number, series
        Place among the files it was opened with, and number of its series within the study; from 1.
    frame_number
        The image that was chosen from a multi-frame DICOM, from 1; None of a single one.
    label
        What the data set says of it, for an evaluated radiograph.
    known_regions
        What each of its pixels belongs to, where that is known: of a phantom.
    paper_case
        The case of the paper that it stands for; it is cropped as the paper has it.

    Attributes
    ----------
    window
        Level and width that it is viewed with; the network always reads the whole range.
    tile
        The feature map shown over it, None for the class activation map.
    boxes
        Regions that the reader drew as boxes.
    reading
        How far a blinded reading of it has come.
    opinion
        What the reader says of its audit.
    regions, audits
        As an audit takes them, and what came of it.
    pictures
        What was drawn of it.
    closed
        Set once another is opened: what runs in the background for this one has to end.

    Raises
    ------
    ShapeError
        If the known regions are of another size.
    """

    def __init__(
        self,
        radiograph: Radiograph,
        title: str,
        *,
        number: int = 1,
        series: int = 1,
        frame_number: int | None = None,
        label: Finding | None = None,
        known_regions: RegionMasks | None = None,
        paper_case: PaperCase | None = None,
    ) -> None:
        if known_regions is not None and known_regions.shape != radiograph.pixels.shape:
            raise ShapeError(f"`known_regions` must be of {radiograph.pixels.shape}; received {known_regions.shape}")
        self.radiograph, self.title, self.number, self.series, self.frame_number = (
            radiograph,
            title,
            number,
            series,
            frame_number,
        )
        self.label, self.known_regions, self.paper_case = label, known_regions, paper_case
        self._geometry = Geometry() if paper_case is None else paper_case.geometry
        self._history: tuple[Geometry, ...] = ()
        self.window, self.tile = Window(), None
        self.boxes: tuple[DrawnBox, ...] = ()
        self.reading, self.opinion = BlindedReading(), Opinion()
        self.regions, self.audits = CaseRegions(radiograph), CaseAudits()
        self.pictures, self.closed = Memory(_MOST_PICTURES), threading.Event()

    tile: Tile | None

    @cached_property
    def suggestion(self) -> ImageFrameCrop | None:
        """The exposed field inside an image frame, where one is found."""
        return find_image_frame(self.radiograph.pixels)

    @property
    def geometry(self) -> Geometry:
        """Crop, rotation, flip and inversion."""
        return self._geometry

    @property
    def can_undo(self) -> bool:
        """Whether there is an earlier geometry."""
        return bool(self._history)

    def change_geometry(self, changed: Geometry) -> None:
        """Crop or turn it; this can be undone.

        Raises
        ------
        CropError
            If the crop does not fit; the geometry stays as it is.
        """
        if changed.crop is not None:
            check_crop(changed.crop, self.radiograph.rows, self.radiograph.columns)
        if changed != self._geometry:
            self._history, self._geometry = (*self._history, self._geometry), changed

    def undo(self) -> None:
        """Go back to the geometry before the last change; nothing happens where there is none."""
        if self._history:
            *earlier, last = self._history
            self._history, self._geometry = tuple(earlier), last

    def apply_suggestion(self) -> None:
        """Crop to the exposed field that was found and straighten it; nothing happens where none was."""
        found = self.suggestion
        if found is not None:
            self.change_geometry(replace(self._geometry, crop=found.crop, rotate_degrees=found.rotate_degrees))

    def draw_box(self, box: DrawnBox) -> None:
        """Keep one more region."""
        self.boxes = (*self.boxes, box)

    def forget_boxes(self) -> None:
        """Drop all drawn boxes."""
        self.boxes = ()

    def close(self) -> None:
        """End what runs in the background for it."""
        self.closed.set()
        self.audits.give_up()
        self.pictures.forget()
