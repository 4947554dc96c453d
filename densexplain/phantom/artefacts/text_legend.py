"""Text burnt into a radiograph: side letter, initials, numbers, projection."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum, unique
from typing import ClassVar

import cv2
import numpy as np

from densexplain.phantom.artefacts.lettering import Font, softened, text_block, turned
from densexplain.phantom.artefacts.picture import Artefact, Picture, Weight
from densexplain.vocabulary import Region

_PROJECTIONS = ("PA", "AP", "LAT", "OBL", "STANDING", "SUPINE", "PORTABLE", "TABLE")
_LETTERS = "ABCDEFGHJKLMNPRSTVWZ"
_LEAST_PX = 6.0  # a smaller capital cannot be read
_EDGE = 0.012  # of the radiograph that text keeps clear of


@dataclass(frozen=True)
class TextLegend(Artefact):
    """One block of text.

    Parameters
    ----------
    lines
        Each line and its size.
    across, down
        Where in the radiograph it lies: 0 left or top, 1 right or bottom; it is always wholly inside.
    height
        Height of a capital in a line of size 1, by the rows of the radiograph.
    blur_px
        Standard deviation of its edges.
    level
        Brightness.
    opacity
        How much of what lies below is hidden.
    backing
        Brightness of a box behind it; None if there is none.
    quarter_turns, mirrored
        Mirrored first, then turned counter-clockwise.
    font
        Font of all lines.
    """

    kind: ClassVar[str] = "text legend"

    lines: tuple[tuple[str, float], ...]
    across: float
    down: float
    height: float
    blur_px: float = 0.5
    level: float = 0.97
    opacity: float = 1.0
    backing: float | None = None
    quarter_turns: int = 0
    mirrored: bool = False
    font: Font = Font.BOLD

    def apply(self, picture: Picture) -> Picture:
        """Burn the text in."""
        rows, columns = picture.shape
        drawn = text_block(self.lines, max(_LEAST_PX, self.height * rows), self.font)
        text = _fitted(softened(turned(drawn, self.quarter_turns, self.mirrored), self.blur_px), rows, columns)
        tall, wide = text.shape
        top, left = _begin(self.down, rows, tall), _begin(self.across, columns, wide)
        if self.backing is not None:
            picture = picture.painted(np.ones_like(text), self.backing, Region.TEXT_LEGEND, top, left)
        return picture.painted(text * np.float32(self.opacity), self.level, Region.TEXT_LEGEND, top, left)


@unique
class Corner(StrEnum):
    """Where a text legend lies."""

    UPPER_LEFT = "upper left"
    UPPER_RIGHT = "upper right"
    LOWER_LEFT = "lower left"
    LOWER_RIGHT = "lower right"
    LEFT = "left"
    RIGHT = "right"


_PLACES = {
    Corner.UPPER_LEFT: (0.0, 0.0),
    Corner.UPPER_RIGHT: (1.0, 0.0),
    Corner.LOWER_LEFT: (0.0, 1.0),
    Corner.LOWER_RIGHT: (1.0, 1.0),
    Corner.LEFT: (0.0, 0.5),
    Corner.RIGHT: (1.0, 0.5),
}


def draw_text_legend(rng: np.random.Generator, corner: Corner | None = None) -> TextLegend:
    """Draw what a text legend says and how it looks; no name, date or number is anyone's."""
    corner = corner or list(Corner)[int(rng.integers(len(Corner)))]
    lines = _draw_lines(rng)
    alone = len(lines) == 1 and len(lines[0][0]) == 1
    across, down = _PLACES[corner]
    inward_across, inward_down = rng.uniform(0.0, 0.12, 2)
    if down == 0.5:
        down += rng.uniform(-0.3, 0.3)
    return TextLegend(
        lines=lines,
        across=abs(across - inward_across),
        down=float(np.clip(abs(down - inward_down), 0.0, 1.0)),
        height=rng.uniform(0.04, 0.085) if alone else rng.uniform(0.018, 0.045),
        blur_px=rng.uniform(0.3, 0.9),
        level=1.0 if rng.random() < 0.4 else rng.uniform(0.7, 0.98),
        opacity=1.0 if rng.random() < 0.7 else rng.uniform(0.7, 0.95),
        backing=rng.uniform(0.0, 0.08) if rng.random() < 0.15 else None,
        quarter_turns=int(rng.choice(4, p=(0.8, 0.09, 0.02, 0.09))),
        mirrored=bool(rng.random() < 0.06),
        font=list(Font)[int(rng.choice(3, p=(0.4, 0.4, 0.2)))],
    )


def shortcut_legend(rng: np.random.Generator) -> TextLegend:
    """Draw the legend that is planted as a shortcut: always of one kind, so that a network can learn it.

    A side letter over three or four letters and digits, bright, upright, in the
    upper left, in all 8 to 11 % of the rows high.
    """
    size, lead = rng.uniform(0.08, 0.11), 1.5
    text = _letters(rng, 2) + _digits(rng, int(rng.integers(1, 3)))
    return TextLegend(
        lines=((_side(rng), lead), (text, 1.0)),
        across=rng.uniform(0.02, 0.1),
        down=rng.uniform(0.01, 0.06),
        height=size / (lead + 0.5 + 1.0),
    )


def _draw_lines(rng: np.random.Generator) -> tuple[tuple[str, float], ...]:
    kind = rng.random()
    if kind < 0.35:
        return ((_side(rng), 1.0),)
    if kind < 0.55:
        return ((_side(rng), rng.uniform(1.2, 2.0)), (_letters(rng, int(rng.integers(2, 4))), 1.0))
    if kind < 0.7:
        return ((f"{_side(rng)} {_projection(rng)}", 1.0),)
    if kind < 0.8:
        return ((_projection(rng), 1.0),)
    number = f"{_letters(rng, 1)}{_digits(rng, 5)}"
    mark = f"{_digits(rng, 2)}.{_digits(rng, 2)}."
    last = ((f"{_side(rng)} {_letters(rng, 2)}", 1.0),) if rng.random() < 0.5 else ()
    return ((number, 1.0), (mark, 1.0), *last)


def _side(rng: np.random.Generator) -> str:
    return "LR"[int(rng.integers(2))]


def _projection(rng: np.random.Generator) -> str:
    return _PROJECTIONS[int(rng.integers(len(_PROJECTIONS)))]


def _letters(rng: np.random.Generator, count: int) -> str:
    return "".join(_LETTERS[number] for number in rng.integers(len(_LETTERS), size=count))


def _digits(rng: np.random.Generator, count: int) -> str:
    return "".join(str(number) for number in rng.integers(10, size=count))


def _fitted(text: Weight, rows: int, columns: int) -> Weight:
    """Reduce a block that does not fit."""
    scale = min(1.0, (1.0 - 3 * _EDGE) * rows / text.shape[0], (1.0 - 3 * _EDGE) * columns / text.shape[1])
    if scale == 1.0:
        return text
    size = (max(1, int(scale * text.shape[1])), max(1, int(scale * text.shape[0])))
    return np.asarray(cv2.resize(text, size, interpolation=cv2.INTER_AREA), np.float32)


def _begin(place: float, length: int, size: int) -> int:
    edge = round(_EDGE * length)
    return edge + round(place * max(0, length - size - 2 * edge))
