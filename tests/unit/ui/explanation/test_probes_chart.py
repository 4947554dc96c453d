"""The curve of the probes: one point a stage, bars that stay within what a probability can be."""

import pytest

from densexplain.explain.probes import ProbeAnswer
from densexplain.ui.explanation.probes_chart import curve
from densexplain.ui.theme import DARK_CHART

ANSWERS = (ProbeAnswer("conv1", "Initial convolution", 0.1, 0.5, 0.6), ProbeAnswer("block1", "Block 1", 0.9, 0.3, 0.8))


def test_a_point_for_each_stage_and_its_error_within_bounds() -> None:
    (points,) = curve(ANSWERS, 0.5, DARK_CHART).data
    assert list(points.x) == ["Initial convolution", "Block 1"]
    assert list(points.y) == [0.1, 0.9]
    assert list(points.error_y.array) == pytest.approx([0.5, 0.1])
    assert list(points.error_y.arrayminus) == pytest.approx([0.1, 0.3])
    assert list(points.text) == ["0.10", "0.90"]


def test_the_threshold_is_drawn() -> None:
    (line,) = curve(ANSWERS, 0.42, DARK_CHART).layout.shapes
    assert (line.y0, line.y1) == (0.42, 0.42)
