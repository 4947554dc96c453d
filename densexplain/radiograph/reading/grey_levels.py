"""DICOM stored values to [0, 1]: modality LUT, VOI LUT or window, polarity, padding.

The steps are those of DICOM's grayscale pipeline. They are worked out once for
every value that can be stored (65,536 at most) and looked up per pixel, which is
exact and takes a tenth of the time and memory. pydicom's own functions are the
oracle of the tests; they are not used here because they overflow on a negative
first value and refuse the slightly wrong LUTs that are common in practice.

References
----------
DICOM PS3.3 C.11.1 (modality), C.11.2 (VOI); PS3.4 N.2.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from densexplain.errors import NotFiniteError
from densexplain.radiograph.radiograph import DicomWindow
from densexplain.radiograph.reading.dicom_values import number, numbers
from densexplain.radiograph.reading.look_up_table import LookUpTable, read_look_up_table

Values = NDArray[np.float64]
"""Pixel values on their way from stored values to grey levels, shape (rows, columns), float64, any value."""

Step = Callable[[Values], Values]
_ROWS_AT_ONCE = 256
_FUNCTIONS = ("LINEAR", "LINEAR_EXACT", "SIGMOID")


@dataclass(frozen=True)
class _Modality:
    apply: Step
    low: float
    high: float


def to_display(
    stored: NDArray[np.generic], dataset: Dataset, notes: list[str]
) -> tuple[NDArray[np.float32], DicomWindow | None]:
    """Turn stored values of a monochrome image into [0, 1], bright = dense.

    Parameters
    ----------
    stored
        Shape (rows, columns), of the stored type (integers or floats), any value.
    dataset
        Header of the file.
    notes
        Sentences on deviations are added here.

    Returns
    -------
    pixels
        Shape (rows, columns), float32 in [0, 1].
    window
        The window applied; None if there was none or a VOI LUT.

    Raises
    ------
    NotFiniteError
        If there is NaN or infinity among the stored values.
    """
    low, high = float(stored.min()), float(stored.max())
    if not (np.isfinite(low) and np.isfinite(high)):
        raise NotFiniteError("Every pixel must be a number; the file holds NaN or infinity.")
    modality = _modality(dataset, _stored_range(stored, low, high, dataset, notes), notes)
    display, window = _voi(dataset, modality, notes)
    inverted = str(dataset.get("PhotometricInterpretation", "")).strip() == "MONOCHROME1"
    if inverted:
        notes.append("The file stores dense as dark (MONOCHROME1); it was inverted.")
    padding = _padding(stored, dataset, notes)

    def through(display: Step) -> NDArray[np.float32]:
        def step(values: Values) -> Values:
            shown = display(modality.apply(values))
            shown = 1.0 - shown if inverted else shown
            if padding is not None:
                shown[(values >= padding[0]) & (values <= padding[1])] = 0.0
            return shown

        return _apply(stored, step)

    pixels = through(display)
    if low != high and pixels.min() == pixels.max():
        notes.append("The window of the file would make every pixel the same; it was not applied.")
        return through(_full_range(modality)), None
    return pixels, window


def _apply(stored: NDArray[np.generic], step: Step) -> NDArray[np.float32]:
    """By a table where the type has at most 65,536 values, else in parts."""
    pixels = np.empty(stored.shape, np.float32)
    table = None
    index = stored
    if stored.dtype.kind in "iu" and stored.dtype.itemsize <= 2:
        native = stored.astype(stored.dtype.newbyteorder("="), copy=False)
        index = native.view(f"u{native.dtype.itemsize}")
        every = np.arange(2 ** (8 * index.dtype.itemsize)).astype(index.dtype).view(native.dtype)
        table = step(every.astype(np.float64)).astype(np.float32)
    for top in range(0, stored.shape[0], _ROWS_AT_ONCE):
        part = index[top : top + _ROWS_AT_ONCE]
        pixels[top : top + _ROWS_AT_ONCE] = step(part.astype(np.float64)) if table is None else table[part]
    return pixels


def _stored_range(
    stored: NDArray[np.generic], low: float, high: float, dataset: Dataset, notes: list[str]
) -> tuple[float, float]:
    """Least and largest value that the header allows, widened to those that occur."""
    if stored.dtype.kind == "f":
        notes.append("The file stores numbers with fractions; the least is shown black, the largest white.")
        return low, high
    bits = int(dataset.BitsStored)
    signed = int(dataset.get("PixelRepresentation", 0) or 0) == 1
    allowed = (-(2.0 ** (bits - 1)), 2.0 ** (bits - 1) - 1) if signed else (0.0, 2.0**bits - 1)
    if low < allowed[0] or high > allowed[1]:
        notes.append(f"Some pixels lie outside the {bits} bits that the file announces; the range was widened.")
    return min(low, allowed[0]), max(high, allowed[1])


def _modality(dataset: Dataset, stored_range: tuple[float, float], notes: list[str]) -> _Modality:
    table = read_look_up_table(dataset, "ModalityLUTSequence", notes)
    if table is not None:
        return _Modality(table.apply, 0.0, table.maximum)
    slope, intercept = number(dataset, "RescaleSlope"), number(dataset, "RescaleIntercept")
    if slope == 0:
        notes.append("The file's rescale slope is 0, which is not allowed; stored values are used.")
        slope, intercept = 1.0, 0.0
    gain, offset = 1.0 if slope is None else slope, intercept or 0.0
    ends = sorted(end * gain + offset for end in stored_range)
    return _Modality(lambda values: values * gain + offset, ends[0], ends[1])


def _voi(dataset: Dataset, modality: _Modality, notes: list[str]) -> tuple[Step, DicomWindow | None]:
    table = read_look_up_table(dataset, "VOILUTSequence", notes)
    windows = _windows(dataset, notes)
    _note_choice(dataset, table, windows, notes)
    if table is not None:
        maximum = table.maximum
        return lambda values: table.apply(values) / maximum, None
    if windows:
        window = windows[0]
        return lambda values: apply_dicom_window(values, window), window
    return _full_range(modality), None


def _full_range(modality: _Modality) -> Step:
    span = (modality.high - modality.low) or 1.0
    return lambda values: np.clip((values - modality.low) / span, 0.0, 1.0)


def _windows(dataset: Dataset, notes: list[str]) -> list[DicomWindow]:
    function = str(dataset.get("VOILUTFunction", "") or "LINEAR").strip().upper()
    if function not in _FUNCTIONS:
        notes.append("The file names an unknown window function; a linear one was applied.")
        function = "LINEAR"
    centres, widths = numbers(dataset, "WindowCenter"), numbers(dataset, "WindowWidth")
    least = 1.0 if function == "LINEAR" else np.finfo(np.float32).tiny
    pairs = list(zip(centres, widths, strict=False))
    usable = [DicomWindow(centre, width, function) for centre, width in pairs if width >= least]
    if len(usable) < max(len(centres), len(widths)):
        notes.append("A window of the file has no centre or no positive width; it was left out.")
    return usable


def _note_choice(dataset: Dataset, table: LookUpTable | None, windows: list[DicomWindow], notes: list[str]) -> None:
    further = len(windows) - 1
    if table is not None:
        further = len(windows) + len(dataset.VOILUTSequence) - 1
    if further > 0:
        others = ", ".join(f"{window.centre:g}/{window.width:g}" for window in windows[0 if table else 1 :])
        notes.append(
            f"The file offers {further + 1} ways to view it; the first was applied"
            + (f" (others, centre/width: {others})." if others else ".")
        )


def apply_dicom_window(values: Values, window: DicomWindow) -> Values:
    """Apply a window, giving [0, 1].

    References
    ----------
    DICOM PS3.3 C.11.2.1.2.1 (LINEAR), C.11.2.1.3.2 (LINEAR_EXACT), C.11.2.1.3.1 (SIGMOID).
    """
    if window.function == "SIGMOID":
        exponent = np.clip(-4.0 * (values - window.centre) / window.width, -700.0, 700.0)
        return np.asarray(1.0 / (1.0 + np.exp(exponent)))
    shift = 0.5 if window.function == "LINEAR" else 0.0
    centre, width = window.centre - shift, window.width - 2 * shift
    if width == 0:
        return np.asarray(values > centre, np.float64)
    return np.asarray(np.clip((values - centre) / width + 0.5, 0.0, 1.0))


def _padding(stored: NDArray[np.generic], dataset: Dataset, notes: list[str]) -> tuple[float, float] | None:
    """Range of the values that stand for "no image here"; None if no pixel has one."""
    keyword = "FloatPixelPadding" if stored.dtype.kind == "f" else "PixelPadding"
    value = number(dataset, f"{keyword}Value")
    if value is None:
        return None
    limit = number(dataset, f"{keyword}RangeLimit")
    ends = sorted((value, value if limit is None else limit))
    share = float(np.mean((stored >= ends[0]) & (stored <= ends[1])))  # type: ignore[operator]
    if share == 0:
        return None
    notes.append(f"Padding outside the image ({100 * share:.1f} % of the pixels) is shown black.")
    return ends[0], ends[1]
