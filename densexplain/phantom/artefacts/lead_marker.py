"""A lead letter on the cassette, with what holds it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum, unique
from typing import ClassVar

import cv2
import numpy as np

from densexplain.phantom.artefacts.collimation import Collimation
from densexplain.phantom.artefacts.lettering import block_letter, softened
from densexplain.phantom.artefacts.picture import Artefact, Picture, Weight
from densexplain.vocabulary import Region

_LEAST_PX = 8.0
_GLARE_REACH = 0.22  # of the letter's height


@unique
class Holder(StrEnum):
    """What a lead letter sits on or comes with."""

    NONE = "none"
    PLATE = "plate"
    RING = "ring"
    BALL = "ball"
    ARROW = "arrow"


@dataclass(frozen=True)
class LeadMarker(Artefact):
    """A lead letter.

    Parameters
    ----------
    letter
        Side.
    holder
        What it comes with; a plate of plastic hardly shows, the others are of metal.
    across, down
        Its middle, by columns and rows; moved inwards if it would not fit.
    height
        Height of the letter, by the rows.
    stroke
        By the letter's height.
    tilt_degrees
        Counter-clockwise turn.
    mirrored
        Whether it lay with its face to the detector.
    level
        Brightness of lead.
    blur
        Standard deviation of its edges, by its height.
    glare
        How much light beside it is missing: lead casts no scatter.
    plate_level
        How much of the light a plate takes.
    """

    kind: ClassVar[str] = "lead marker"

    letter: str
    holder: Holder
    across: float
    down: float
    height: float
    stroke: float
    tilt_degrees: float
    mirrored: bool
    level: float
    blur: float
    glare: float
    plate_level: float

    def apply(self, picture: Picture) -> Picture:
        """Lay the marker on the cassette."""
        rows, columns = picture.shape
        height_px = max(_LEAST_PX, self.height * rows)
        metal, plate = self._drawn(height_px)
        lead = self._settled(metal, self.blur * height_px, picture.shape)
        veil = self._settled(metal, _GLARE_REACH * height_px, picture.shape) * np.float32(self.glare)
        base = self._settled(plate, 0.6, picture.shape) * np.float32(self.plate_level)
        for weight in (base, veil, lead):
            top = _begin(self.down, rows, weight.shape[0])
            left = _begin(self.across, columns, weight.shape[1])
            picture = picture.painted(weight, self.level, Region.TEXT_LEGEND, top, left)
        return picture

    def _drawn(self, height_px: float) -> tuple[Weight, Weight]:
        """Cover of metal and plate on one page, upright."""
        letter = block_letter(self.letter, height_px, self.stroke)
        if self.mirrored:
            letter = letter[:, ::-1]
        tall, wide = letter.shape
        side = round(1.9 * height_px)
        metal, plate = np.zeros((side, side), np.float32), np.zeros((side, side), np.float32)
        top, left = (side - tall) // 2, (side - wide) // 2
        metal[top : top + tall, left : left + wide] = letter
        shapes = np.zeros((side, side), np.uint8)
        line = max(1, round(0.35 * self.stroke * height_px))
        middle, far = side // 2, round(0.88 * side)
        if self.holder is Holder.RING:
            cv2.circle(shapes, (middle, middle), round(0.86 * height_px), 255, line, cv2.LINE_AA)
        elif self.holder is Holder.BALL:
            cv2.circle(shapes, (far, round(0.2 * side)), max(2, round(0.09 * height_px)), 255, -1, cv2.LINE_AA)
        elif self.holder is Holder.ARROW:
            cv2.arrowedLine(shapes, (far, far), (far, side - far), 255, line, cv2.LINE_AA, tipLength=0.25)
        elif self.holder is Holder.PLATE:
            edge = round(0.16 * side)
            plate[2:-2, edge : side - edge] = 1.0
        return np.maximum(metal, shapes.astype(np.float32) / np.float32(255.0)), plate

    def _settled(self, weight: Weight, blur_px: float, shape: tuple[int, int]) -> Weight:
        """Turn, blur and reduce to the image."""
        side = weight.shape[0]
        room = side // 4  # for the turned corners
        page = np.pad(weight, room)
        centre = (page.shape[0] - 1) / 2
        turn = cv2.getRotationMatrix2D((centre, centre), self.tilt_degrees, 1.0)
        page = np.asarray(cv2.warpAffine(page, turn, page.shape[::-1], flags=cv2.INTER_LINEAR), np.float32)
        soft = softened(page, blur_px)
        rows, columns = np.flatnonzero(soft.any(1)), np.flatnonzero(soft.any(0))
        if not len(rows):
            return np.zeros((1, 1), np.float32)
        half = soft.shape[0] // 2  # cut alike on both sides, so that the middle stays
        keep = min(half, int(max(half - rows[0], rows[-1] - half, half - columns[0], columns[-1] - half)) + 1)
        keep = min(keep, (min(shape) - 1) // 2)
        return soft[half - keep : half + keep, half - keep : half + keep]


def draw_lead_marker(rng: np.random.Generator, field: Collimation | None = None) -> LeadMarker:
    """Draw a marker near the edge of the field, where one is laid so as not to hide the patient."""
    along, side = rng.uniform(-0.85, 0.85), rng.choice((-1.0, 1.0)) * rng.uniform(0.68, 0.86)
    across, down = (side, along) if rng.random() < 0.7 else (along, side)
    across, down = field.place(across, down) if field else (0.5 + across / 2, 0.5 + down / 2)
    return LeadMarker(
        letter="LR"[int(rng.integers(2))],
        holder=list(Holder)[int(rng.choice(len(Holder), p=(0.35, 0.4, 0.1, 0.08, 0.07)))],
        across=float(np.clip(across, 0.03, 0.97)),
        down=float(np.clip(down, 0.03, 0.97)),
        height=rng.uniform(0.04, 0.085),
        stroke=rng.uniform(0.17, 0.26),
        tilt_degrees=float(np.clip(rng.normal(0.0, 6.0), -25.0, 25.0)),
        mirrored=bool(rng.random() < 0.1),
        level=rng.uniform(0.88, 1.0),
        blur=rng.uniform(0.02, 0.045),
        glare=rng.uniform(0.0, 0.12),
        plate_level=rng.uniform(0.015, 0.06),
    )


def _begin(middle: float, length: int, size: int) -> int:
    return int(np.clip(round(middle * length - size / 2), 0, length - size))
