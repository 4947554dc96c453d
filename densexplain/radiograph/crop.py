"""The crop and rotation of a radiograph, as plain numbers.

Kept apart from the pixels so that a record, a command line and a page can speak
of a crop without touching an array.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from densexplain.errors import CropOutsideError, CropTooSmallError, OptionError
from densexplain.settings import settings

_QUARTERS = ((1.0, 0.0), (0.0, 1.0), (-1.0, 0.0), (0.0, -1.0))  # (cosine, sine) of 0, 90, 180, 270 degrees, exact


@dataclass(frozen=True)
class Crop:
    """A box in original pixels: rows `top` to `top + height`, columns `left` to `left + width`."""

    top: int
    left: int
    height: int
    width: int


@dataclass(frozen=True)
class Geometry:
    """Changes of a radiograph before it is read, by eye or by network.

    Parameters
    ----------
    crop
        Box in original pixels; None is the whole radiograph.
    rotate_degrees
        In (-180, 180]; positive turns the content counter-clockwise. The box is
        turned about its own centre.
    flip
        Mirror left and right, after turning.
    invert
        Exchange bright and dark, last.

    Raises
    ------
    OptionError
        If `rotate_degrees` is not a number in (-180, 180].
    """

    crop: Crop | None = None
    rotate_degrees: float = 0.0
    flip: bool = False
    invert: bool = False

    def __post_init__(self) -> None:
        if not -180 < self.rotate_degrees <= 180:
            raise OptionError(
                f"a rotation must be above -180 and at most 180 degrees; received {self.rotate_degrees:g} degrees"
            )

    @property
    def quarter_turns(self) -> int:
        """Lossless counter-clockwise quarter turns, 0 to 3."""
        return round(self.rotate_degrees / 90) % 4

    @property
    def tilt_degrees(self) -> float:
        """What remains beside the quarter turns, in [-45, 45]; 0 resamples nothing."""
        return self.rotate_degrees - 90 * round(self.rotate_degrees / 90)

    @property
    def whole(self) -> Geometry:
        """The same without crop and tilt: quarter turns, flip and inversion alone."""
        turned = Geometry().turned(90.0 * self.quarter_turns)
        return replace(turned, flip=self.flip, invert=self.invert)

    def turned(self, degrees: float) -> Geometry:
        """Turn what is displayed by `degrees` counter-clockwise, flipped or not."""
        angle = self.rotate_degrees + (-degrees if self.flip else degrees)
        return replace(self, rotate_degrees=180.0 - (180.0 - angle) % 360.0)


def check_crop(crop: Crop, rows: int, columns: int) -> None:
    """Check that a crop can be applied to a radiograph of `rows` x `columns`.

    Raises
    ------
    CropTooSmallError
        If it has fewer rows or columns than ``settings().minimum_side_px``.
    CropOutsideError
        If any part of it lies outside the radiograph.
    """
    least = settings().minimum_side_px
    if crop.height < least or crop.width < least:
        raise CropTooSmallError(
            f"A crop must be at least {least} x {least} pixels; received {crop.height} rows x {crop.width} columns."
        )
    if crop.top < 0 or crop.left < 0 or crop.top + crop.height > rows or crop.left + crop.width > columns:
        raise CropOutsideError(
            f"A crop must lie inside the radiograph of {rows} rows x {columns} columns; received rows {crop.top} to "
            f"{crop.top + crop.height} and columns {crop.left} to {crop.left + crop.width}."
        )


def rotate_offset(x: float, y: float, geometry: Geometry) -> tuple[float, float]:
    """Carry an offset from a box's centre (x right, y down) in original pixels to the displayed image."""
    for cosine, sine in (_tilt(geometry), _QUARTERS[geometry.quarter_turns]):
        x, y = cosine * x + sine * y, -sine * x + cosine * y
    return (-x if geometry.flip else x), y


def rotate_offset_back(x: float, y: float, geometry: Geometry) -> tuple[float, float]:
    """Carry an offset from the centre of the displayed image back to original pixels."""
    x = -x if geometry.flip else x
    for cosine, sine in (_QUARTERS[geometry.quarter_turns], _tilt(geometry)):
        x, y = cosine * x - sine * y, sine * x + cosine * y
    return x, y


def _tilt(geometry: Geometry) -> tuple[float, float]:
    angle = math.radians(geometry.tilt_degrees)
    return (1.0, 0.0) if angle == 0 else (math.cos(angle), math.sin(angle))


def trim_to_inside(
    x: float, y: float, across: float, down: float, rows: int, columns: int, tilt_degrees: float
) -> tuple[float, float, float, float]:
    """Move the sides of a tilted box inwards until the box in original pixels lies inside the radiograph.

    `x`, `y` is its centre from the radiograph's upper left corner and `across`,
    `down` half its size; the same four come back. Moving one side in by d moves
    the centre by d / 2 along the tilt, which may push another side out; the tilt
    is at most 45 degrees, so a few rounds settle it.
    """
    upright = Geometry(rotate_degrees=tilt_degrees)
    cosine = _tilt(upright)[0]
    for _ in range(60):
        excess = (across - x, x + across - columns, down - y, y + down - rows)
        worst = max(range(4), key=lambda side: excess[side])
        if excess[worst] <= 1e-6:
            break
        along = rotate_offset_back(*((1.0, 0.0), (-1.0, 0.0), (0.0, 1.0), (0.0, -1.0))[worst], upright)
        step = excess[worst] / (1.0 + cosine)
        x, y = x + step * along[0], y + step * along[1]
        across, down = (across - step, down) if worst < 2 else (across, down - step)
    return x, y, across, down
