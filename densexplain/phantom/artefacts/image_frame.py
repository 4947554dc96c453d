"""The border that a scanned or printed radiograph lies in."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

import cv2
import numpy as np
from numpy.typing import NDArray

from densexplain.phantom.artefacts.picture import Artefact, Picture, Weight
from densexplain.vocabulary import Region

_SHIFT = 4  # binary places of the coordinates in which outlines are drawn
_ARC = np.radians(np.arange(0.0, 91.0, 15.0))


@dataclass(frozen=True)
class ImageFrame(Artefact):
    """The radiograph, made smaller and turned, within a border; rows and columns stay.

    Parameters
    ----------
    tilt_degrees
        Counter-clockwise turn.
    margins
        Top, right, bottom and left, by the rows and columns; least, for the shape of the radiograph stays.
    level
        Brightness of the border.
    fog
        By how much film base and scanner lighten the radiograph's blacks.
    rounding
        Radius of its corners, by its shorter side.
    line
        Brightness of a thin line round the radiograph; None if there is none.
    notches
        Where a film holder bites into the upper and lower edges, 0 left to 1 right.
    notch
        Their radius, by the shorter side.
    """

    kind: ClassVar[str] = "image frame"

    tilt_degrees: float
    margins: tuple[float, float, float, float]
    level: float
    fog: float = 0.0
    rounding: float = 0.0
    line: float | None = None
    notches: tuple[float, ...] = ()
    notch: float = 0.02

    def forward(self, rows: int, columns: int) -> NDArray[np.float64]:
        """Matrix from (column, row, 1) of the radiograph to (column, row) in the frame: shape (2, 3), float64, px."""
        top, right, bottom, left = self.margins
        angle = math.radians(self.tilt_degrees)
        cosine, sine = math.cos(angle), math.sin(angle)
        tall, wide = rows * cosine + columns * abs(sine), columns * cosine + rows * abs(sine)
        scale = min(rows * (1 - top - bottom) / tall, columns * (1 - left - right) / wide)
        linear = scale * np.array([[cosine, sine], [-sine, cosine]])
        middle = np.array([columns * (1 + left - right), rows * (1 + top - bottom)]) / 2 - 0.5
        return np.column_stack([linear, middle - linear @ np.array([(columns - 1) / 2, (rows - 1) / 2])])

    def apply(self, picture: Picture) -> Picture:
        """Lay the radiograph into the frame, and all masks with it."""
        rows, columns = picture.shape
        forward = self.forward(rows, columns)
        moved = picture.warped(forward, rows, columns)
        outline = _outline(rows, columns, self.rounding * min(rows, columns)) @ forward[:, :2].T + forward[:, 2]
        corners = np.round(outline * (1 << _SHIFT)).astype(np.int32)
        film = np.zeros((rows, columns), np.uint8)
        cv2.fillPoly(film, [corners], 255, cv2.LINE_AA, _SHIFT)
        for along in self.notches:
            for edge in (-0.5, rows - 0.5):
                place = forward @ np.array([along * (columns - 1), edge, 1.0])
                radius = max(1, round(self.notch * min(rows, columns)))
                cv2.circle(film, (round(place[0]), round(place[1])), radius, 0, -1, cv2.LINE_AA)
        border = np.float32(1.0) - _weight(film)
        fogged = self.fog + (1.0 - self.fog) * moved.pixels
        framed = Picture(fogged, moved.without(border > 0.5)).painted(border, self.level, Region.IMAGE_FRAME)
        if self.line is None:
            return framed
        line = np.zeros((rows, columns), np.uint8)
        cv2.polylines(line, [corners], True, 255, max(1, round(rows / 400)), cv2.LINE_AA, _SHIFT)
        return framed.painted(_weight(line), self.line, Region.IMAGE_FRAME)


def draw_image_frame(rng: np.random.Generator) -> ImageFrame:
    """Draw a frame: mostly black and slightly tilted, seldom white or grey."""
    tone = rng.random()
    level = rng.uniform(0.0, 0.03) if tone < 0.7 else rng.uniform(0.9, 1.0) if tone < 0.85 else rng.uniform(0.2, 0.6)
    tilt = 0.0 if rng.random() < 0.25 else rng.normal(0.0, 5.0)
    edged = rng.random() < 0.2
    count = int(rng.integers(1, 4)) if rng.random() < 0.15 else 0
    top, right, bottom, left = (float(margin) for margin in rng.uniform(0.0, 0.1, 4) ** 1.3)
    return ImageFrame(
        tilt_degrees=float(np.clip(tilt, -15.0, 15.0)),
        margins=(top, right, bottom, left),
        level=level,
        fog=rng.uniform(0.02, 0.12) if rng.random() < 0.6 else 0.0,
        rounding=rng.uniform(0.01, 0.06) if rng.random() < 0.3 else 0.0,
        line=(rng.uniform(0.7, 1.0) if level < 0.5 else rng.uniform(0.0, 0.2)) if edged else None,
        notches=tuple(float(along) for along in np.sort(rng.uniform(0.08, 0.92, count))),
        notch=rng.uniform(0.01, 0.025),
    )


def _outline(rows: int, columns: int, radius: float) -> NDArray[np.float64]:
    """Corners of the radiograph, rounded, as (column, row), clockwise from the upper right."""
    if radius <= 0:
        sides = ((columns - 0.5, -0.5), (columns - 0.5, rows - 0.5), (-0.5, rows - 0.5), (-0.5, -0.5))
        return np.array(sides, np.float64)
    arcs = []
    for number, (right, below) in enumerate(((1, 0), (1, 1), (0, 1), (0, 0))):
        turn = _ARC + (number - 1) * math.pi / 2
        middle = (right * (columns - 2 * radius) + radius - 0.5, below * (rows - 2 * radius) + radius - 0.5)
        arcs.append(np.column_stack([middle[0] + radius * np.cos(turn), middle[1] + radius * np.sin(turn)]))
    return np.vstack(arcs)


def _weight(drawing: NDArray[np.uint8]) -> Weight:
    return drawing.astype(np.float32) / np.float32(255.0)
