"""The curves of the stage focus differ in more than their colour."""

from densexplain.explain.focus.stage_focus import PartFocus, StageFocus
from densexplain.ui.explanation.focus_chart import focus
from densexplain.ui.theme import DARK_CHART
from densexplain.vocabulary import FocusPart
from tests.stages import STAGES

ABSENT = PartFocus(0.0, 0.0, None)


def stages() -> tuple[StageFocus, ...]:
    parts = {part: PartFocus(0.2, 0.25, 0.6) for part in FocusPart} | {FocusPart.IMAGE_FRAME: ABSENT}
    return tuple(StageFocus(stage, parts, PartFocus(0.4, 0.5, 0.7), 0.1, 0.1) for stage in STAGES)


def test_each_present_part_is_a_line_of_its_own_kind() -> None:
    figure = focus(stages(), {part: str(part) for part in FocusPart}, DARK_CHART)
    lifts = [line for line in figure.data if line.showlegend]
    assert [line.name for line in lifts] == ["anatomy", "abnormality", "text legend", "background"]
    assert len(figure.data) == 8
    assert list(lifts[0].x) == [stage.heading for stage in STAGES]
    assert list(lifts[0].y) == [0.8] * 5
    assert list(figure.data[4].y) == [0.6] * 5
    assert len({(line.line.dash, line.marker.symbol) for line in lifts}) == 4
    assert [line.name for line in lifts if line.line.color == DARK_CHART.accent] == ["abnormality"]
    assert [shape.y0 for shape in figure.layout.shapes] == [1.0, 0.5]


def test_a_part_without_a_name_is_not_drawn() -> None:
    figure = focus(stages(), {FocusPart.BACKGROUND: "the rest"}, DARK_CHART)
    assert {line.name for line in figure.data} == {"the rest"}
