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
from pydicom import uid
from pydicom.dataset import Dataset

from densexplain.errors import NotFiniteError
from densexplain.radiograph.radiograph import DicomWindow
from densexplain.radiograph.reading.contrast import LEAST_CONTRAST, contrast
from densexplain.radiograph.reading.dicom_values import number, places, signed_like
from densexplain.radiograph.reading.look_up_table import LookUpTable, read_look_up_table
from densexplain.radiograph.reading.polarity import dense_is_low, note_polarity

Values = NDArray[np.float64]
"""Pixel values on their way from stored values to grey levels, shape (rows, columns), float64, any value."""

Step = Callable[[Values], Values]
_ROWS_AT_ONCE = 256
_FUNCTIONS = ("LINEAR", "LINEAR_EXACT", "SIGMOID")
_ANGIOGRAPHY = (
    uid.XRayAngiographicImageStorage,
    uid.EnhancedXAImageStorage,
    uid.XRayRadiofluoroscopicImageStorage,
    uid.EnhancedXRFImageStorage,
)

_LITTLE = 0.25
"""A quarter of the values that a file may store: 14 bits where 16 are stated, which is common and nearly black."""

_MOSTLY = 0.99
"""Share of the pixels that must lie within a stated range for it to be believed."""


@dataclass(frozen=True)
class _Modality:
    apply: Step
    low: float
    high: float

    def of(self, ends: tuple[float, float]) -> tuple[float, float]:
        """Least and largest result between two stored values, which it is assumed to keep or to turn the order of."""
        found = sorted(float(one) for one in self.apply(np.array(ends)))
        return found[0], found[1]


@dataclass(frozen=True)
class _Voi:
    step: Step
    window: DicomWindow | None


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
    padding = _padding(stored, dataset, notes)
    occurring = modality.of(_occurring(stored, low, high, padding))
    voi = _voi(dataset, modality, notes)
    note_polarity(dataset, notes)
    inverted = dense_is_low(dataset)

    def through(display: Step) -> NDArray[np.float32]:
        def step(values: Values) -> Values:
            shown = display(modality.apply(values))
            shown = 1.0 - shown if inverted else shown
            if padding is not None:
                shown[(values >= padding[0]) & (values <= padding[1])] = 0.0
            return shown

        return _apply(stored, step)

    if voi is None:
        return through(_without_window(stored, dataset, modality, occurring, notes)), None
    pixels, found = through(voi.step), 0.0
    if low == high or (found := contrast(pixels)) >= LEAST_CONTRAST:
        return pixels, voi.window
    whole = through(_range(*occurring))
    if contrast(whole) < max(2 * found, LEAST_CONTRAST):
        notes.append("The picture has next to no contrast, whatever window it is seen through.")
        return pixels, voi.window
    notes.append(
        "The window of the file would leave next to no contrast; it was not applied, and the values that occur are "
        "shown from the least to the largest."
    )
    return whole, None


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
    if _is_angiography(dataset):
        if dataset.get("ModalityLUTSequence"):
            notes.append("The modality look-up table of an angiogram makes its values linear; it is not for viewing.")
    else:
        table = read_look_up_table(dataset, "ModalityLUTSequence", stored_range[0] < 0, notes)
        if table is not None:
            return _Modality(table.apply, 0.0, table.maximum)
    slope, intercept = number(dataset, "RescaleSlope"), number(dataset, "RescaleIntercept")
    if slope == 0:
        notes.append("The file's rescale slope is 0, which is not allowed; stored values are used.")
        slope, intercept = 1.0, 0.0
    gain, offset = 1.0 if slope is None else slope, intercept or 0.0
    ends = sorted(end * gain + offset for end in stored_range)
    return _Modality(lambda values: values * gain + offset, ends[0], ends[1])


def _is_angiography(dataset: Dataset) -> bool:
    """Whether the modality LUT leads away from what is meant to be seen (DICOM PS3.3 C.8.7.1.1.2)."""
    return str(dataset.get("SOPClassUID", "")) in _ANGIOGRAPHY


def _voi(dataset: Dataset, modality: _Modality, notes: list[str]) -> _Voi | None:
    table = read_look_up_table(dataset, "VOILUTSequence", modality.low < 0, notes)
    windows = _windows(dataset, notes)
    _note_choice(dataset, table, windows, notes)
    if table is not None:
        maximum = table.maximum
        return _Voi(lambda values: table.apply(values) / maximum, None)
    if windows:
        window = windows[0]
        return _Voi(lambda values: apply_dicom_window(values, window), window)
    return None


def _occurring(
    stored: NDArray[np.generic], low: float, high: float, padding: tuple[float, float] | None
) -> tuple[float, float]:
    """Least and largest stored value that is no padding."""
    if padding is None:
        return low, high
    inside = stored[(stored < padding[0]) | (stored > padding[1])]  # type: ignore[operator]
    return (float(inside.min()), float(inside.max())) if inside.size else (low, high)


def _without_window(
    stored: NDArray[np.generic],
    dataset: Dataset,
    modality: _Modality,
    occurring: tuple[float, float],
    notes: list[str],
) -> Step:
    """The range of a file without window or VOI LUT: what it may store, or less where it uses little of that."""
    smallest, largest = number(dataset, "SmallestImagePixelValue"), number(dataset, "LargestImagePixelValue")
    if smallest is not None and largest is not None and stored.dtype.kind in "iu":
        signed = int(dataset.get("PixelRepresentation", 0) or 0) == 1
        ends = signed_like(smallest, signed), signed_like(largest, signed)
        if ends[0] < ends[1] and float(np.mean((stored >= ends[0]) & (stored <= ends[1]))) >= _MOSTLY:  # type: ignore[operator]
            stated = modality.of(ends)
            if stated[1] - stated[0] < modality.high - modality.low:
                notes.append(
                    f"The file has no window; the smallest and largest value that it states, {ends[0]:g} and "
                    f"{ends[1]:g}, are the ends of the range."
                )
            return _range(*stated)
    if occurring[0] < occurring[1] and occurring[1] - occurring[0] < _LITTLE * (modality.high - modality.low):
        notes.append(
            f"The file has no window, and its values use little of their range; those that occur, {occurring[0]:g} to "
            f"{occurring[1]:g}, fill the grey scale."
        )
        return _range(*occurring)
    return _range(modality.low, modality.high)


def _range(low: float, high: float) -> Step:
    span = (high - low) or 1.0
    return lambda values: np.clip((values - low) / span, 0.0, 1.0)


def _windows(dataset: Dataset, notes: list[str]) -> list[DicomWindow]:
    function = str(dataset.get("VOILUTFunction", "") or "LINEAR").strip().upper()
    if function not in _FUNCTIONS:
        notes.append("The file names an unknown window function; a linear one was applied.")
        function = "LINEAR"
    centres, widths = places(dataset, "WindowCenter"), places(dataset, "WindowWidth")
    if not centres and not widths and any(dataset.get_item(one) for one in ("WindowCenter", "WindowWidth")):
        notes.append("The window of the file is no number; it was left out.")
    pairs = [(c, w) for c, w in zip(centres, widths, strict=False) if c is not None and w is not None]
    usable = [DicomWindow(centre, width, _function_of(function, width)) for centre, width in pairs if width > 0]
    if len(usable) < max(len(centres), len(widths)):
        notes.append("A window of the file has no centre or no positive width; it was left out.")
    return usable


def _function_of(function: str, width: float) -> str:
    """Under a width of 1, which LINEAR does not allow, values are fractions and the exact function is meant."""
    return "LINEAR_EXACT" if function == "LINEAR" and width < 1.0 else function


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
    if stored.dtype.kind in "iu":
        signed = int(dataset.get("PixelRepresentation", 0) or 0) == 1
        value = signed_like(value, signed)
        limit = None if limit is None else signed_like(limit, signed)
    ends = sorted((value, value if limit is None else limit))
    share = float(np.mean((stored >= ends[0]) & (stored <= ends[1])))  # type: ignore[operator]
    if share == 0:
        return None
    notes.append(f"Padding outside the image ({100 * share:.1f} % of the pixels) is shown black.")
    return ends[0], ends[1]
