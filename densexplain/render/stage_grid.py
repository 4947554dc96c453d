"""One stage's montage in the style of the printed figure, with what it was made of."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from densexplain.classifier.classifier import Stage
from densexplain.render.montage import MontageStyle, render_montage
from densexplain.vocabulary import ColourMap

FIGURE_STYLE = MontageStyle(tile_px=96, gap_px=9, font_px=14).light()
"""Style of the montages that `render_figure` takes."""


@dataclass(frozen=True)
class StageGrid:
    """One stage's ready montage, and what it was made of.

    Parameters
    ----------
    stage
        Which one.
    rows, columns, channels
        Size of the stage's feature maps, and how many there are.
    montage
        Shape ``FIGURE_STYLE.shape_px`` + (3,), uint8, RGB.
    """

    stage: Stage
    rows: int
    columns: int
    channels: int
    montage: NDArray[np.uint8]


def stage_grid(
    stage: Stage,
    shape: tuple[int, int, int],
    maps: NDArray[np.float32],
    channels: NDArray[np.int32],
    strengths: NDArray[np.float32],
    colour_map: ColourMap = ColourMap.BWR,
) -> StageGrid:
    """Make a stage's grid in the figure's style.

    Parameters
    ----------
    stage
        Stage that the maps end.
    shape
        Rows, columns and channels of all its maps.
    maps, channels, strengths, colour_map
        As `render_montage` takes them: shapes (n, rows, columns), (n,) and (n,); float32 >= 0, int32, float32.

    Raises as `render_montage`.
    """
    montage = render_montage(maps, channels, strengths, colour_map=colour_map, style=FIGURE_STYLE)
    return StageGrid(stage, *shape, montage=montage)
