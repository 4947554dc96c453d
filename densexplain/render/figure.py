"""The paper's Figure 4 as one sheet: radiograph, heat map and a grid for each stage.

The montages arrive ready, so that the sheet costs about as much as its text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from densexplain.errors import ShapeError
from densexplain.explain.wording import PAPERS_WORDING, Wording
from densexplain.provenance import NOTICE
from densexplain.render.overlay import Overlay, colour_bar, fit_within, render_overlay, render_radiograph, with_sign
from densexplain.render.print.sheet import PANEL_PX, SOFT, Sheet
from densexplain.render.stage_grid import FIGURE_STYLE, StageGrid
from densexplain.vocabulary import (
    ColourMap,
    ColourScale,
    FigureFormat,
    Finding,
    Ranking,
    ResizeMode,
)

CHOSEN_BY = {
    Ranking.MEAN: "mean activation",
    Ranking.MAXIMUM: "maximum activation",
    Ranking.CONTRIBUTION: "contribution (block 4), mean",
}
"""How the feature maps are chosen, for a reader."""

_READING = {
    ColourScale.RELATIVE: (
        "(b) Right end of the bar: strongest evidence {towards} within this",
        "radiograph. Colours do not compare between radiographs.",
    ),
    ColourScale.ABSOLUTE: (
        "(b) Middle of the bar: no evidence. Right: evidence {towards}, left:",
        "{against}. Colours compare between radiographs.",
    ),
}
_LETTERS = "cdefghijklmnopqrstuvwxyz"
_READING_GRIDS = (
    "The map is the evidence laid out over the radiograph, in logits.",
    "(c) to ({last}) The 16 strongest maps of each stage; under each its channel",
    "and its strength. The bar runs from 0 to the map's own maximum.",
)


@dataclass(frozen=True)
class FigureFacts:
    """What the sheet says beside the images; no more is needed to repeat it.

    Parameters
    ----------
    model_set, version, weights_sha256
        Which network; the hash is shortened on the sheet.
    finding, probability, logit, threshold, evidence_sum, bias
        Its answer; `logit`, `evidence_sum` and `bias` in logits.
    geometry
        One short line on crop and rotation, for example "whole radiograph".
    ranking
        How the maps were chosen.
    radiograph_sha256
        SHA-256 of the source file; shortened on the sheet. No name and no identifier
        is printed.
    code_version
        Version of this software.
    label_withheld
        Whether neither finding nor probability nor logit is printed.
    warning
        Sentence on what speaks against the label, or why it is withheld; empty where nothing does.
    wording
        Words for the class whose probability and map these are.
    """

    model_set: str
    version: str
    weights_sha256: str
    finding: Finding
    probability: float
    logit: float
    threshold: float
    evidence_sum: float
    bias: float
    geometry: str
    ranking: Ranking
    radiograph_sha256: str
    code_version: str
    label_withheld: bool = False
    warning: str = ""
    wording: Wording = PAPERS_WORDING


def render_figure(
    pixels: NDArray[np.float32],
    activation_map: NDArray[np.float32],
    grids: Sequence[StageGrid],
    facts: FigureFacts,
    *,
    file_format: FigureFormat = FigureFormat.PNG,
    colour_map: ColourMap = ColourMap.JET,
    grid_colour_map: ColourMap = ColourMap.BWR,
    scale: ColourScale = ColourScale.RELATIVE,
    opacity: float = 0.5,
    limit_logits: float | None = None,
    resize: ResizeMode = ResizeMode.STRETCH,
) -> bytes:
    """Compose the sheet: (a) radiograph, (b) class activation map, from (c) on feature maps.

    Parameters
    ----------
    pixels, activation_map
        As `render_overlay` takes them: shape (rows, columns), float32; grey levels in [0, 1], and logits.
    colour_map, scale, opacity, limit_logits, resize
        As `render_overlay` takes them.
    grids
        The stages in forward order, at most 24; montages in `FIGURE_STYLE`.
    facts
        Text of the sheet.
    file_format
        PNG or PDF.
    grid_colour_map
        The colours that the montages were made with, for their colour bars.

    Returns
    -------
    bytes
        The file; the same arguments give the same bytes, for it holds no date.

    Raises
    ------
    ShapeError
        If the grids are not all stages in order, are none or too many, or not in `FIGURE_STYLE`.

    Also raises as `render_overlay`.
    """
    _check_grids(grids)
    height_px, width_px = fit_within(pixels.shape[0], pixels.shape[1], *PANEL_PX)
    grey = render_radiograph(pixels, height_px=height_px, width_px=width_px)
    overlay = render_overlay(
        pixels,
        activation_map,
        colour_map=colour_map,
        scale=scale,
        opacity=opacity,
        limit_logits=limit_logits,
        height_px=height_px,
        width_px=width_px,
        resize=resize,
    )
    sheet = Sheet(height_px, FIGURE_STYLE.shape_px, len(grids))
    _draw_head(sheet)
    _draw_images(sheet, grey, overlay, colour_map)
    _draw_facts(sheet, facts)
    _draw_reading(sheet, scale, facts.wording, _LETTERS[len(grids) - 1])
    for column, grid in enumerate(grids):
        _draw_grid(sheet, grid, column, grid_colour_map)
    _draw_foot(sheet, facts)
    return sheet.encode(file_format, title=f"densexplain, model set {facts.model_set}", subject=NOTICE)


def _check_grids(grids: Sequence[StageGrid]) -> None:
    numbers = [grid.stage.number for grid in grids]
    if not 1 <= len(numbers) <= len(_LETTERS) or numbers != list(range(1, len(numbers) + 1)):
        raise ShapeError(
            f"the figure takes 1 to {len(_LETTERS)} stages in forward order; received "
            f"{[str(grid.stage) for grid in grids]}"
        )
    expected = (*FIGURE_STYLE.shape_px, 3)
    for grid in grids:
        if grid.montage.shape != expected:
            raise ShapeError(f"the figure's montages must have the shape {expected}; received {grid.montage.shape}")


def _draw_head(sheet: Sheet) -> None:
    sheet.text(sheet.left(0), 58, "From radiograph to evidence", 12, weight="bold")
    sheet.text(sheet.right, 58, NOTICE, 8, ha="right", weight="bold")
    sheet.rule(82)


def _draw_title(sheet: Sheet, letter: str, title: str, left: int, baseline: int) -> None:
    sheet.text(left, baseline, f"({letter})", 8, weight="bold")
    sheet.text(left + 46, baseline, title, 8)


def _draw_images(sheet: Sheet, grey: NDArray[np.uint8], overlay: Overlay, colour_map: ColourMap) -> None:
    rows, columns = grey.shape[:2]
    left = sheet.left(0) + max(columns, 400) + sheet.gutter_px
    for letter, x, image, title in (
        ("a", sheet.left(0), grey, "Radiograph"),
        ("b", left, overlay.image, "Class activation map"),
    ):
        _draw_title(sheet, letter, title, x, sheet.panel_top - 14)
        sheet.paste(image, x, sheet.panel_top)
    under = sheet.panel_top + rows + 12
    sheet.paste(colour_bar(colour_map, height_px=12, width_px=max(columns, 400)), left, under)
    sheet.text(left, under + 40, overlay.range_text, 6, SOFT)
    sheet.text(left, under + 64, overlay.cells_text, 6, SOFT)


def _draw_facts(sheet: Sheet, facts: FigureFacts) -> None:
    left, top = sheet.left(3), sheet.panel_top
    withheld = facts.label_withheld
    sheet.text(
        left,
        top + 36,
        "label withheld" if withheld else facts.wording.headline(facts.finding),
        18,
        weight="bold",
    )
    sheet.text(left, top + 74, f"by the model set {facts.model_set}", 8, SOFT)
    logit, evidence, bias = (with_sign(value, 3) for value in (facts.logit, facts.evidence_sum, facts.bias))
    rows = (
        (0, 0, facts.wording.probability, "withheld" if withheld else f"{facts.probability:.3f}"),
        (0, 1, "threshold", f"{facts.threshold:.2f}"),
        (1, 0, "logit = evidence + bias", "withheld" if withheld else f"{logit} = {evidence} {bias}"),
        (1, 1, "maps chosen by", CHOSEN_BY[facts.ranking]),
        (2, 0, "input", facts.geometry),
    )
    sheet.text(left, top + 100, facts.warning, 7, weight="bold")
    for row, column, name, value in rows:
        x, y = sheet.left(3 + column), top + 128 + 66 * row
        sheet.text(x, y, name, 6.5, SOFT)
        sheet.text(x, y + 28, value, min(8.5, 500 / max(len(value), 1)))


def _draw_reading(sheet: Sheet, scale: ColourScale, wording: Wording, last: str) -> None:
    towards, against = wording.evidence(Finding.ABNORMAL), wording.evidence(Finding.NORMAL)
    for number, line in enumerate(_READING[scale] + _READING_GRIDS):
        text = line.format(towards=towards, against=against, last=last)
        sheet.text(sheet.left(3), sheet.panel_top + 346 + 26 * number, text, 6.5, SOFT)


def _draw_grid(sheet: Sheet, grid: StageGrid, column: int, colour_map: ColourMap) -> None:
    left = sheet.left(column)
    _draw_title(sheet, _LETTERS[column], grid.stage.heading, left, sheet.grid_top - 42)
    times = "\N{MULTIPLICATION SIGN}"
    size = f"{grid.channels} maps of {grid.rows} {times} {grid.columns} cells"
    sheet.text(left, sheet.grid_top - 14, size, 6, SOFT)
    sheet.paste(grid.montage, left, sheet.grid_top)
    under = sheet.grid_top + grid.montage.shape[0] + 10
    sheet.paste(colour_bar(colour_map, height_px=10, width_px=grid.montage.shape[1]), left, under)
    sheet.text(left, under + 32, "0", 6, SOFT)
    sheet.text(left + grid.montage.shape[1], under + 32, "each map's own maximum", 6, SOFT, ha="right")


def _draw_foot(sheet: Sheet, facts: FigureFacts) -> None:
    top = sheet.foot_top
    sheet.rule(top)
    line = (
        f"densexplain {facts.code_version}   model set {facts.model_set} {facts.version}"
        f"   weights {facts.weights_sha256[:12]}   radiograph {facts.radiograph_sha256[:12]}"
    )
    sheet.text(sheet.left(0), top + 38, line, 6.5)
    sheet.text(sheet.right, top + 38, NOTICE, 6.5, ha="right", weight="bold")
