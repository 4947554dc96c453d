"""A printed sheet: pixels pasted where they belong, and text over them.

Matplotlib's objects are used without pyplot, whose global state the threads of
a server would share. All pixels go into one canvas, so that the montages and
their labels are printed as they are, and a sheet costs one image, not sixteen.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from densexplain.vocabulary import FigureFormat

INK, SOFT = "#1b2430", "#5b6675"
PANEL_PX = (700, 614)
"""Box for each of the two large images: rows and columns."""

_RULE = (211, 216, 223)
_DPI = 200
_HEAD_PX, _TITLE_PX, _UNDER_IMAGES_PX, _UNDER_GRIDS_PX, _FOOT_PX = 98, 48, 78, 70, 64
_LEAST_PANEL_PX = 420  # the facts beside the images take as much


class BlankSheet:
    """A white sheet, addressed in pixels from its top left corner.

    Parameters
    ----------
    rows, columns
        Its size in pixels, margins included.
    dpi
        Pixels per inch of paper.
    """

    margin_px = 44
    gutter_px = 36

    def __init__(self, rows: int, columns: int, dpi: int = _DPI) -> None:
        # Here and below, not above: the first page must not wait half a second for what only a download needs.
        from matplotlib.figure import Figure

        self.right = columns - self.margin_px
        self._canvas = np.full((rows, columns, 3), 255, np.uint8)
        # Matplotlib rounds down, and a size in inches may come out a hair too small.
        width, height = (np.nextafter(side / dpi, np.inf) for side in (columns, rows))
        self._figure = Figure(figsize=(width, height), dpi=dpi)

    def paste(self, image: NDArray[np.uint8], left: int, top: int) -> None:
        """Place an image, shape (rows, columns, 3), uint8 RGB, without scaling it."""
        self._canvas[top : top + image.shape[0], left : left + image.shape[1]] = image

    def rule(self, top: int) -> None:
        """Draw a thin line across."""
        self._canvas[top : top + 2, self.margin_px : self.right] = _RULE

    def text(self, x: float, y: float, text: str, size: float = 7, colour: str = INK, **style: Any) -> None:
        """Write a line from `x` on, its baseline at `y`; `size` in points."""
        # Parsing a dollar as the start of a formula would raise on a file's own words.
        self._figure.text(*self._place(x, y), text, fontsize=size, color=colour, parse_math=False, **style)

    def bar(self, left: float, top: float, width: float, height: float, colour: str, opacity: float = 1.0) -> None:
        """Fill a rectangle."""
        from matplotlib.patches import Rectangle

        corner, size = self._place(left, top + height), (width / self._columns, height / self._rows)
        self._draw(Rectangle(corner, *size, facecolor=colour, edgecolor="none", alpha=opacity))

    def line(
        self,
        points: Sequence[tuple[float, float]],
        colour: str = INK,
        width: float = 0.6,
        *,
        closed: bool = False,
        dashes: tuple[float, float] | None = None,
    ) -> None:
        """Draw a line through points (x, y) over whatever is pasted; `width` and `dashes` (on, off) in points."""
        from matplotlib.patches import Polygon

        style: Any = "-" if dashes is None else (0, tuple(length / width for length in dashes))
        places = [self._place(x, y) for x, y in points]
        self._draw(Polygon(places, closed=closed, fill=False, edgecolor=colour, linewidth=width, linestyle=style))

    def mark(self, x: float, y: float, marker: str, size: float, colour: str, *, filled: bool = True) -> None:
        """Draw one of Matplotlib's markers; `size` in points."""
        from matplotlib.lines import Line2D

        left, bottom = self._place(x, y)
        style: Any = {"marker": marker, "markersize": size, "markerfacecolor": colour if filled else "none"}
        self._draw(Line2D([left], [bottom], color=colour, markeredgewidth=0.8, **style))

    @property
    def _rows(self) -> int:
        return int(self._canvas.shape[0])

    @property
    def _columns(self) -> int:
        return int(self._canvas.shape[1])

    def _place(self, x: float, y: float) -> tuple[float, float]:
        return x / self._columns, 1 - y / self._rows

    def _draw(self, artist: Any) -> None:
        """Put a shape on the sheet, over those before it and under no later one."""
        artist.set_transform(self._figure.transFigure)
        artist.set_zorder(1)
        self._figure.add_artist(artist)

    def encode(self, file_format: FigureFormat, *, title: str, subject: str) -> bytes:
        """Write the file; it holds no date, so that equal sheets are equal bytes."""
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.backends.backend_pdf import FigureCanvasPdf

        stream = io.BytesIO()
        canvas: Any
        if file_format is FigureFormat.PDF:
            axes = self._figure.add_axes((0.0, 0.0, 1.0, 1.0), zorder=-1)
            axes.set_axis_off()
            axes.imshow(self._canvas, interpolation="none", aspect="auto")
            canvas = FigureCanvasPdf(self._figure)
            canvas.print_pdf(stream, metadata={"Title": title, "Subject": subject, "CreationDate": None})
        else:
            # Pixel for pixel, without the resampling that axes go through.
            self._figure.figimage(np.dstack((self._canvas, np.full(self._canvas.shape[:2], 255, np.uint8))))
            canvas = FigureCanvasAgg(self._figure)
            metadata = {"Title": title, "Disclaimer": subject, "Software": "densexplain"}
            canvas.print_png(stream, metadata=metadata, pil_kwargs={"compress_level": 2})
        return stream.getvalue()


_FEWEST_COLUMNS = 5  # the two large images and the facts beside them take as much


class Sheet(BlankSheet):
    """A sheet of columns: two large images, and under them a grid for each stage.

    Parameters
    ----------
    panel_px
        Rows of the two large images.
    grid_px
        Rows and columns of a montage.
    grids
        How many there are.
    """

    def __init__(self, panel_px: int, grid_px: tuple[int, int], grids: int) -> None:
        self._pitch = grid_px[1] + self.gutter_px
        self.panel_top = _HEAD_PX + _TITLE_PX
        self.grid_top = self.panel_top + max(panel_px, _LEAST_PANEL_PX) + _UNDER_IMAGES_PX + 2 * _TITLE_PX
        self.foot_top = self.grid_top + grid_px[0] + _UNDER_GRIDS_PX
        columns = 2 * self.margin_px + max(grids, _FEWEST_COLUMNS) * self._pitch - self.gutter_px
        super().__init__(self.foot_top + _FOOT_PX, columns)

    def left(self, column: int) -> int:
        """Left edge of a column, counted from 0."""
        return self.margin_px + column * self._pitch
