"""The matrix of pictures, all on axes that match."""

import numpy as np

from densexplain.render.encoding import encode_png
from densexplain.ui.comparison import matrix_plot

PNG = encode_png(np.zeros((4, 6), np.uint8))


def test_all_panels_of_a_matrix_move_together() -> None:
    def panel(box: tuple[float, float, float, float]) -> matrix_plot.Panel:
        return matrix_plot.Panel(PNG, box, ["A <model>, original", "normal 0.20"])

    whole, part = (-0.5, -0.5, 99.5, 79.5), (9.5, 19.5, 59.5, 69.5)
    figure = matrix_plot.matrix([[panel(whole), panel(part)], [panel(whole), panel(part)]], "a", "#fff")
    layout = figure.layout
    assert (layout.xaxis.matches, layout.yaxis.matches, layout.yaxis.scaleanchor) == (None, None, "x")
    for number in (2, 3, 4):
        across, down = layout[f"xaxis{number}"], layout[f"yaxis{number}"]
        assert (across.matches, down.matches, down.scaleanchor) == ("x", "y", None)
        assert (tuple(across.range), tuple(down.range)) == ((-0.5, 99.5), (79.5, -0.5))
    second = layout.images[1]
    assert (second.x, second.y, second.sizex, second.sizey, second.xref) == (9.5, 19.5, 50, 50, "x2")
    assert layout.yaxis.domain[0] >= layout.yaxis3.domain[1]
    assert layout.annotations[0].text == "A &lt;model&gt;, original<br>normal 0.20"
    assert len(figure.data) == 4


def test_height_limits_tall_pictures_and_width_many_or_broad_ones() -> None:
    def rows(count: int, columns: int, height: float) -> list[list[matrix_plot.Panel]]:
        return [[matrix_plot.Panel(PNG, (0, 0, 100, height), ["A"])] * columns] * count

    assert matrix_plot.is_tall(rows(2, 2, 160))
    assert matrix_plot.is_tall(rows(1, 1, 100))
    assert not matrix_plot.is_tall(rows(2, 4, 100))
    assert not matrix_plot.is_tall(rows(3, 2, 160))


def test_a_line_longer_than_its_column_goes_on_below() -> None:
    said = "Unlike the training radiographs: further away than 98.1 % of them"

    def heading(columns: int) -> list[str]:
        panel = matrix_plot.Panel(PNG, (0, 0, 100, 160), ["A", said])
        return str(matrix_plot.matrix([[panel] * columns], "a", "#fff").layout.annotations[0].text).split("<br>")

    assert heading(1) == ["A", said]
    four = heading(4)
    assert " ".join(four) == f"A {said}"
    assert max(len(line) for line in four) <= 1080 / 4 / 5.7
