"""Many radiographs on one sheet, each as it was read, so that a wrong one is seen at a glance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from densexplain.provenance import NOTICE
from densexplain.render.encoding import encode_png

TILE_PX = 160
_COLUMNS, _GAP_PX, _FONT_PX, _LINE_PX = 8, 8, 12, 18
_PAPER, _INK, _SOFT = (20, 22, 26), (223, 226, 230), (154, 161, 171)
_LEAST_WIDTH_PX = 340  # room for the notice


@dataclass(frozen=True, eq=False)
class SheetTile:
    """One file on the sheet.

    Parameters
    ----------
    label
        Short words under it, such as its number and how many notes there are.
    pixels
        Shape (rows, columns) of at most `TILE_PX` each, float32 in [0, 1]; None where it was refused.
    """

    label: str
    pixels: NDArray[np.float32] | None


def contact_sheet(tiles: Sequence[SheetTile]) -> bytes:
    """Draw a PNG with eight files in a row, in their order.

    Parameters
    ----------
    tiles
        At least one.
    """
    pitch_x, pitch_y = TILE_PX + _GAP_PX, TILE_PX + _LINE_PX + _GAP_PX
    columns, rows = min(_COLUMNS, len(tiles)), -(-len(tiles) // _COLUMNS)
    size = (max(columns * pitch_x + _GAP_PX, _LEAST_WIDTH_PX), rows * pitch_y + 2 * _GAP_PX + _LINE_PX)
    sheet = Image.new("RGB", size, _PAPER)
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(_FONT_PX)
    draw.text((_GAP_PX, _GAP_PX), f"{NOTICE}.", _SOFT, font)
    for number, tile in enumerate(tiles):
        left = _GAP_PX + number % _COLUMNS * pitch_x
        top = 2 * _GAP_PX + _LINE_PX + number // _COLUMNS * pitch_y
        if tile.pixels is None:
            draw.rectangle((left, top, left + TILE_PX - 1, top + TILE_PX - 1), outline=_SOFT)
        else:
            grey = np.rint(np.clip(tile.pixels, 0.0, 1.0) * 255).astype(np.uint8)
            across, height = grey.shape[1], grey.shape[0]
            sheet.paste(Image.fromarray(grey), (left + (TILE_PX - across) // 2, top + (TILE_PX - height) // 2))
        draw.text((left, top + TILE_PX + 2), tile.label, _INK, font)
    return encode_png(np.asarray(sheet))
