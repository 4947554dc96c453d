"""Model sets and inputs side by side: zooming into one overlay zooms into all."""

import csv
import io
import json
from pathlib import Path

import cv2
import pytest
from playwright.sync_api import Page, expect

from densexplain.phantom.samples import draw_sample
from tests.e2e.conftest import settled

RANGES = """() => {
  const layout = document.querySelector('.st-key-matrix .js-plotly-plot')._fullLayout;
  return Object.keys(layout._plots).map((name) => [
    ...layout[name.replace(/^(x[0-9]*)y[0-9]*$/, '$1').replace('x', 'xaxis')].range,
    ...layout[name.replace(/^x[0-9]*(y[0-9]*)$/, '$1').replace('y', 'yaxis')].range,
  ]);
}"""


def open_compare(page: Page, tmp_path: Path) -> None:
    """Two model sets on a framed radiograph, whole and cropped."""
    framed = tmp_path / "MUELLER.png"
    cv2.imwrite(str(framed), draw_sample("knee-in-frame"))
    page.locator("input[type=file]").set_input_files(framed)
    expect(page.locator(".st-key-viewer_heading")).to_contain_text("Uploaded PNG")
    settled(page)
    page.locator(".st-key-header").get_by_role("link", name="Compare").click()
    for version in ("straightened", "marker removed"):
        page.locator(".st-key-compared_versions").get_by_text(version).click()
    expect(page.locator(".st-key-matrix .annotation")).to_have_count(4)
    settled(page)


def test_zoom_and_pan_move_all_overlays(page: Page, tmp_path: Path) -> None:
    open_compare(page, tmp_path)
    before = page.evaluate(RANGES)
    assert len(before) == 4
    assert before == [before[0]] * 4
    places = [picture.bounding_box() for picture in page.locator(".st-key-matrix .imagelayer image").all()]
    assert len(places) == 4
    # Down one input across model sets, and across one model set's inputs.
    assert abs(places[0]["x"] - places[2]["x"]) < 1
    assert abs(places[0]["y"] - places[2]["y"]) > 50
    box = page.locator(".st-key-matrix .nsewdrag").first.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    for _ in range(3):  # each by a tenth, however far the wheel turns
        page.mouse.wheel(0, -100)
    page.wait_for_function(
        f"(width) => {{ const all = ({RANGES})(); return all[0][1] - all[0][0] < 0.76 * width; }}",
        arg=before[0][1] - before[0][0],
    )
    page.wait_for_timeout(
        500
    )  # Plotly takes a moment to end a turn of the wheel; a drag before that starts from the whole
    zoomed = page.evaluate(RANGES)
    assert zoomed == [zoomed[0]] * 4
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2 + 40, box["y"] + box["height"] / 2 + 20, steps=5)
    page.mouse.up()
    page.wait_for_function(f"(left) => ({RANGES})()[0][0] !== left", arg=zoomed[0][0])
    panned = page.evaluate(RANGES)
    assert panned == [panned[0]] * 4
    # The proportions of the radiograph stay.
    for low, high in ((0, 1), (2, 3)):
        assert panned[0][high] - panned[0][low] == pytest.approx(zoomed[0][high] - zoomed[0][low])
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") <= 1440
    assert "MUELLER" not in page.content()
    expect(page.get_by_test_id("stException")).to_have_count(0)

    page.get_by_role("button", name="Download").first.click()
    contents = {}
    for label in ("Figure, PNG", "Figure and stage grids, PDF", "Table, CSV", "Record, JSON"):
        with page.expect_download() as taken:
            page.get_by_role("button", name=label).click()
        contents[label] = Path(taken.value.path()).read_bytes()
    assert contents["Figure, PNG"].startswith(b"\x89PNG")
    assert contents["Figure and stage grids, PDF"].startswith(b"%PDF")
    record, table = (
        json.loads(contents["Record, JSON"]),
        list(csv.DictReader(io.StringIO(contents["Table, CSV"].decode()))),
    )
    assert [float(line["logit"]) for line in table] == [cell["logit"] for cell in record["cells"]]
    assert len(record["differences"]) == 4
