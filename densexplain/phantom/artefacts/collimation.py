"""Collimation: what lies outside the field is hardly exposed."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum, unique
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from densexplain.phantom.artefacts.picture import Artefact, Picture
from densexplain.vocabulary import Region

_SHUTTER_EDGE_PX = 1.5
_OPEN = -0.08  # a margin on a side at which the field goes beyond the detector


@unique
class Opening(StrEnum):
    """Shape of the field."""

    RECTANGULAR = "rectangular"
    ROUND = "round"


@dataclass(frozen=True)
class Collimation(Artefact):
    """A field and the border round it.

    Parameters
    ----------
    opening
        Shape of the field.
    across, down
        Its middle, by columns and rows.
    half_across, half_down
        Half its size, by columns and rows. A round one has ``half_down`` of the longer side as its radius.
    tilt_degrees
        Counter-clockwise turn.
    penumbra
        Width over which the light goes, by the rows.
    level
        Brightness of the border far from the field; nothing reaches it, so it is nearly white.
    scatter
        By how much scattered light darkens the border beside the field.
    reach
        Distance over which that falls to a third, by the rows.
    shutter
        Distance from the field beyond which the system shows black, by the rows; None if it does not.
    seed
        Seed of the border's noise.
    """

    kind: ClassVar[str] = "collimation"

    opening: Opening
    across: float
    down: float
    half_across: float
    half_down: float
    tilt_degrees: float
    penumbra: float
    level: float
    scatter: float
    reach: float
    shutter: float | None
    seed: int

    def apply(self, picture: Picture) -> Picture:
        """Cover what lies outside the field; what is covered leaves the masks."""
        rows, _ = picture.shape
        soft = max(1.0, self.penumbra * rows)
        distance = self.distance_px(*picture.shape)
        border = distance > -soft / 2
        away = distance[border]
        cover = np.clip(away / np.float32(soft) + np.float32(0.5), 0.0, 1.0)
        cover *= cover * (3.0 - 2.0 * cover)
        shade = self.level - self.scatter * np.exp(-np.maximum(away, 0.0) / np.float32(self.reach * rows))
        shade += 0.006 * np.random.default_rng(self.seed).standard_normal(away.shape, np.float32)
        if self.shutter is not None:
            black = np.clip((away - np.float32(self.shutter * rows)) / _SHUTTER_EDGE_PX, 0.0, 1.0)
            shade *= 1.0 - black
            cover = np.maximum(cover, black)
        pixels = picture.pixels.copy()
        pixels[border] += cover * (np.clip(shade, 0.0, 1.0) - pixels[border])
        hidden = np.zeros(picture.shape, np.bool_)
        hidden[border] = cover > 0.5
        covered = Picture(pixels, picture.without(hidden))
        return Picture(pixels, covered.marked(Region.IMAGE_FRAME, border)) if border.any() else covered

    def distance_px(self, rows: int, columns: int) -> NDArray[np.float32]:
        """Distances of pixels from the edge of the field, shape (rows, columns), float32, pixels; negative inside."""
        turn = math.radians(self.tilt_degrees)
        cosine, sine = math.cos(turn), math.sin(turn)
        right = np.arange(columns, dtype=np.float32) + np.float32(0.5 - self.across * columns)
        below = np.arange(rows, dtype=np.float32)[:, None] + np.float32(0.5 - self.down * rows)
        along = np.float32(cosine) * right - np.float32(sine) * below
        over = np.float32(sine) * right + np.float32(cosine) * below
        if self.opening is Opening.ROUND:
            return np.hypot(along, over) - np.float32(self.half_down * max(rows, columns))
        return np.maximum(
            np.abs(along) - np.float32(self.half_across * columns), np.abs(over) - np.float32(self.half_down * rows)
        )

    def place(self, across: float, down: float) -> tuple[float, float]:
        """Where in the radiograph a place in the field lies; from -1 to 1 within the field, to shares of the image."""
        if self.opening is Opening.ROUND:  # the square is pressed into the disc
            across, down = across * math.sqrt(1.0 - down**2 / 2), down * math.sqrt(1.0 - across**2 / 2)
        return self.across + across * self.half_across, self.down + down * self.half_down


def draw_collimation(rng: np.random.Generator) -> Collimation:
    """Draw a field that leaves at most a seventh of the image out on each side, and how its border is shown."""
    if rng.random() < 0.15:
        across, down = rng.uniform(0.47, 0.53, 2)
        half = rng.uniform(0.47, 0.56)
        opening, sides = Opening.ROUND, (across, down, half, half)
    else:
        margins = np.where(rng.random(4) < 0.6, rng.uniform(0.01, 0.14, 4), _OPEN)
        if (margins < 0).all():
            margins[int(rng.integers(4))] = 0.08
        top, right, bottom, left = margins
        opening = Opening.RECTANGULAR
        sides = ((1 + left - right) / 2, (1 + top - bottom) / 2, (1 - left - right) / 2, (1 - top - bottom) / 2)
    across, down, half_across, half_down = (float(side) for side in sides)
    shuttered = rng.random() < 0.5
    return Collimation(
        opening=opening,
        across=across,
        down=down,
        half_across=half_across,
        half_down=half_down,
        tilt_degrees=float(np.clip(rng.normal(0.0, 1.8), -6.0, 6.0)),
        penumbra=rng.uniform(0.004, 0.045),
        level=rng.uniform(0.78, 0.98),
        scatter=rng.uniform(0.05, 0.3),
        reach=rng.uniform(0.015, 0.06),
        shutter=rng.uniform(0.0, 0.02) if shuttered else None,
        seed=int(rng.integers(2**31)),
    )
