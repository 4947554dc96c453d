"""From numbers to colours, through Matplotlib's own tables and its own rounding."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from densexplain.errors import MapNotFiniteError, OptionError, ShapeError
from densexplain.vocabulary import ColourMap, ColourScale

FLAT_TOLERANCE = 1e-5
"""A range under this share of the largest magnitude is rounding, not information.

Float32 sums over 1,664 channels jitter by about 5e-6 of their size.
"""

_LEVELS = 256


@dataclass(frozen=True)
class Limits:
    """What the two ends of a colour bar stand for, in the unit of the map.

    Parameters
    ----------
    low, high
        ``low == high`` says that the map is flat: everything then takes the
        colour of the low end.
    """

    low: float
    high: float

    def __post_init__(self) -> None:
        if not (np.isfinite(self.low) and np.isfinite(self.high) and self.low <= self.high):
            raise OptionError(f"the colour scale must run from a lower to a higher number; received {self}")

    @property
    def flat(self) -> bool:
        """Whether both ends are equal, so that all values have one colour."""
        return self.low == self.high


@lru_cache(maxsize=len(ColourMap))
def look_up_table(colour_map: ColourMap) -> NDArray[np.uint8]:
    """Give the 256 colours of a colour map, low end first.

    Returns
    -------
    numpy.ndarray
        Shape (256, 3), uint8, RGB, read-only; equal to Matplotlib's.
    """
    import matplotlib  # here, so that the first page, which has no map yet, does not wait for it

    table: NDArray[np.uint8] = matplotlib.colormaps[colour_map.value](np.arange(_LEVELS), bytes=True)[:, :3].copy()
    table.flags.writeable = False
    return table


def map_limits(
    values: NDArray[np.float32], scale: ColourScale = ColourScale.RELATIVE, limit_logits: float | None = None
) -> Limits:
    """Choose the ends of the colour scale of a signed map.

    Parameters
    ----------
    values
        Any shape, float32, for example the raw class activation map in logits.
    scale
        ``relative`` runs from the map's minimum to its maximum, as in the
        paper, and says nothing across radiographs; ``absolute`` runs from
        ``-limit_logits`` to ``+limit_logits`` and is comparable between them.
    limit_logits
        End of the absolute scale, in logits, above 0; needed only there.

    Raises
    ------
    OptionError
        If the absolute scale is requested without a positive limit.
    MapNotFiniteError
        If there is NaN or infinity among the values.
    ShapeError
        If there are no values.
    """
    low, high = finite_range(values)
    if scale is ColourScale.ABSOLUTE:
        if limit_logits is None or not np.isfinite(limit_logits) or limit_logits <= 0:
            raise OptionError(f"the absolute scale needs a limit above 0 logits; received {limit_logits}")
        return Limits(-float(limit_logits), float(limit_logits))
    if high - low <= FLAT_TOLERANCE * max(abs(low), abs(high)):
        return Limits(low, low)
    return Limits(low, high)


def finite_range(values: NDArray[np.float32]) -> tuple[float, float]:
    """Minimum and maximum of a map of any shape, float32, any value.

    Raises
    ------
    MapNotFiniteError
        If there is NaN or infinity among the values.
    ShapeError
        If there are no values.
    """
    if values.size == 0:
        raise ShapeError(f"a map must have at least one value; received the shape {values.shape}")
    low, high = float(values.min()), float(values.max())
    if not (np.isfinite(low) and np.isfinite(high)):
        raise MapNotFiniteError(f"a map must hold finite numbers only; received values from {low} to {high}")
    return low, high


def colour_indices(values: NDArray[np.float32], limits: Limits) -> NDArray[np.uint8]:
    """Place values among the 256 colours, rounding down as Matplotlib does.

    Parameters
    ----------
    values
        Any shape, float32, finite.
    limits
        Ends of the scale, in the unit of `values`.

    Returns
    -------
    numpy.ndarray
        Same shape, uint8, 0 to 255; all 0 where `limits` is flat.
    """
    if limits.flat:
        return np.zeros(values.shape, np.uint8)
    scaled = np.subtract(values, np.float32(limits.low), dtype=np.float32)
    scaled *= np.float32(_LEVELS / (limits.high - limits.low))
    np.clip(scaled, 0, _LEVELS - 1, out=scaled)
    return scaled.astype(np.uint8)


def colour_by_index(indices: NDArray[np.uint8], table: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Look colours up: (rows, columns) uint8 to (rows, columns, 3) uint8.

    `table` has the shape (256, 3); the order of its channels is kept.
    """
    return np.asarray(cv2.applyColorMap(indices, table.reshape(_LEVELS, 1, 3)), np.uint8)


def colour(values: NDArray[np.float32], colour_map: ColourMap, limits: Limits) -> NDArray[np.uint8]:
    """Colour a map.

    Parameters
    ----------
    values
        Shape (rows, columns), float32, finite; what lies beyond `limits` takes
        the colour of the nearer end.
    colour_map
        Which table.
    limits
        Ends of the scale; flat limits give one uniform colour, the low end's,
        so that rounding never becomes a pattern.

    Returns
    -------
    numpy.ndarray
        Shape (rows, columns, 3), uint8, RGB.

    Raises
    ------
    ShapeError
        If `values` is not two-dimensional or is empty.
    MapNotFiniteError
        If there is NaN or infinity among the values.
    """
    if values.ndim != 2:
        raise ShapeError(f"a map must have the shape (rows, columns); received {values.shape}")
    finite_range(values)
    return colour_by_index(colour_indices(values, limits), look_up_table(colour_map))
