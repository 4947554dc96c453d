"""Dust, scratches, smudges and roller marks on film, plate or scanner."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import cv2
import numpy as np
from numpy.typing import NDArray

from densexplain.phantom.artefacts.picture import Artefact, Picture

_ZERO = 128  # of the drawing, in which dirt can be lighter or darker
_SHIFT = 4  # binary places of the coordinates in which specks are drawn


@dataclass(frozen=True)
class Dirt(Artefact):
    """Dirt all over; too faint and too small to have a mask.

    Parameters
    ----------
    specks, scratches, smudges
        How many.
    rollers
        Height of the bands that rollers leave across the film, in brightness.
    amplitude
        Most that any of the others changes, in brightness.
    seed
        Seed of the places where they lie.
    """

    kind: ClassVar[str] = "dirt"

    specks: int
    scratches: int
    smudges: int
    rollers: float
    amplitude: float
    seed: int

    def apply(self, picture: Picture) -> Picture:
        """Lay the dirt on."""
        rng = np.random.default_rng(self.seed)
        rows, columns = picture.shape
        page = np.full(picture.shape, _ZERO, np.uint8)
        unit = max(rows, columns) / 512
        for _ in range(self.smudges):
            _smudge(page, rng, unit)
        for _ in range(self.scratches):
            _scratch(page, rng, unit)
        for _ in range(self.specks):
            radius = round((0.7 + unit * rng.exponential(0.7)) * (1 << _SHIFT))  # a lesser one would draw nothing
            across, down = _point(rng, rows, columns)
            middle = (across << _SHIFT, down << _SHIFT)
            cv2.circle(page, middle, radius, _tone(rng, 60, 127), -1, cv2.LINE_AA, _SHIFT)
        change = (page.astype(np.float32) - np.float32(_ZERO)) * np.float32(self.amplitude / 127.0)
        if self.rollers > 0:
            change += _bands(rng, rows, unit) * np.float32(self.rollers)
        return Picture(np.clip(picture.pixels + change, 0.0, 1.0), picture.masks)


def draw_dirt(rng: np.random.Generator) -> Dirt:
    """Draw how dirty a radiograph is."""
    return Dirt(
        specks=int(rng.poisson(12)),
        scratches=int(rng.poisson(1.2)),
        smudges=int(rng.random() < 0.3),
        rollers=rng.uniform(0.004, 0.015) if rng.random() < 0.25 else 0.0,
        amplitude=rng.uniform(0.05, 0.14),
        seed=int(rng.integers(2**31)),
    )


def _point(rng: np.random.Generator, rows: int, columns: int) -> tuple[int, int]:
    return int(rng.integers(columns)), int(rng.integers(rows))


def _tone(rng: np.random.Generator, least: int, most: int) -> int:
    """Lighter more often than darker: dust on a film keeps light off."""
    return _ZERO + int(rng.integers(least, most)) * (1 if rng.random() < 0.7 else -1)


def _scratch(page: NDArray[np.uint8], rng: np.random.Generator, unit: float) -> None:
    """A bent hair or a nearly straight scratch."""
    count = 12
    heading = rng.uniform(0, 2 * np.pi) + np.cumsum(rng.normal(0.0, rng.choice((0.02, 0.3)), count))
    step = unit * rng.uniform(2.0, 14.0)
    start = np.array(_point(rng, *page.shape), np.float64)
    path = start + step * np.cumsum(np.column_stack([np.cos(heading), np.sin(heading)]), axis=0)
    cv2.polylines(page, [np.round(path).astype(np.int32)], False, _tone(rng, 30, 110), 1, cv2.LINE_AA)


def _smudge(page: NDArray[np.uint8], rng: np.random.Generator, unit: float) -> None:
    """Ridges like those of a finger: arcs about a common middle."""
    middle = _point(rng, *page.shape)
    tone = _tone(rng, 12, 35)
    turn, first = rng.uniform(0, 180), rng.uniform(0, 360)
    for ridge in range(1, 9):
        axes = (max(1, round(unit * 2.4 * ridge)), max(1, round(unit * 3.4 * ridge)))
        cv2.ellipse(page, middle, axes, turn, first, first + rng.uniform(180, 340), tone, 1, cv2.LINE_AA)


def _bands(rng: np.random.Generator, rows: int, unit: float) -> NDArray[np.float32]:
    """Fine bands that come again with each turn of a roller, shape (rows, 1)."""
    period = max(4, round(unit * rng.uniform(30, 90)))
    once = np.convolve(rng.standard_normal(period + 4), np.ones(5) / 5, "valid")
    bands = np.tile(once, rows // period + 1)[:rows, None]
    return np.asarray(bands, np.float32)
