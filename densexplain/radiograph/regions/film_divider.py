"""The strip between two exposures on one film: of one brightness, straight, and from edge to edge."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_BRIGHT, _DARK = 195.0, 22.0  # grey levels: nothing was exposed there, or all of it
_EVEN = 7.0  # grey levels between a strip's tenth and nineteenth twentieth, dirt on it left out
_WIDEST = 0.06  # of the longer side
_LEAST_PANEL = 0.12  # of the side that is divided
_STEP = 3.0  # grey levels from the strip to what lies beside it
_ALONG = 0.7  # of the strip's length that such a step runs along on both sides
_OFF_PX = 2  # beside the strip, where its blurred edge has ended
_ENDS_PX = 3  # at the edges of the film, not looked at


@dataclass(frozen=True)
class FilmDivider:
    """Where a film is divided.

    Parameters
    ----------
    axis
        1 where the exposures lie side by side, 0 where one lies above the other.
    start, stop
        First column (or row) of the strip, and the first beyond it.
    """

    axis: int
    start: int
    stop: int

    def windows(self) -> tuple[tuple[slice, slice], tuple[slice, slice], tuple[slice, slice]]:
        """The first exposure, the strip, and the second exposure, as rows and columns."""
        spans = slice(None, self.start), slice(self.start, self.stop), slice(self.stop, None)
        whole = slice(None)
        one, strip, other = ((whole, span) if self.axis == 1 else (span, whole) for span in spans)
        return one, strip, other


def find_divider(grey: NDArray[np.uint8]) -> FilmDivider | None:
    """Find the strip that divides a film.

    Parameters
    ----------
    grey
        Shape (rows, columns), uint8, grey levels of `densexplain.radiograph.regions.working_copy.working_grey`.

    Returns
    -------
    FilmDivider or None
        The one that stands out most; None on a film with one exposure.
    """
    best, most = None, 0.0
    for axis in (1, 0):
        lines = grey if axis == 1 else grey.T
        for start, stop in _even_runs(lines):
            step = _least_step(lines.astype(np.float32), start, stop)
            if step > most:
                best, most = FilmDivider(axis, start, stop), step
    return best


def _even_runs(lines: NDArray[np.uint8]) -> list[tuple[int, int]]:
    """Runs of columns of one brightness that may be a strip."""
    rows, columns = lines.shape
    if rows <= 4 * _ENDS_PX or columns <= 8:
        return []
    low, middle, high = np.percentile(lines[_ENDS_PX:-_ENDS_PX], (5, 50, 90), axis=0)
    even = (high - low <= _EVEN) & ((middle >= _BRIGHT) | (middle <= _DARK))
    changes = np.flatnonzero(np.diff(np.concatenate([[0], even.astype(np.int8), [0]])))
    runs = [(int(start), int(stop)) for start, stop in changes.reshape(-1, 2)]
    room = _LEAST_PANEL * columns
    widest = max(3.0, _WIDEST * max(lines.shape))
    return [
        (start, stop) for start, stop in runs if stop - start <= widest and start >= room and columns - stop >= room
    ]


def _least_step(lines: NDArray[np.float32], start: int, stop: int) -> float:
    """Grey levels by which what lies on either side of a run differs from it; 0 where it does not differ all along.

    Air is brighter than a black strip and a shutter darker, so a side may be either.
    """
    inside = np.median(lines[:, start:stop], axis=1)
    steps = [np.abs(lines[:, column] - inside) for column in (start - _OFF_PX, stop - 1 + _OFF_PX)]
    if min(float(np.mean(step >= _STEP)) for step in steps) < _ALONG:
        return 0.0
    return min(float(np.median(step)) for step in steps)
