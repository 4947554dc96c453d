"""A study in the browser: several files, a zip and a folder; a crop of one projection and the vote that follows."""

import re
import zipfile
from pathlib import Path

import cv2
import numpy as np
import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import drag, settled

MAP = """(key) => document.querySelector(`.st-key-study_map_${key} .js-plotly-plot`).layout.images[0].source"""


def write(path: Path, seed: int) -> Path:
    assert cv2.imwrite(str(path), np.random.default_rng(seed).integers(0, 256, (120, 90)).astype(np.uint8))
    return path


@pytest.fixture
def study(page: Page) -> Page:
    page.locator(".st-key-header").get_by_role("link", name="Study").click()
    expect(page.get_by_role("button", name="Open a sample study")).to_be_visible()
    settled(page)
    return page


def bring(page: Page, uploader: str, files: object) -> None:
    page.locator(f".st-key-{uploader} input[type=file]").set_input_files(files)


def projections(page: Page, count: int) -> None:
    expect(page.locator("[class*='st-key-study_map_'] .nsewdrag")).to_have_count(count)
    settled(page)
    expect(page.get_by_test_id("stException")).to_have_count(0)


def said(page: Page, number: int) -> str:
    return page.locator(f".st-key-study_projection_{number}").inner_text()


def test_files_and_a_zip_and_a_crop_of_one_projection(study: Page, tmp_path: Path) -> None:
    page = study
    bad = tmp_path / "notes.png"
    bad.write_bytes(b"This is a letter, not a radiograph.")
    archive = tmp_path / "more.zip"
    with zipfile.ZipFile(archive, "w") as target:
        target.write(write(tmp_path / "c.png", 3), "MUELLER/c.png")
    bring(page, "study_files", [write(tmp_path / "MUELLER.png", 1), bad, write(tmp_path / "b.png", 2), archive])
    projections(page, 3)
    refused = page.locator(".st-key-study_refused").inner_text()
    assert "File 2, notes.png" in refused
    assert "MUELLER" not in page.get_by_test_id("stMain").inner_text()
    assert "of 3 radiographs say" in page.locator(".st-key-study_label").inner_text()

    # On the scale of the model set: that of the study follows its strongest map, and with it the colours of all.
    page.get_by_role("button", name="Display").click()
    page.get_by_text("the model set's own").click()
    page.keyboard.press("Escape")
    expect(page.locator(".st-key-study_display")).to_contain_text("20")
    settled(page)
    before = {number: said(page, number) for number in (1, 3, 4)}
    label = page.locator(".st-key-study_label").inner_text()
    pictures = [page.evaluate(MAP, key) for key in (1, 3, 4)]
    drag(page, (0.2, 0.2), (0.8, 0.7), "study_radiograph_3")
    expect(page.locator(".st-key-study_projection_3")).to_contain_text(re.compile(r"crop \d+ x \d+ px"))
    settled(page)
    assert said(page, 3) != before[3]
    assert {number: said(page, number) for number in (1, 4)} == {number: before[number] for number in (1, 4)}
    after = [page.evaluate(MAP, key) for key in (1, 3, 4)]
    assert [one == other for one, other in zip(pictures, after, strict=True)] == [True, False, True]
    assert page.locator(".st-key-study_label").inner_text() != label, "the vote follows"
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") <= 1440


def test_a_folder(study: Page, tmp_path: Path) -> None:
    folder = tmp_path / "visit"
    (folder / "series").mkdir(parents=True)
    write(folder / "a.png", 5)
    write(folder / "series" / "b.png", 6)
    bring(study, "study_folder", folder)
    projections(study, 2)
    assert "of 2 radiographs say" in study.locator(".st-key-study_label").inner_text()
    assert study.locator(".st-key-study_refused").count() == 0
