"""A clinical study on one sheet: every projection with its map, on one scale, and the study's label."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from densexplain import __version__
from densexplain.explain.study.study_reading import ExplainedProjection, StudyReading, projection_name
from densexplain.provenance import NOTICE
from densexplain.radiograph.geometry import apply_geometry
from densexplain.render.overlay import Overlay, colour_bar, fit_within, render_overlay, render_radiograph, with_sign
from densexplain.render.print.sheet import SOFT, BlankSheet
from densexplain.render.report import geometry_line
from densexplain.vocabulary import ColourMap, ColourScale, FigureFormat

_CELL_PX = 460  # box of each image: rows and columns
_MOST_COLUMNS = 4
_FEWEST_COLUMNS = 3  # the lines at the head take as much
_HEAD_PX, _CAPTION_PX, _FOOT_PX = 310, 118, 64
_REFUSED_LINES = 6


@dataclass(frozen=True)
class _Cell:
    projection: ExplainedProjection
    grey: NDArray[np.uint8]
    overlay: Overlay


def render_study_sheet(
    reading: StudyReading,
    *,
    colour_map: ColourMap = ColourMap.JET,
    opacity: float = 0.5,
    limit_logits: float | None = None,
) -> bytes:
    """Compose the sheet: four projections a row, each radiograph over its class activation map.

    Parameters
    ----------
    reading
        What is shown. Files that were refused are named by their place.
    colour_map, opacity
        As `render_overlay` takes them.
    limit_logits
        Ends of the colour scale of all maps, in logits; None takes the largest magnitude among them.

    Returns
    -------
    bytes
        PNG; the same arguments give the same bytes. No name and no identifier is printed.

    Raises
    ------
    CropError
        If a crop does not fit its radiograph.
    OptionError, MapNotFiniteError
        As `render_overlay`.
    """
    limit = reading.limit_logits if limit_logits is None else limit_logits
    cells = [_cell(reading, projection, colour_map, opacity, limit) for projection in reading.projections]
    columns = min(max(len(cells), _FEWEST_COLUMNS), _MOST_COLUMNS)
    bands = -(-len(cells) // _MOST_COLUMNS)
    band_px = _CAPTION_PX + 2 * _CELL_PX + 2 * BlankSheet.gutter_px
    refused = _refused_lines(reading)
    foot = _HEAD_PX + bands * band_px + 26 * len(refused)
    width = 2 * BlankSheet.margin_px + columns * (_CELL_PX + BlankSheet.gutter_px) - BlankSheet.gutter_px
    sheet = BlankSheet(foot + _FOOT_PX, width)
    _draw_head(sheet, reading, cells[0].overlay, colour_map)
    for place, cell in enumerate(cells):
        band, column = divmod(place, _MOST_COLUMNS)
        left = sheet.margin_px + column * (_CELL_PX + sheet.gutter_px)
        _draw_cell(sheet, reading, cell, left, _HEAD_PX + band * band_px)
    for number, line in enumerate(refused):
        sheet.text(sheet.margin_px, _HEAD_PX + bands * band_px + 26 * number, line, 6.5, SOFT)
    _draw_foot(sheet, reading, foot)
    return sheet.encode(
        FigureFormat.PNG, title=f"densexplain, study, model set {reading.manifest.name}", subject=NOTICE
    )


def _cell(
    reading: StudyReading, projection: ExplainedProjection, colour_map: ColourMap, opacity: float, limit: float
) -> _Cell:
    pixels = apply_geometry(projection.radiograph.pixels, projection.geometry)
    height_px, width_px = fit_within(pixels.shape[0], pixels.shape[1], _CELL_PX, _CELL_PX)
    overlay = render_overlay(
        pixels,
        projection.explanation.activation_map,
        colour_map=colour_map,
        scale=ColourScale.ABSOLUTE,
        opacity=opacity,
        limit_logits=limit,
        height_px=height_px,
        width_px=width_px,
        resize=reading.manifest.specification.resize,
    )
    return _Cell(projection, render_radiograph(pixels, height_px=height_px, width_px=width_px), overlay)


def _draw_head(sheet: BlankSheet, reading: StudyReading, overlay: Overlay, colour_map: ColourMap) -> None:
    left, vote = sheet.margin_px, reading.vote
    sheet.text(left, 58, "A study and what its label rests on", 12, weight="bold")
    sheet.text(sheet.right, 58, NOTICE, 8, ha="right", weight="bold")
    sheet.rule(82)
    label = (
        "label withheld"
        if vote.finding is None
        else vote.wording.headline(vote.finding) + (" (tie)" if vote.tie else "")
    )
    sheet.text(left, 138, label, 18, weight="bold")
    mean = "" if vote.mean_probability is None else f"Mean {vote.wording.probability} {vote.mean_probability:.3f}, "
    sheet.text(left, 172, f"{vote.sentence} {mean}threshold {vote.threshold:.2f}.", 7)
    for number, warning in enumerate(reading.warnings):
        sheet.text(left, 198 + 24 * number, warning, 6.5, weight="bold")
    sheet.paste(colour_bar(colour_map, height_px=12, width_px=400), left, 250)
    text = f"all maps on one scale, {overlay.range_text}; middle of the bar: no evidence; {overlay.cells_text}"
    sheet.text(left + 420, 262, text, 6.5, SOFT)


def _draw_cell(sheet: BlankSheet, reading: StudyReading, cell: _Cell, left: int, top: int) -> None:
    projection, explanation = cell.projection, cell.projection.explanation
    name = projection_name(projection.radiograph)
    place = f"File {projection.number}, series {projection.series}"
    sheet.text(left, top + 22, f"{place}, {name}" if name else place, 7, SOFT)
    said = "label withheld" if explanation.label_withheld else f"{explanation.statement} {explanation.probability:.3f}"
    if reading.disagrees(projection):
        said += "   \N{NOT EQUAL TO} the study's label"
    sheet.text(left, top + 54, said, 9.5, weight="bold")
    logit = "" if explanation.label_withheld else f"logit {with_sign(explanation.logit, 3)}   "
    line = f"{logit}{geometry_line(projection.geometry)}"
    sheet.text(left, top + 82, line, min(6.5, 420 / len(line)), SOFT)
    sheet.paste(cell.grey, left, top + _CAPTION_PX - 16)
    sheet.paste(cell.overlay.image, left, top + _CAPTION_PX - 16 + cell.grey.shape[0] + 12)


def _refused_lines(reading: StudyReading) -> list[str]:
    lines = [f"File {one.number} was not read. {one.reason}" for one in reading.refused[:_REFUSED_LINES]]
    more = len(reading.refused) - len(lines)
    return [*lines, f"{more} more files were not read."] if more else lines


def _draw_foot(sheet: BlankSheet, reading: StudyReading, top: int) -> None:
    manifest = reading.manifest
    sheet.rule(top)
    hashes = " ".join(projection.radiograph.sha256[:8] for projection in reading.projections[:_MOST_COLUMNS])
    more = " ..." if len(reading.projections) > _MOST_COLUMNS else ""
    line = (
        f"densexplain {__version__}   model set {manifest.name} {manifest.version}   "
        f"weights {manifest.weights_sha256[:12]}   radiographs {hashes}{more}"
    )
    sheet.text(sheet.margin_px, top + 38, line, 6)
    sheet.text(sheet.right, top + 38, NOTICE, 6, ha="right", weight="bold")
