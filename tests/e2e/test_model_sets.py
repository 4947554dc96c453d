"""From the performance of a model set to one of its mistakes, opened in Explain."""

import re

from playwright.sync_api import Page, expect

from tests.e2e.conftest import SECONDS, heading, settled


def open_model_sets(page: Page) -> None:
    """Model sets, with the evaluated one chosen."""
    page.locator(".st-key-header").get_by_role("link", name="Model sets").click()
    page.get_by_label("Model set").click()
    page.get_by_role("option", name="Tiny C").click()
    expect(page.locator(".facts")).to_contain_text("Tiny C, evaluated")
    settled(page)


def test_the_label_and_the_charts_are_seen_in_one_look(page: Page) -> None:
    open_model_sets(page)
    for key in ("chart_roc", "chart_reliability", "chart_confusion"):
        box = page.locator(f".st-key-{key} .main-svg").first.bounding_box()
        assert box is not None, key
        assert 0 <= box["y"] <= box["y"] + box["height"] <= 900, key
    main = page.get_by_test_id("stMain")
    expect(main).to_contain_text("AUC 0.750 (0.50 to 0.90)")
    expect(page.locator(".st-key-chart_confusion")).to_contain_text("false negative")
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") <= 1440
    expect(page.get_by_test_id("stException")).to_have_count(0)


def test_a_missed_radiograph_opens_in_explain_with_that_model_set(page: Page) -> None:
    open_model_sets(page)
    page.get_by_text("Evaluated radiographs").click()
    page.get_by_text("All", exact=True).click()
    expect(page.locator(".tile img")).to_have_count(8)
    page.get_by_text("False negatives").click()
    expect(page.locator(".tile")).to_have_count(1)
    settled(page)
    expect(page.locator(".tile figcaption")).to_contain_text("labelled abnormal")
    caption = page.locator(".tile figcaption").inner_text()
    said = re.search(r"predicted normal (0[.][0-9]{2})", caption)
    assert said is not None
    name = page.get_by_role("button", name=re.compile("^Open [0-9a-f]{8} in Explain$"))
    sha256 = (name.inner_text()).split()[1]
    assert sha256 in caption
    assert "mueller" not in page.content().lower()
    name.click()
    expect(page.locator(".st-key-viewer_heading")).to_contain_text(f"Evaluated radiograph {sha256} 120 x 100 px, whole")
    expect(page.locator(".st-key-prediction")).to_contain_text("tiny-c", timeout=SECONDS * 1000)
    settled(page)
    # What was kept is what Explain says of the very same file.
    expect(page.locator(".st-key-prediction")).to_contain_text(f"Normal probability of abnormal {said[1]}")
    assert "Synthetic" not in heading(page)
    assert page.url.endswith("/Explain")
    assert "mueller" not in page.content().lower()
    expect(page.get_by_test_id("stException")).to_have_count(0)


def test_the_gallery_is_as_it_was_left(page: Page) -> None:
    open_model_sets(page)
    page.get_by_text("Evaluated radiographs").click()
    page.get_by_text("False positives").click()
    expect(page.locator(".tile")).to_have_count(1)
    settled(page)
    button = page.get_by_role("button", name=re.compile("^Open "))
    button.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".st-key-viewer_heading")).to_contain_text("Evaluated radiograph")
    settled(page)
    page.locator(".st-key-header").get_by_role("link", name="Model sets").click()
    expect(page.locator(".tile")).to_have_count(1)
    expect(page.locator(".tile figcaption")).to_contain_text("labelled normal")
    expect(page.get_by_label("Model set")).to_have_value(re.compile("Tiny C"))
    expect(page.locator(".facts")).to_have_count(0)
