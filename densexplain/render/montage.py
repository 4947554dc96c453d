"""Sixteen feature maps as one image of four by four tiles, each with its label."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from densexplain.errors import OptionError, ShapeError
from densexplain.render.colour import (
    FLAT_TOLERANCE,
    Limits,
    colour_by_index,
    colour_indices,
    finite_range,
    look_up_table,
)
from densexplain.render.label import draw_text, line_height_px, strength_text, text_width_px
from densexplain.vocabulary import ColourMap

SIDE = 4
TILES = SIDE * SIDE
Colour = tuple[int, int, int]

_SOFT = 0.72


@dataclass(frozen=True)
class MontageStyle:
    """Sizes in pixels and colours (RGB, 0 to 255) of a montage.

    Parameters
    ----------
    tile_px, gap_px
        Edge of a tile, and the paper between two of them.
    labelled
        Room for channel number and strength under every tile.
    written
        Fill that room; otherwise the caller that lays the montage out writes there.
    font_px
        Size of the labels' type.
    background, ink
        Paper and labels; the defaults suit the dark theme.
    smooth
        Enlarge bicubically; otherwise every cell of the map is seen as it is.
    common_scale
        Colour all tiles from 0 to the largest of all maximums, so that they
        compare; otherwise each from 0 to its own maximum, as in the paper.
    """

    tile_px: int = 80
    gap_px: int = 8
    labelled: bool = True
    written: bool = True
    font_px: int = 11
    background: Colour = (14, 17, 23)
    ink: Colour = (201, 205, 212)
    smooth: bool = False
    common_scale: bool = False

    def __post_init__(self) -> None:
        least = -(-13 * self.font_px // 2) if self.labelled and self.written else 8
        if not least <= self.tile_px <= 512 or not 0 <= self.gap_px <= 64 or not 6 <= self.font_px <= 64:
            raise OptionError(
                f"tiles must be {least} to 512 px, gaps 0 to 64 px and type 6 to 64 px; "
                f"received {self.tile_px}, {self.gap_px} and {self.font_px} px"
            )

    @property
    def pitch_px(self) -> tuple[int, int]:
        """Rows and columns from one tile to the next."""
        return self.tile_px + self.label_px + self.gap_px, self.tile_px + self.gap_px

    @property
    def label_px(self) -> int:
        """Rows of the label under a tile; 0 without labels."""
        return line_height_px(self.font_px) + 2 if self.labelled else 0

    @property
    def shape_px(self) -> tuple[int, int]:
        """Rows and columns of the whole montage."""
        down, across = self.pitch_px
        return SIDE * down - self.gap_px, SIDE * across - self.gap_px

    def light(self) -> MontageStyle:
        """Give the same in dark ink on white paper, for print and the light theme."""
        return replace(self, background=(255, 255, 255), ink=(40, 44, 52))


def tile_corner(tile: int, style: MontageStyle) -> tuple[int, int]:
    """Top row and left column of a tile, in pixels; tiles count row by row from 0.

    Raises
    ------
    OptionError
        If `tile` is not 0 to 15.
    """
    if not 0 <= tile < TILES:
        raise OptionError(f"a tile's number must be 0 to {TILES - 1}; received {tile}")
    down, across = style.pitch_px
    return tile // SIDE * down, tile % SIDE * across


def tile_centres(style: MontageStyle) -> tuple[tuple[float, float], ...]:
    """Centres (x, y) of the 16 tiles in pixels of the montage, x to the right, y down."""
    half = style.tile_px / 2
    corners = (tile_corner(tile, style) for tile in range(TILES))
    return tuple((left + half, top + half) for top, left in corners)


def render_montage(
    maps: NDArray[np.float32],
    channels: NDArray[np.int32] | None = None,
    strengths: NDArray[np.float32] | None = None,
    *,
    colour_map: ColourMap = ColourMap.BWR,
    style: MontageStyle | None = None,
) -> NDArray[np.uint8]:
    """Draw the feature maps of one stage straight through the look-up table.

    Parameters
    ----------
    maps
        Shape (n, rows, columns), float32, >= 0, strongest first; n is 16, or
        less where a network has fewer channels (the last tiles stay empty).
    channels, strengths
        Number of the channel, shape (n,), int32, from 0, and strength, shape (n,),
        float32, that stand under each tile; needed if the style prints them.
    colour_map
        The paper's ``bwr``: blue near zero, red high.
    style
        Sizes, colours and scaling.

    Returns
    -------
    numpy.ndarray
        Shape ``style.shape_px`` + (3,), uint8, RGB. A map without variation, or
        weaker than 1e-5 of the strongest beside it, is one uniform colour.

    Raises
    ------
    ShapeError
        If `maps` is not one to 16 maps, or the labels are not as many.
    MapNotFiniteError
        If there is NaN or infinity among the values.
    """
    style = style or MontageStyle()
    if maps.ndim != 3 or not 1 <= len(maps) <= TILES:
        raise ShapeError(f"a montage takes 1 to {TILES} maps of one size; received the shape {maps.shape}")
    finite_range(maps)
    indices = np.zeros(style.shape_px, np.uint8)
    size = style.tile_px
    for tile, (values, limits) in enumerate(zip(maps, _tile_limits(maps, style.common_scale), strict=True)):
        top, left = tile_corner(tile, style)
        indices[top : top + size, left : left + size] = _tile_indices(values, limits, style)
    image = colour_by_index(indices, look_up_table(colour_map))
    _clear_paper(image, len(maps), style)
    if style.labelled and style.written:
        _draw_labels(image, len(maps), channels, strengths, style)
    return image


def _tile_limits(maps: NDArray[np.float32], common: bool) -> list[Limits]:
    flattened = maps.reshape(len(maps), -1)
    lows, highs = flattened.min(axis=1), flattened.max(axis=1)
    strongest = max(float(highs.max()), 0.0)
    if common:
        return [Limits(0.0, strongest)] * len(maps)
    noise = FLAT_TOLERANCE * strongest
    flat = (highs <= noise) | (highs - lows <= FLAT_TOLERANCE * np.abs(highs))
    return [Limits(0.0, 0.0 if is_flat else float(high)) for is_flat, high in zip(flat, highs, strict=True)]


def _tile_indices(values: NDArray[np.float32], limits: Limits, style: MontageStyle) -> NDArray[np.uint8]:
    size = (style.tile_px, style.tile_px)
    if values.shape[0] > style.tile_px or values.shape[1] > style.tile_px:
        return colour_indices(np.asarray(cv2.resize(values, size, interpolation=cv2.INTER_AREA), np.float32), limits)
    if style.smooth:
        return colour_indices(np.asarray(cv2.resize(values, size, interpolation=cv2.INTER_CUBIC), np.float32), limits)
    cells = colour_indices(values, limits)
    return np.asarray(cv2.resize(cells, size, interpolation=cv2.INTER_NEAREST), np.uint8)


def _clear_paper(image: NDArray[np.uint8], tiles: int, style: MontageStyle) -> None:
    down, across = style.pitch_px
    for number in range(SIDE):
        image[number * down + style.tile_px : (number + 1) * down] = style.background
        image[:, number * across + style.tile_px : (number + 1) * across] = style.background
    for tile in range(tiles, TILES):
        top, left = tile_corner(tile, style)
        image[top : top + style.tile_px, left : left + style.tile_px] = style.background


def _draw_labels(
    image: NDArray[np.uint8],
    tiles: int,
    channels: NDArray[np.int32] | None,
    strengths: NDArray[np.float32] | None,
    style: MontageStyle,
) -> None:
    if channels is None or strengths is None or channels.shape != (tiles,) or strengths.shape != (tiles,):
        received = (None if channels is None else channels.shape, None if strengths is None else strengths.shape)
        raise ShapeError(f"{tiles} labelled tiles need as many channels and strengths; received {received}")
    numbers, values = channels.tolist(), strengths.tolist()
    signed = min(values) < 0
    coverage = np.zeros((style.label_px, image.shape[1]), np.uint8)
    table = _ink_table(style.background, style.ink)
    for row in range(-(-tiles // SIDE)):
        coverage[:] = 0
        for tile in range(row * SIDE, min((row + 1) * SIDE, tiles)):
            top, left = tile_corner(tile, style)
            _draw_label(coverage[1:, left : left + style.tile_px], str(numbers[tile]), values[tile], signed, style)
        under = top + style.tile_px
        image[under : under + style.label_px] = colour_by_index(coverage, table)


def _draw_label(coverage: NDArray[np.uint8], number: str, strength: float, signed: bool, style: MontageStyle) -> None:
    text = strength_text(strength, signed)
    after = text_width_px(number, style.font_px) + style.font_px // 2
    left = max(0, min(after, style.tile_px - text_width_px(text, style.font_px)))
    draw_text(coverage, text, left, style.font_px)
    # The strength is set softer than the channel number, or the two would read as one.
    np.copyto(coverage, (coverage * np.float32(_SOFT)).astype(np.uint8))
    draw_text(coverage, number, 0, style.font_px)


def _ink_table(background: Colour, ink: Colour) -> NDArray[np.uint8]:
    share = np.linspace(0, 1, 256)[:, None]
    return np.asarray(np.rint(share * np.asarray(ink) + (1 - share) * np.asarray(background)), np.uint8)
