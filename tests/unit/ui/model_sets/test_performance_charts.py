"""Charts say what was measured, and not by colour alone."""

import numpy as np
import pytest

from densexplain.evaluation.metrics.reliability import reliability_diagram
from densexplain.evaluation.metrics.roc import roc_curve
from densexplain.evaluation.records.learning_curves import LearningCurves
from densexplain.ui.model_sets import performance_charts as charts
from densexplain.ui.theme import DARK_CHART, LIGHT_CHART, ChartColours
from tests.recorded import level

# By hand at 0.5: two of three abnormal are found, one of two normal is cleared.
ROWS = [(name * 64, "knee", label, logit) for name, label, logit in (
    ("a", True, 2.0), ("b", True, 1.0), ("c", True, -1.0), ("d", False, 0.5), ("e", False, -2.0),
)]  # fmt: skip
LABELS = np.array([row[2] for row in ROWS])
LOGITS = np.array([row[3] for row in ROWS])


def test_the_operating_point_lies_where_the_threshold_stands_on_the_curve() -> None:
    curve = roc_curve(LABELS, LOGITS)
    assert curve is not None
    figure = charts.roc(curve, level(ROWS, 0.5), 0.5, DARK_CHART)
    diagonal, line, point = figure.data
    assert (point.x[0], point.y[0]) == pytest.approx((1 / 2, 2 / 3))
    assert any(np.allclose((x, y), (1 / 2, 2 / 3)) for x, y in zip(line.x, line.y, strict=True))
    assert "sensitivity 0.67" in point.text[0]
    assert "specificity 0.50" in point.text[0]
    assert diagonal.line.dash != line.line.dash


def test_the_cells_of_the_confusion_matrix_name_what_they_count() -> None:
    figure = charts.confusion([("Images", level(ROWS, 0.5)), ("Studies", level(ROWS, 0.5))], DARK_CHART)
    assert len(figure.data) == 2
    cells = figure.data[0]
    assert (list(cells.x), list(cells.y)) == (["normal", "abnormal"], ["abnormal", "normal"])
    assert [list(row) for row in cells.text] == [
        ["<b>1</b><br>false negative<br>33 %", "<b>2</b><br>true positive<br>67 %"],
        ["<b>1</b><br>true negative<br>50 %", "<b>1</b><br>false positive<br>50 %"],
    ]


def test_a_finding_that_nobody_has_is_no_division_by_zero() -> None:
    cells = charts.confusion([("Images", level(ROWS[:3], 0.5))], DARK_CHART).data[0]
    assert cells.text[1][0] == "<b>0</b><br>true negative<br>0 %"


def test_the_calibrated_line_is_the_accent_and_told_by_its_shape_too() -> None:
    raw = reliability_diagram(LABELS, np.array([0.9, 0.7, 0.3, 0.6, 0.1]))
    alone = charts.reliability(raw, None, DARK_CHART)
    assert [trace.name for trace in alone.data] == ["ideal", "as predicted", "as predicted"]
    assert alone.data[1].line.color == DARK_CHART.accent
    both = charts.reliability(raw, raw, DARK_CHART)
    _, line, _, calibrated, bars = both.data
    assert (line.line.color, calibrated.line.color) == (DARK_CHART.quiet, DARK_CHART.accent)
    assert line.marker.symbol != calibrated.marker.symbol
    assert line.line.dash != calibrated.line.dash
    assert sum(bars.y) == 5
    assert len(bars.y) == 15


def test_the_kept_epoch_is_marked_on_both_curves() -> None:
    curves = LearningCurves((1, 2, 3), (0.5, 0.6, 0.7), (0.4, 0.8, 0.6), (0.9, 0.8, 0.7), (0.9, 0.5, 0.6), 2)
    marks = [trace for trace in charts.learning(curves, DARK_CHART).data if trace.name == "kept: epoch 2"]
    assert [(mark.x[0], mark.y[0]) for mark in marks] == [(2, 0.8), (2, 0.5)]
    assert charts.learning(curves, DARK_CHART).layout.xaxis.dtick == 1  # no epoch between two epochs
    unknown = LearningCurves((1,), (0.5,), (0.4,), (0.9,), (0.8,), None)
    assert {trace.name for trace in charts.learning(unknown, DARK_CHART).data} == {"training", "validation"}


@pytest.mark.parametrize(("colours", "page"), [(DARK_CHART, "#14161a"), (LIGHT_CHART, "#f2f3f4")])
def test_everything_drawn_can_be_read(colours: ChartColours, page: str) -> None:
    for background in (page, colours.least, colours.most):
        assert contrast(colours.ink, background) >= 4.5
    assert contrast(colours.accent, page) >= 4.5
    assert contrast(colours.quiet, page) >= 4.5


def contrast(one: str, other: str) -> float:
    """WCAG 2.2, 1.4.3."""

    def luminance(colour: str) -> float:
        shares = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    dark, bright = sorted((luminance(one), luminance(other)))
    return (bright + 0.05) / (dark + 0.05)
