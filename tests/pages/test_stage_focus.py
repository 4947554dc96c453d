"""Stage focus on the page Explain: where regions are known or drawn, and nowhere else."""

import numpy as np
from streamlit.testing.v1 import AppTest

from densexplain.radiograph.crop import Crop
from densexplain.radiograph.regions.drawn_regions import DrawnBox
from densexplain.radiograph.regions.regions import RegionMasks
from densexplain.vocabulary import Region
from tests.pages.conftest import case

ALL, WITH_FOCUS = 7, 3
"""Radiograph, map and five grids, or the curves in their place."""

BOXES = (DrawnBox(Region.ABNORMALITY, Crop(100, 100, 200, 300)), DrawnBox(Region.TEXT_LEGEND, Crop(0, 0, 80, 90), 12.0))


def charts(app: AppTest) -> int:
    return len(app.get("plotly_chart"))


def words(app: AppTest) -> str:
    return "\n".join(block.value for block in app.markdown)


def focused(app: AppTest) -> AppTest:
    app.toggle(key="stage_focus").set_value(True).run()
    assert not app.exception
    return app


def offered(app: AppTest) -> bool:
    return any(toggle.key == "stage_focus" for toggle in app.toggle)


def test_without_regions_there_is_no_stage_focus(explain_page: AppTest) -> None:
    assert not offered(explain_page)
    assert explain_page.button(key="forget_boxes").disabled


def test_drawn_regions_give_the_curves_until_they_are_forgotten(explain_page: AppTest) -> None:
    case(explain_page).boxes = BOXES
    app = explain_page.run()
    assert charts(app) == ALL
    app = focused(app)
    assert charts(app) == WITH_FOCUS
    assert "regions drawn by the reader" in words(app)
    app.radio(key="ranking").set_value("maximum").run()
    app.button(key="tool_flip").click().run()
    assert not app.exception
    assert charts(app) == WITH_FOCUS
    app.button(key="forget_boxes").click().run()
    assert not offered(app)
    assert charts(app) == ALL


def test_another_radiograph_has_no_drawn_regions(explain_page: AppTest) -> None:
    case(explain_page).boxes = BOXES
    app = focused(explain_page.run())
    app.selectbox(key="sample").select("knee-in-frame").run()
    assert case(app).boxes == ()
    assert charts(app) == ALL


def test_known_regions_wait_for_the_last_step_of_a_blinded_reading(explain_page: AppTest) -> None:
    opened = case(explain_page)
    mask = np.zeros(opened.radiograph.pixels.shape, bool)
    mask[300:400, 300:500] = True
    known = RegionMasks(mask.shape, {Region.ABNORMALITY: mask})
    opened.known_regions = known
    app = focused(explain_page.run())
    assert "regions known of this phantom" in words(app)
    app.toggle(key="blinded").set_value(True).run()
    app.segmented_control(key="reader_opinion").set_value("unsure").run()
    app.button(key="next_step").click().run()
    assert charts(app) == ALL
    assert not offered(app)
    app.button(key="next_step").click().run()
    assert not app.exception
    assert charts(app) == WITH_FOCUS
