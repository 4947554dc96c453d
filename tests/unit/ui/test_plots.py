"""Figures in original pixel coordinates, so that the mouse needs no conversion."""

import base64

import numpy as np

from densexplain.render.encoding import encode_png
from densexplain.render.montage import MontageStyle, tile_centres
from densexplain.ui import plots
from densexplain.vocabulary import ColourMap

PNG = encode_png(np.zeros((4, 6), np.uint8))


def test_the_picture_covers_pixel_edges() -> None:
    figure = plots.picture(PNG, 4, 6, "a", "select")
    image = figure.layout.images[0]
    assert (image.x, image.y, image.sizex, image.sizey) == (-0.5, -0.5, 6, 4)
    assert tuple(figure.layout.xaxis.range) == (-0.5, 5.5)
    assert tuple(figure.layout.yaxis.range) == (3.5, -0.5)
    assert base64.b64decode(image.source.partition(",")[2]) == PNG
    assert figure.layout.dragmode == "select"


def test_a_crop_is_outlined_and_all_else_shaded() -> None:
    figure = plots.picture(PNG, 4, 6, "a", "select")
    plots.mark_crop(figure, (0.5, 0.5, 3.5, 2.5), 4, 6)
    *shades, outline = figure.layout.shapes
    shaded = sum((shape.x1 - shape.x0) * (shape.y1 - shape.y0) for shape in shades)
    assert shaded == 4 * 6 - 3 * 2
    assert (outline.x0, outline.y0, outline.x1, outline.y1) == (0.5, 0.5, 3.5, 2.5)


def test_a_suggestion_is_a_closed_dashed_outline() -> None:
    figure = plots.picture(PNG, 4, 6, "a", "select")
    plots.mark_suggestion(figure, [(0, 1), (2, 0), (3, 2), (1, 3)])
    (shape,) = figure.layout.shapes
    assert shape.path == "M 0.0,1.0 L 2.0,0.0 L 3.0,2.0 L 1.0,3.0 Z"
    assert shape.line.dash == "dash"


def test_sixteen_places_to_click_lie_on_the_tiles() -> None:
    style = MontageStyle(tile_px=96, gap_px=4, written=False)
    names = [str(number) for number in range(16)]
    figure = plots.grid(PNG, names, names, 5, style, "#fff")
    trace, texts = figure.data
    assert tuple(zip(trace.x, trace.y, strict=True)) == tile_centres(style)
    assert list(texts.text) == names
    (outline,) = figure.layout.shapes
    assert ((outline.x0 + outline.x1) / 2, (outline.y0 + outline.y1) / 2) == tile_centres(style)[5]


def test_colour_stops_run_from_the_low_end_to_the_high_end() -> None:
    stops = plots.colour_stops(ColourMap.BWR, 3)
    assert stops == ["rgb(0,0,255)", "rgb(255,254,254)", "rgb(255,0,0)"]
