"""A reload of the browser brings a reader back to the same case; nobody else, and no other tab, comes to it."""

import re
from pathlib import Path

import cv2
import numpy as np
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.e2e.conftest import SECONDS, drag, heading, settled

CROPPED = re.compile(r"crop \d+ x \d+ px")
FIRST = "Synthetic knee"
BLOCKED = """
const kept = Object.getOwnPropertyDescriptor(Document.prototype, 'cookie');
Object.defineProperty(Document.prototype, 'cookie', {
  get: kept.get,
  set(cookie) { if (!cookie.startsWith('densexplain')) kept.set.call(this, cookie); },
});
"""


def write(path: Path, seed: int) -> Path:
    assert cv2.imwrite(str(path), np.random.default_rng(seed).integers(0, 256, (300, 200)).astype(np.uint8))
    return path


def shown(page: Page, title: str) -> None:
    expect(page.locator(".st-key-viewer_heading")).to_contain_text(title)
    expect(page.locator(".st-key-grid_block4 .nsewdrag")).to_be_visible()
    settled(page)
    expect(page.get_by_test_id("stException")).to_have_count(0)


def upload(page: Page, path: Path) -> None:
    page.locator("input[type=file]").first.set_input_files(path)
    shown(page, "Uploaded PNG")


def new_tab(context: BrowserContext, url: str, title: str) -> Page:
    page = context.new_page()
    page.goto(url)
    shown(page, title)
    return page


@pytest.fixture
def cropped(page: Page, tmp_path: Path) -> Page:
    """An uploaded radiograph, cropped, with a model set that is not the first."""
    upload(page, write(tmp_path / "MUELLER.png", 1))
    drag(page, (0.2, 0.2), (0.8, 0.7))
    expect(page.locator(".st-key-viewer_heading")).to_contain_text(CROPPED)
    page.get_by_label("Model set").click()
    page.get_by_role("option", name="Tiny B").click()
    expect(page.locator(".st-key-prediction")).to_contain_text("tiny-b")
    settled(page)
    return page


def test_a_reload_keeps_case_crop_and_model_set(cropped: Page) -> None:
    page = cropped
    before, said = heading(page), page.locator(".st-key-prediction").inner_text()
    page.reload()
    expect(page.locator(".st-key-prediction")).to_contain_text("tiny-b")
    shown(page, "Uploaded PNG")
    assert (heading(page), page.locator(".st-key-prediction").inner_text()) == (before, said)
    page.locator(".st-key-tool_undo button").first.click()
    expect(page.locator(".st-key-viewer_heading")).to_contain_text("whole")
    settled(page)
    # By an address that is typed in, and a second time.
    page.goto(page.url.replace("Explain", "Audit"))
    expect(page.locator(".st-key-audit_progress")).to_contain_text("Audited in")
    page.goto(page.url.replace("Audit", "Explain"))
    shown(page, "Uploaded PNG")
    assert "whole" in heading(page)
    assert "MUELLER" not in page.content()


def test_another_browser_comes_to_no_case_by_the_same_address(cropped: Page, browser: Browser) -> None:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    context.set_default_timeout(SECONDS * 1000)
    other = new_tab(context, cropped.url, FIRST)
    assert "Uploaded" not in heading(other)
    assert "?" not in cropped.url
    context.close()
    assert re.search(CROPPED, heading(cropped))


def test_each_tab_of_a_browser_has_its_own_case(cropped: Page, tmp_path: Path) -> None:
    other = new_tab(cropped.context, cropped.url, FIRST)
    assert "Uploaded" not in heading(other)
    drag(other, (0.3, 0.3), (0.7, 0.7))
    expect(other.locator(".st-key-viewer_heading")).to_contain_text(CROPPED)
    settled(other)
    first, second = heading(cropped), heading(other)
    for page in (cropped, other):
        page.reload()
    shown(cropped, "Uploaded PNG")
    shown(other, FIRST)
    assert (heading(cropped), heading(other)) == (first, second)


def test_a_duplicated_tab_begins_with_a_case_of_its_own(cropped: Page) -> None:
    with cropped.context.expect_page() as opening:
        cropped.evaluate("window.open(location.href)")  # copies the tab's storage, as duplicating does
    other = opening.value
    shown(other, FIRST)
    assert re.search(CROPPED, heading(cropped))
    cropped.reload()
    shown(cropped, "Uploaded PNG")


def test_where_cookies_are_refused_a_reload_begins_anew(browser: Browser, app_url: str, tmp_path: Path) -> None:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    context.set_default_timeout(SECONDS * 1000)
    context.add_init_script(BLOCKED)
    page = new_tab(context, app_url, FIRST)
    upload(page, write(tmp_path / "a.png", 2))
    page.reload()
    shown(page, FIRST)
    assert not any(cookie["name"].startswith("densexplain") for cookie in context.cookies())
    context.close()


def test_a_crop_made_on_one_page_is_there_on_the_others(page: Page, tmp_path: Path) -> None:
    header = page.locator(".st-key-header")
    header.get_by_role("link", name="Study").click()
    page.locator(".st-key-study_files input[type=file]").set_input_files(
        [write(tmp_path / "a.png", 1), write(tmp_path / "b.png", 2)]
    )
    expect(page.locator("[class*='st-key-study_map_'] .nsewdrag")).to_have_count(2)
    settled(page)
    drag(page, (0.2, 0.2), (0.8, 0.7), "study_radiograph_2")
    expect(page.locator(".st-key-study_projection_2")).to_contain_text(CROPPED)
    settled(page)
    crop = re.search(CROPPED, page.locator(".st-key-study_projection_2").inner_text())
    assert crop is not None
    page.locator(".st-key-study_explain_2 button").first.click()
    shown(page, "File 2 of the study")
    assert crop[0] in heading(page)
    page.locator(".st-key-tool_flip button").first.click()
    expect(page.locator(".st-key-tool_undo button:enabled").first).to_be_visible()
    # Another radiograph of the study in front, which has no crop; then the first again, by a reload.
    page.get_by_label("Radiograph of the study").click()
    page.get_by_role("option", name="File 1").click()
    shown(page, "File 1 of the study")
    assert "whole" in heading(page)
    page.reload()
    shown(page, "File 1 of the study")
    header.get_by_role("link", name="Study").click()
    expect(page.locator(".st-key-study_projection_2")).to_contain_text(crop[0])
    expect(page.locator(".st-key-study_projection_1")).to_contain_text("whole")
    expect(page.get_by_test_id("stException")).to_have_count(0)
