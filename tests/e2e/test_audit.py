"""Regions under the mouse: drag, draw, name and delete them, and the audit follows."""

import json
from pathlib import Path

import cv2
import pytest
from playwright.sync_api import Locator, Page, expect

from densexplain.phantom.samples import draw_sample
from tests.e2e.conftest import settled

WATERFALL = """() => {
  const chart = document.querySelector('.st-key-audit_waterfall .js-plotly-plot');
  if (!chart?._fullLayout) return {};
  const names = chart._fullLayout.yaxis.ticktext, bars = chart.data[0];
  return Object.fromEntries(names.map((name, place) => [name, bars.text[place] === undefined ? null : bars.x[place]]));
}"""


def editor(page: Page) -> Locator:
    return page.locator(".st-key-region_editor")


def audited(page: Page) -> None:
    """Wait until what is shown is of the regions as they are."""
    expect(page.locator(".st-key-audit_progress")).to_contain_text("Audited in")
    settled(page)


def waterfall_names(page: Page) -> list[str]:
    return list(page.evaluate(WATERFALL))


def wait_for_account(page: Page, condition: str, argument: object = None) -> dict[str, float]:
    page.wait_for_function(
        f"(argument) => {{ const account = ({WATERFALL})(); return 'logit' in account && {condition}; }}", arg=argument
    )
    audited(page)
    return page.evaluate(WATERFALL)


def record(page: Page) -> dict:
    page.locator("[data-testid=stSidebar]").get_by_role("button", name="Download").first.click()
    with page.expect_download() as taken:
        page.get_by_role("button", name="Record, JSON").click()
    page.keyboard.press("Escape")
    return json.loads(Path(taken.value.path()).read_bytes())


def polygons(found: dict, name: str) -> list:
    (region,) = [one for one in found["audit"]["regions"] if one["name"] == name]
    return region["polygons"]


def middle(locator: Locator) -> tuple[float, float]:
    box = locator.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def chip(page: Page, name: str) -> Locator:
    return editor(page).locator(".names button").filter(has_text=name)


def drag(page: Page, start: tuple[float, float], right: float, down: float) -> None:
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(start[0] + right, start[1] + down, steps=8)
    page.mouse.up()


@pytest.fixture
def audit(page: Page, tmp_path: Path) -> Page:
    framed = tmp_path / "MUELLER.png"
    cv2.imwrite(str(framed), draw_sample("knee-in-frame"))
    page.locator("input[type=file]").set_input_files(framed)
    expect(page.locator(".st-key-viewer_heading")).to_contain_text("Uploaded PNG")
    settled(page)
    page.locator(".st-key-header").get_by_role("link", name="Audit").click()
    expect(chip(page, "text legend 1")).to_be_visible()
    expect(page.locator(".st-key-audit_waterfall .js-plotly-plot")).to_be_visible()
    audited(page)
    return page


def test_a_dragged_region_takes_the_audit_along(audit: Page) -> None:
    page = audit
    before, account = record(page), page.evaluate(WATERFALL)
    outline = editor(page).locator(f'path[data-number="{chip(page, "text legend 1").get_attribute("data-number")}"]')
    place = middle(outline)
    # Nothing runs while the region is under way.
    page.mouse.move(*place)
    page.mouse.down()
    page.mouse.move(place[0] + 60, place[1] + 90, steps=8)
    page.wait_for_timeout(700)
    settled(page)
    assert page.evaluate(WATERFALL) == account
    page.mouse.up()
    after = wait_for_account(page, "account['text legend 1'] !== argument", account["text legend 1"])
    # It went where it was dragged, and the sum is the logit still.
    moved = middle(outline)
    assert (moved[0] - place[0], moved[1] - place[1]) == (pytest.approx(60, abs=3), pytest.approx(90, abs=3))
    assert sum(after.values()) == pytest.approx(sum(account.values()), abs=1e-4)
    now = record(page)
    assert now["logit"] == before["logit"]
    first, second = (polygons(one, "text legend 1")[0] for one in (before, now))
    shifts = {(x1 - x0, y1 - y0) for (x0, y0), (x1, y1) in zip(first, second, strict=True)}
    assert len(shifts) == 1  # the same shape elsewhere
    (shift,) = shifts
    assert shift[0] > 20
    assert shift[1] > shift[0]
    assert polygons(now, "image frame") == polygons(before, "image frame")
    assert sum(one["net"] for one in now["audit"]["account"]["entries"]) != 0

    # By keyboard a pixel at a time, and back.
    editor(page).locator(".stage").focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    expect(page.locator(".st-key-audit_progress")).not_to_contain_text("Audited in")
    audited(page)
    keyed = polygons(record(page), "text legend 1")[0]
    assert [[x - 3, y] for x, y in keyed] == second
    for _ in range(2):
        editor(page).get_by_role("button", name="Undo").click()
        settled(page)
    wait_for_account(page, "account['text legend 1'] === argument", account["text legend 1"])
    assert polygons(record(page), "text legend 1") == polygons(before, "text legend 1")
    expect(editor(page).get_by_role("button", name="Undo")).to_be_disabled()
    assert "MUELLER" not in page.content()
    expect(page.get_by_test_id("stException")).to_have_count(0)


def test_draw_name_resize_and_delete(audit: Page) -> None:
    page = audit
    picture = editor(page).locator("svg image").bounding_box()
    assert picture is not None
    found_first = editor(page).locator(".names button").all_inner_texts()
    start = (picture["x"] + 0.4 * picture["width"], picture["y"] + 0.45 * picture["height"])
    editor(page).get_by_role("button", name="Box").click()
    drag(page, start, 70, 60)
    expect(chip(page, "marked region")).to_have_attribute("aria-pressed", "true")
    account = wait_for_account(page, "'marked region' in account")
    expect(page.locator(".st-key-audit_results")).to_contain_text("inside the region you marked")
    expect(page.locator(".what-ifs")).to_contain_text("without the marked region")

    # A name of its own and another kind: it is no longer where the abnormality is. Letters are no shortcuts.
    editor(page).locator(".name").fill("cast (mu)")
    page.keyboard.press("Enter")
    wait_for_account(page, "'cast (mu)' in account")
    editor(page).locator(".chosen select").select_option(label="other")
    expect(page.locator(".st-key-audit_results")).not_to_contain_text("inside the region you marked")
    audited(page)
    expect(chip(page, "cast (mu)")).to_be_visible()
    assert "marked region" not in waterfall_names(page)

    # Twice as wide, by its right handle.
    drag(page, middle(editor(page).locator('[data-handle="e"]')), 70, 0)
    wider = wait_for_account(page, "account['cast (mu)'] !== argument", account["marked region"])
    assert sum(wider.values()) == pytest.approx(sum(account.values()), abs=1e-4)

    # A polygon, corner by corner, closed by Enter.
    editor(page).get_by_role("button", name="Polygon").click()
    for right, down in ((0, 120), (60, 120), (30, 180)):
        page.mouse.click(start[0] + right, start[1] + down)
    page.keyboard.press("Enter")
    wait_for_account(page, "'marked region' in account")
    found = record(page)
    assert len(polygons(found, "marked region")[0]) == 3

    # Wheel and pan change no region.
    outline = editor(page).locator("path.selected").first
    small = outline.bounding_box()
    page.mouse.move(*start)
    for _ in range(3):
        page.mouse.wheel(0, -200)
    large = outline.bounding_box()
    assert small is not None
    assert large is not None
    assert large["width"] > 1.5 * small["width"]
    editor(page).get_by_role("button", name="Fit").click()
    assert record(page)["audit"]["regions"] == found["audit"]["regions"]

    chip(page, "cast (mu)").click()
    page.keyboard.press("Delete")
    expect(chip(page, "cast (mu)")).to_have_count(0)
    wait_for_account(page, "!('cast (mu)' in account)")
    editor(page).get_by_role("button", name="Find again").click()
    wait_for_account(page, "!('marked region' in account)")
    expect(editor(page).locator(".names button")).to_have_text(found_first)
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") <= 1440
    expect(page.get_by_test_id("stException")).to_have_count(0)


def test_another_radiograph_takes_no_region_along(audit: Page, tmp_path: Path) -> None:
    page = audit
    picture = editor(page).locator("svg image").bounding_box()
    assert picture is not None
    editor(page).get_by_role("button", name="Box").click()
    drag(page, (picture["x"] + 0.4 * picture["width"], picture["y"] + 0.4 * picture["height"]), 50, 50)
    expect(chip(page, "marked region")).to_be_visible()
    plain = tmp_path / "MEIER.png"
    cv2.imwrite(str(plain), draw_sample("knee"))
    page.locator("[data-testid=stSidebar] input[type=file]").first.set_input_files(plain)
    expect(chip(page, "marked region")).to_have_count(0)
    expect(chip(page, "exposed anatomy")).to_be_visible()
    wait_for_account(page, "!('marked region' in account) && !('image frame' in account)")
    expect(editor(page).get_by_role("button", name="Undo")).to_be_disabled()
    assert "MEIER" not in page.get_by_test_id("stMain").inner_text()  # the uploader may say which file it holds
