"""A map laid over the radiograph it was made from, with the range it shows."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from densexplain.errors import OptionError, ShapeError
from densexplain.render.colour import Limits, colour, finite_range, look_up_table, map_limits
from densexplain.settings import settings
from densexplain.vocabulary import ColourMap, ColourScale, ResizeMode


@dataclass(frozen=True)
class Overlay:
    """A blend of radiograph and heat map, and what its colours mean.

    Parameters
    ----------
    image
        Shape (rows, columns, 3), uint8, RGB.
    limits
        Ends of the colour scale, in the map's unit.
    range_text
        The same for a reader, with unit and scale.
    cells_text
        How coarse the map really is: ``7 x 7 cells enlarged``.
    padding_evidence
        Logits that the map holds outside the radiograph, on the black padding
        of a padded input, where they cannot be shown; 0 for a stretched one.
    """

    image: NDArray[np.uint8]
    limits: Limits
    range_text: str
    cells_text: str
    padding_evidence: float = 0.0


def fit_within(rows: int, columns: int, height_px: int, width_px: int) -> tuple[int, int]:
    """Largest rows and columns of the same proportions inside a box, in pixels."""
    factor = min(height_px / rows, width_px / columns)
    return max(1, round(rows * factor)), max(1, round(columns * factor))


def with_sign(value: float, decimals: int) -> str:
    """Write a signed number as it is printed: with a plus, or a minus sign rather than a hyphen."""
    return f"{value:+.{decimals}f}".replace("-", "\N{MINUS SIGN}")


def render_radiograph(
    pixels: NDArray[np.float32], *, height_px: int | None = None, width_px: int | None = None
) -> NDArray[np.uint8]:
    """Show a radiograph in grey.

    Parameters
    ----------
    pixels
        Shape (rows, columns), float32 in [0, 1], bright = dense; usually the
        crop, windowed or not.
    height_px, width_px
        Size wanted; with one of them the proportions are kept, with neither
        the size is.

    Returns
    -------
    numpy.ndarray
        Shape (height_px, width_px, 3), uint8, RGB with equal channels.

    Raises
    ------
    ShapeError
        If `pixels` is not two-dimensional or has no pixels.
    OptionError
        If the size wanted is under 1 or over 32,000 px.
    """
    if pixels.ndim != 2 or pixels.size == 0:
        raise ShapeError(f"`pixels` must have the shape (rows, columns); received {pixels.shape}")
    height_px, width_px = _size(pixels.shape, height_px, width_px)
    shrinks = height_px < pixels.shape[0] or width_px < pixels.shape[1]
    if pixels.shape != (height_px, width_px):
        method = cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC
        pixels = np.asarray(cv2.resize(pixels, (width_px, height_px), interpolation=method), np.float32)
    grey = np.rint(np.clip(pixels, 0, 1) * np.float32(255)).astype(np.uint8)
    return np.asarray(cv2.cvtColor(grey, cv2.COLOR_GRAY2RGB), np.uint8)


def render_overlay(
    pixels: NDArray[np.float32],
    activation_map: NDArray[np.float32],
    *,
    colour_map: ColourMap = ColourMap.JET,
    scale: ColourScale = ColourScale.RELATIVE,
    opacity: float = 0.5,
    limit_logits: float | None = None,
    height_px: int | None = None,
    width_px: int | None = None,
    resize: ResizeMode = ResizeMode.STRETCH,
    smooth: bool = True,
) -> Overlay:
    """Lay the class activation map over the radiograph.

    Parameters
    ----------
    pixels
        The crop that was explained, shape (rows, columns), float32 in
        [0, 1].
    activation_map
        Shape (rows, columns) of the last stage, float32, signed, in logits.
    colour_map, scale, limit_logits
        Colours, and what their ends mean; see `map_limits`. The relative scale
        runs over the cells that lie on the radiograph.
    opacity
        0 is the radiograph, 1 the heat map.
    height_px, width_px
        Size of the image; see `render_radiograph`.
    resize
        How the crop became the square that the network read. Of a padded
        square only the part that the radiograph fills is shown.
    smooth
        Enlarge bicubically, never beyond the map's own range; otherwise every
        cell is seen as it is.

    Raises
    ------
    ShapeError
        If `pixels` or the map is not two-dimensional, or empty.
    OptionError
        If the opacity is outside [0, 1], the size out of range, or the
        absolute scale has no limit.
    MapNotFiniteError
        If there is NaN or infinity in the map.
    """
    shown = _shown_part(activation_map, pixels.shape, resize)
    limits = map_limits(activation_map[: shown.whole_rows, : shown.whole_columns], scale, limit_logits)
    image = _blend(pixels, activation_map, colour_map, limits, opacity, height_px, width_px, shown, smooth)
    text = _range_text(limits, scale)
    return Overlay(image, limits, text, _cells_text(activation_map), shown.padding_evidence)


def render_feature_overlay(
    pixels: NDArray[np.float32],
    feature_map: NDArray[np.float32],
    *,
    colour_map: ColourMap = ColourMap.BWR,
    opacity: float = 0.5,
    height_px: int | None = None,
    width_px: int | None = None,
    resize: ResizeMode = ResizeMode.STRETCH,
    smooth: bool = False,
) -> Overlay:
    """Lay one feature map over the radiograph, coloured from 0 to its maximum.

    Parameters and Raises as `render_overlay`; `feature_map` has the shape
    (rows, columns) of its stage, float32, >= 0.
    """
    shown = _shown_part(feature_map, pixels.shape, resize)
    own = map_limits(feature_map)
    limits = Limits(0.0, 0.0 if own.flat else max(own.high, 0.0))
    image = _blend(pixels, feature_map, colour_map, limits, opacity, height_px, width_px, shown, smooth)
    text = f"activation: flat at {own.high:.2g}" if limits.flat else f"activation: 0 to {own.high:.3g}"
    return Overlay(image, limits, text, _cells_text(feature_map))


def colour_bar(
    colour_map: ColourMap, *, height_px: int = 12, width_px: int = 256, upright: bool = False
) -> NDArray[np.uint8]:
    """Draw the strip that goes with a range text, low end left (or below, if upright).

    Returns
    -------
    numpy.ndarray
        Shape (height_px, width_px, 3), uint8, RGB.

    Raises
    ------
    OptionError
        If the size is under 1 or over 32,000 px.
    """
    _check_size(height_px, width_px)
    table = look_up_table(colour_map)
    length = height_px if upright else width_px
    steps = table[np.arange(length) * 256 // length]
    strip = steps[::-1, None] if upright else steps[None]
    return np.ascontiguousarray(np.broadcast_to(strip, (height_px, width_px, 3)))


@dataclass(frozen=True)
class _ShownPart:
    """Share of the network's square that the radiograph fills, from the top left corner."""

    rows: float
    columns: float
    whole_rows: int
    whole_columns: int
    padding_evidence: float


def _shown_part(values: NDArray[np.float32], crop_shape: tuple[int, ...], resize: ResizeMode) -> _ShownPart:
    if values.ndim != 2 or len(crop_shape) != 2 or min(crop_shape) < 1:
        raise ShapeError(f"radiograph and map must be (rows, columns) each; received {crop_shape} and {values.shape}")
    finite_range(values)
    if resize is ResizeMode.STRETCH:
        return _ShownPart(1.0, 1.0, values.shape[0], values.shape[1], 0.0)
    rows, columns = (edge / max(crop_shape) for edge in crop_shape)
    # A cell belongs to the radiograph by the share of it that is covered.
    cover = [np.clip(share * n - np.arange(n), 0, 1) for share, n in zip((rows, columns), values.shape, strict=True)]
    outside = float((values * (1 - np.outer(*cover))).sum() / values.size)
    whole = [int(np.count_nonzero(part)) for part in cover]
    return _ShownPart(rows, columns, whole[0], whole[1], outside)


def _blend(
    pixels: NDArray[np.float32],
    values: NDArray[np.float32],
    colour_map: ColourMap,
    limits: Limits,
    opacity: float,
    height_px: int | None,
    width_px: int | None,
    shown: _ShownPart,
    smooth: bool,
) -> NDArray[np.uint8]:
    if not 0 <= opacity <= 1:
        raise OptionError(f"`opacity` must be between 0 and 1; received {opacity}")
    grey = render_radiograph(pixels, height_px=height_px, width_px=width_px)
    heat = colour(_enlarge(values, grey.shape[0], grey.shape[1], shown, smooth), colour_map, limits)
    return np.asarray(cv2.addWeighted(heat, opacity, grey, 1 - opacity, 0), np.uint8)


def _enlarge(
    values: NDArray[np.float32], height_px: int, width_px: int, shown: _ShownPart, smooth: bool
) -> NDArray[np.float32]:
    square = round(height_px / shown.rows), round(width_px / shown.columns)
    if square[0] < values.shape[0] or square[1] < values.shape[1]:
        method = cv2.INTER_AREA
    else:
        method = cv2.INTER_CUBIC if smooth else cv2.INTER_NEAREST
    enlarged = cv2.resize(values, square[::-1], interpolation=method)[:height_px, :width_px]
    return np.clip(enlarged, values.min(), values.max())


def _range_text(limits: Limits, scale: ColourScale) -> str:
    if scale is ColourScale.ABSOLUTE:
        return f"absolute: {_logits(limits.low)} to {_logits(limits.high)} logits"
    if limits.flat:
        return f"relative to this radiograph: flat at {_logits(limits.low)} logits"
    return f"relative to this radiograph: {_logits(limits.low)} to {_logits(limits.high)} logits"


def _logits(value: float) -> str:
    size = abs(value)
    if size == 0:
        return "0"
    return with_sign(value, 0 if size >= 99.5 else 1 if size >= 0.95 else 2 if size >= 0.095 else 4).removesuffix(".0")


def _cells_text(values: NDArray[np.float32]) -> str:
    return f"{values.shape[0]} \N{MULTIPLICATION SIGN} {values.shape[1]} cells enlarged"


def _size(shape: tuple[int, ...], height_px: int | None, width_px: int | None) -> tuple[int, int]:
    rows, columns = shape[0], shape[1]
    if height_px is None and width_px is None:
        return rows, columns
    if height_px is None:
        height_px = max(1, round(rows * (width_px or 1) / columns))
    elif width_px is None:
        width_px = max(1, round(columns * height_px / rows))
    width_px = width_px or 1
    _check_size(height_px, width_px)
    return height_px, width_px


def _check_size(height_px: int, width_px: int) -> None:
    most = settings().maximum_side_px
    if not (1 <= height_px <= most and 1 <= width_px <= most):
        raise OptionError(f"an image must be 1 to {most} px high and wide; received {height_px} by {width_px} px")
