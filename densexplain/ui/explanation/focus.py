"""Stage focus of the open case: where its regions are known, or where the reader has drawn some."""

from __future__ import annotations

import streamlit as st

from densexplain.classifier.model_sets.manifest import Manifest
from densexplain.explain.explanation import Explanation
from densexplain.explain.focus.stage_focus import StageFocus, stage_focus
from densexplain.radiograph.regions.cropped_regions import crop_regions
from densexplain.radiograph.regions.drawn_regions import drawn_regions
from densexplain.radiograph.regions.regions import RegionMasks
from densexplain.ui.explanation import focus_chart
from densexplain.ui.model_sets import performance_charts as charts
from densexplain.ui.theme import chart_colours
from densexplain.vocabulary import FocusPart, Ranking
from densexplain.workspace.case import Case

_HOW_TO_READ = "Above the dashed line, more of the stage's activation lies there than chance would give."


def regions(case: Case, step: int) -> RegionMasks | None:
    """Regions of the open case: the reader's own before those that are known.

    Known ones show where the abnormality is, so in a blinded reading they wait for the last step.
    """
    if case.boxes:
        return drawn_regions(case.boxes, case.radiograph.rows, case.radiograph.columns)
    return case.known_regions if step == 2 else None


def draw(case: Case, manifest: Manifest, explanation: Explanation, found: RegionMasks, ranking: Ranking) -> None:
    """Draw the curves over the five stages in the place of their grids."""
    boxes, geometry = case.boxes, case.geometry

    def count() -> tuple[StageFocus, ...]:
        return stage_focus(explanation, crop_regions(found, geometry, manifest.specification.resize), ranking)

    key = ("focus", manifest.weights_sha256, geometry, ranking, boxes)
    names = {part: str(part) for part in FocusPart}
    if boxes:  # the anatomy was not drawn
        del names[FocusPart.ANATOMY]
        names[FocusPart.BACKGROUND] = "the rest"
    whose = "regions drawn by the reader" if boxes else "regions known of this phantom"
    st.markdown(f"**Stage focus** :small[:gray[{whose}, 16 maps of each stage. {_HOW_TO_READ}]]")
    figure = focus_chart.focus(case.pictures.remember(key, count), names, chart_colours())
    st.plotly_chart(
        figure, key="stage_focus_chart", height="stretch", theme=None, config=charts.CHART_CONFIG, alt=_HOW_TO_READ
    )
