"""The large pictures of the printed audit: the radiograph with its regions, the crop, and the map over it."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from densexplain.classifier.model_sets.manifest import Manifest
from densexplain.explain.audit.audit import Audit
from densexplain.radiograph.crop import Geometry
from densexplain.radiograph.geometry import whole_view
from densexplain.radiograph.radiograph import Radiograph
from densexplain.radiograph.regions.regions import Mask
from densexplain.render.audit.pictures import REGION_COLOURS
from densexplain.render.overlay import colour_bar, fit_within, render_overlay, render_radiograph
from densexplain.render.print.printed_page import (
    HEADING_PX,
    LEAST_SIZE,
    SOFT,
    PrintedPage,
    hexadecimal,
    pitch_px,
    width_px,
)
from densexplain.render.report import geometry_line
from densexplain.vocabulary import ColourMap, Finding, Region

_CAPTION_LINES = 3
_OUTLINE_PX = 1.0  # how far a printed outline may leave the mask, in pixels of the radiograph
_CROP_COLOUR = "#ffffff"
_DARK = "#10151b"
_TIMES = "\N{MULTIPLICATION SIGN}"
_KINDS: dict[Region | None, str] = {
    Region.ABNORMALITY: "marked region",
    Region.SOFT_TISSUE: "exposed anatomy",
    None: "drawn, without a kind",
}
_SMALL = 0.1  # of the picture; names keep off the regions of less, as far as they can
_MOST_PX = 1150


@dataclass(frozen=True)
class _Box:
    left: float
    top: float
    width: float
    height: float

    def moved(self, picture: _Box, scale: tuple[float, float]) -> _Box:
        """From pixels of a radiograph to where they are printed."""
        across, down = scale
        left, top = picture.left + self.left * across, picture.top + self.top * down
        return _Box(left, top, self.width * across, self.height * down)

    def meets(self, other: _Box) -> bool:
        return (
            self.left < other.left + other.width
            and other.left < self.left + self.width
            and self.top < other.top + other.height
            and other.top < self.top + self.height
        )


class ReportPictures:
    """Three pictures side by side, of a given height.

    Without a crop the first is the radiograph with nothing drawn over it, and
    the second the regions; with one, the first holds regions and crop, and the
    second is the crop.

    Parameters
    ----------
    page
        Where they are drawn.
    audit, manifest, radiograph
        What they show.
    """

    def __init__(self, page: PrintedPage, audit: Audit, manifest: Manifest, radiograph: Radiograph) -> None:
        self._page, self._audit, self._manifest, self._radiograph = page, audit, manifest, radiograph
        self._with_crop = audit.geometry != Geometry()
        self._column_px = (page.width - 2 * page.gutter_px) / 3
        shapes = [radiograph.pixels.shape, audit.pixels.shape]
        self.wanted_px = max(fit_within(shape[0], shape[1], _MOST_PX, round(self._column_px))[0] for shape in shapes)
        """Height in which the pictures are as wide as their columns."""
        self.around_px = HEADING_PX + 14 + 12 + _CAPTION_LINES * pitch_px(LEAST_SIZE)
        """What titles and captions take."""

    def draw(self, top: float, height_px: float) -> float:
        """Draw them, and return the bottom of their captions."""
        page, left, step = self._page, float(self._page.left), self._column_px + self._page.gutter_px
        if self._with_crop:
            self._draw_regions(left, page.heading(left, top, "Radiograph, regions and crop"), height_px)
            self._draw_plain(left + step, page.heading(left + step, top, "Crop"), height_px)
        else:
            self._draw_plain(left, page.heading(left, top, "Radiograph"), height_px)
            self._draw_regions(left + step, page.heading(left + step, top, "Regions"), height_px)
        left += 2 * step
        self._draw_map(left, page.heading(left, top, "Class activation map"), height_px)
        return top + self.around_px + height_px

    def _size(self, pixels: NDArray[np.float32], height_px: float) -> tuple[int, int]:
        return fit_within(pixels.shape[0], pixels.shape[1], int(height_px), int(self._column_px))

    def _draw_plain(self, left: float, top: float, height_px: float) -> None:
        page, audit = self._page, self._audit
        height, width = self._size(audit.pixels, height_px)
        grey = render_radiograph(audit.pixels, height_px=height, width_px=width)
        page.paste(grey, round(left), round(top))
        words = page.wrap(geometry_line(audit.geometry), self._column_px, LEAST_SIZE)
        page.lines(left, top + height + 10, words[:_CAPTION_LINES], LEAST_SIZE, SOFT)

    def _draw_map(self, left: float, top: float, height_px: float) -> None:
        page, audit = self._page, self._audit
        height, width = self._size(audit.pixels, height_px)
        overlay = render_overlay(
            audit.pixels,
            audit.explanation.activation_map,
            resize=self._manifest.specification.resize,
            height_px=height,
            width_px=width,
        )
        page.paste(overlay.image, round(left), round(top))
        under, wide = top + height + 12, round(self._column_px)
        page.paste(colour_bar(ColourMap.JET, height_px=14, width_px=wide), round(left), round(under))
        cells = overlay.cells_text.replace(f" {_TIMES} ", f"\N{NO-BREAK SPACE}{_TIMES}\N{NO-BREAK SPACE}")
        strongest = f"strongest {audit.explanation.wording.evidence(Finding.ABNORMAL)}"
        words = f"{overlay.range_text}; {cells}; right end: {strongest}"
        page.lines(left, under + 18, page.wrap(words, self._column_px, LEAST_SIZE)[:_CAPTION_LINES], LEAST_SIZE, SOFT)

    def _draw_regions(self, left: float, top: float, height_px: float) -> None:
        page, radiograph, audit = self._page, self._radiograph, self._audit
        height, width = self._size(radiograph.pixels, height_px)
        grey = render_radiograph(radiograph.pixels, height_px=height, width_px=width)
        left, top = round(left), round(top)
        page.paste(grey, left, top)
        scale = grey.shape[1] / radiograph.columns, grey.shape[0] / radiograph.rows

        def place(x: float, y: float) -> tuple[float, float]:
            return left + (x + 0.5) * scale[0], top + (y + 0.5) * scale[1]

        for region in audit.regions:
            for outline in _outlines(region.mask):
                points = [place(x, y) for x, y in outline]
                page.line(points, _DARK, 1.5, closed=True)
                page.line(points, hexadecimal(REGION_COLOURS[region.kind]), 0.8, closed=True)
        if self._with_crop and audit.geometry.crop is not None:
            view = whole_view(radiograph.pixels, Geometry())
            corners = [place(*point) for point in view.outline(audit.geometry.crop, audit.geometry.rotate_degrees)]
            page.line(corners, _DARK, 1.6, closed=True)
            page.line(corners, _CROP_COLOUR, 0.9, closed=True, dashes=(4, 2.5))
        picture = _Box(left, top, grey.shape[1], grey.shape[0])
        self._draw_names(picture, scale)
        self._draw_legend(left, top + grey.shape[0] + 10)

    def _draw_names(self, picture: _Box, scale: tuple[float, float]) -> None:
        """Number and name of each region beside it; the number alone where a name would cover another one."""
        page, taken = self._page, list[_Box]()
        boxes = [_bounds(region.mask).moved(picture, scale) for region in self._audit.regions]
        small = [box for box in boxes if box.width * box.height < _SMALL * picture.width * picture.height]
        numbered = enumerate(zip(self._audit.regions, boxes, strict=True), 1)
        # The smallest first: a large region leaves its name more places.
        for number, (region, around) in sorted(numbered, key=lambda one: one[1][1].width * one[1][1].height):
            found = [
                (words, box)
                for words in (f"{number} {region.name}", str(number))
                for box in _places(width_px(words, LEAST_SIZE, bold=True) + 12, around, picture)
            ]
            free = [(words, box) for words, box in found if not any(box.meets(other) for other in taken)]
            clear = [(words, box) for words, box in free if not any(box.meets(other) for other in small)]
            words, box = (clear or free or found[-1:])[0]
            taken.append(box)
            page.bar(box.left, box.top, box.width, box.height, _DARK, 0.72)
            colour = hexadecimal(REGION_COLOURS[region.kind])
            page.text(box.left + 6, box.top + box.height - 9, words, LEAST_SIZE, colour, weight="bold")

    def _draw_legend(self, left: float, top: float) -> None:
        page = self._page
        kinds = list(dict.fromkeys(region.kind for region in self._audit.regions))
        entries = [(hexadecimal(REGION_COLOURS[kind]), _KINDS.get(kind, str(kind))) for kind in kinds]
        if self._with_crop:
            entries.append((_CROP_COLOUR, "crop, dashed"))
        if not entries:
            page.lines(left, top, ["No region was found or drawn."], LEAST_SIZE, SOFT)
        x, y = left, top
        for colour, words in entries:
            width = 34 + width_px(words, LEAST_SIZE)
            if x > left and x + width > left + self._column_px:
                x, y = left, y + pitch_px(LEAST_SIZE)
            page.bar(x, y + 5, 22, 18, SOFT)
            page.bar(x + 1.5, y + 6.5, 19, 15, colour)
            page.text(x + 30, y + 23, words, LEAST_SIZE, SOFT)
            x += width + 24


def _outlines(mask: Mask) -> list[NDArray[np.int32]]:
    """Polygons round the parts of a mask and round its holes, each of shape (points, 2) as x and y."""
    found, _ = cv2.findContours(mask.astype(np.uint8), cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
    return [np.asarray(cv2.approxPolyDP(outline, _OUTLINE_PX, True)[:, 0], np.int32) for outline in found]


def _bounds(mask: Mask) -> _Box:
    """The box of the largest part of a mask."""
    found, _ = cv2.findContours(mask.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    return _Box(*cv2.boundingRect(max(found, key=cv2.contourArea)))


def _places(width: float, around: _Box, picture: _Box) -> list[_Box]:
    """Where a name may stand: above its region, below it, within it at either end, or beside it."""
    height, right = pitch_px(LEAST_SIZE) + 4, around.left + around.width
    bottom = around.top + around.height
    corners = (
        (around.left, around.top - height - 4),
        (around.left, bottom + 4),
        (around.left + 6, around.top + 6),
        (right - width - 6, bottom - height - 6),
        (right + 6, around.top),
        (around.left - width - 6, around.top),
    )
    inside = [
        _Box(left, top, width, height)
        for left, top in corners
        if picture.top <= top and top + height <= picture.top + picture.height
    ]
    fits = [
        _Box(min(max(box.left, picture.left), picture.left + picture.width - width), box.top, width, height)
        for box in inside
        if width <= picture.width
    ]
    return fits or [_Box(picture.left, picture.top, width, height)]
