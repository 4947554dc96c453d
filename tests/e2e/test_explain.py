"""A radiologist's way through Explain: open, crop, compare, look closer, take away, be refused."""

import io
import json
import re
import zipfile
from pathlib import Path

import cv2
import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect
from pydicom import uid
from pydicom.dataset import Dataset, FileMetaDataset

from densexplain.phantom.samples import draw_sample
from tests.e2e.conftest import drag, heading, on_picture, settled


@pytest.fixture
def radiograph_file(tmp_path: Path) -> Path:
    """A 16-bit PNG of 300 x 200 pixels, its name fit to identify a patient."""
    path = tmp_path / "MUELLER_1950.png"
    values = np.linspace(0, 65535, 300 * 200).reshape(300, 200).astype(np.uint16)
    cv2.imwrite(str(path), values)
    return path


def upload(page: Page, path: Path) -> None:
    page.locator("input[type=file]").set_input_files(path)


def prediction(page: Page) -> str:
    return page.locator(".st-key-prediction").inner_text()


def test_opens_on_a_sample_with_everything_in_one_look(page: Page) -> None:
    assert page.url.endswith("/Explain")
    assert "Synthetic knee" in heading(page)
    for key in ("radiograph", "map", "grid_conv1", "grid_block1", "grid_block2", "grid_block3", "grid_block4"):
        box = page.locator(f".st-key-{key} .nsewdrag").bounding_box()
        assert box is not None, key
        assert 0 <= box["y"] <= box["y"] + box["height"] <= 900, key
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollHeight") <= 900
    expect(page.get_by_test_id("stException")).to_have_count(0)


def test_an_uploaded_radiograph_is_explained_and_its_name_shown_nowhere(page: Page, radiograph_file: Path) -> None:
    before = prediction(page)
    upload(page, radiograph_file)
    expect(page.locator(".st-key-viewer_heading")).to_contain_text("Uploaded PNG 300 x 200 px, whole")
    settled(page)
    assert prediction(page) != before
    assert "MUELLER" not in page.get_by_test_id("stMain").inner_text()
    assert "MUELLER" not in page.title()


def test_a_dragged_box_is_the_crop_to_the_pixel_and_undone_without_loss(page: Page, radiograph_file: Path) -> None:
    upload(page, radiograph_file)
    expect(page.locator(".st-key-viewer_heading")).to_contain_text("Uploaded PNG 300 x 200 px, whole")
    settled(page)
    whole = prediction(page)
    drag(page, (0.25, 0.2), (0.75, 0.8))
    # Half of 200 and three fifths of 300 pixels; the mouse stands on whole pixels of the screen.
    expect(page.locator(".st-key-viewer_heading")).to_contain_text(re.compile(r"crop 1(79|80|81) x (99|100|101) px"))
    settled(page)
    page.get_by_role("button", name="Adjust").click()
    for label, value in (("Top", 60), ("Left", 50), ("Height", 180), ("Width", 100)):
        near = re.compile(f"^({value - 1}|{value}|{value + 1})$")
        expect(page.get_by_role("spinbutton", name=label)).to_have_value(near)
    page.keyboard.press("Escape")
    assert prediction(page) != whole
    page.locator(".st-key-tool_undo button").first.click()
    expect(page.locator(".st-key-viewer_heading")).to_contain_text("whole")
    settled(page)
    assert prediction(page) == whole


def test_the_keyboard_crops_as_well(page: Page) -> None:
    page.get_by_role("button", name="Adjust").click()
    field = page.get_by_role("spinbutton", name="Height")
    field.fill("500")
    field.press("Enter")
    expect(page.locator(".st-key-viewer_heading")).to_contain_text("crop 500 x 896 px")
    page.keyboard.press("Escape")
    page.locator("body").press("w")
    expect(page.locator(".st-key-viewer_heading")).to_contain_text("whole")
    expect(page.get_by_test_id("stAlert")).to_have_count(0)


def test_one_click_crops_off_a_tilted_frame(page: Page, tmp_path: Path) -> None:
    framed = tmp_path / "framed.png"
    cv2.imwrite(str(framed), draw_sample("knee-in-frame"))
    upload(page, framed)
    expect(page.locator(".st-key-viewer_heading")).to_contain_text("Uploaded PNG")
    page.get_by_role("button", name="Crop off frame").first.click()
    expect(page.locator(".st-key-viewer_heading")).to_contain_text("turned")
    assert "crop" in heading(page)
    settled(page)
    expect(page.get_by_test_id("stAlert")).to_have_count(0)


def test_another_model_set_answers_for_the_same_case(page: Page) -> None:
    assert "tiny-a" in prediction(page)
    where = heading(page)
    page.get_by_label("Model set").click()
    page.get_by_role("option", name="Tiny B").click()
    expect(page.locator(".st-key-prediction")).to_contain_text("tiny-b")
    settled(page)
    assert heading(page) == where
    assert "tiny-a" not in prediction(page)


@pytest.mark.parametrize(
    ("title", "say", "not_say"),
    [
        ("Tiny D, warns", "further away than 95 % of them", "withheld"),
        ("Tiny E, withholds", "Label withheld: unlike the training radiographs", "logit +"),
    ],
)
def test_a_warning_is_in_the_one_look_too(page: Page, title: str, say: str, not_say: str) -> None:
    page.get_by_label("Model set").click()
    page.get_by_role("option", name=title).click()
    upper = page.locator(".st-key-upper")
    expect(upper).to_contain_text(say)
    settled(page)
    assert not_say not in upper.inner_text()
    for key in ("radiograph", "map", "grid_block4"):
        box = page.locator(f".st-key-{key} .nsewdrag").bounding_box()
        assert box is not None, key
        assert 0 <= box["y"] <= box["y"] + box["height"] <= 900, key
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollHeight") <= 900
    page.get_by_role("button", name="Download").first.click()
    record = json.loads(download(page, "Record, JSON"))
    assert record["label_withheld"] == (record["finding"] is None) == ("withheld" in say)


def test_a_clicked_tile_is_shown_over_the_radiograph(page: Page) -> None:
    before = prediction(page)
    label = page.locator(".st-key-grid_block2 .textpoint text").nth(1).text_content() or ""
    channel = label.split()[0]
    place = on_picture(page, "grid_block2", 0.37, 0.1)
    page.mouse.move(place[0] - 2, place[1])
    page.mouse.move(*place)
    # Plotly takes a click for the tile that the mouse was last seen resting on.
    expect(page.locator(".st-key-grid_block2 .hoverlayer")).to_contain_text(f"channel {channel}")
    page.mouse.click(*place)
    expect(page.locator(".st-key-map_heading")).to_contain_text(f"Dense block 2, channel {channel}")
    assert prediction(page) == before
    page.get_by_role("button", name="Back to map").first.click()
    expect(page.locator(".st-key-map_heading")).to_contain_text("Class activation map")
    expect(page.locator(".st-key-map_heading")).not_to_contain_text("channel")


def test_downloads_repeat_the_result(page: Page) -> None:
    page.get_by_role("button", name="Download").first.click()
    record = json.loads(download(page, "Record, JSON"))
    shown = prediction(page)
    assert f"{record['logit']:+.2f}" in shown
    assert record["weights_sha256"][:8] in shown
    assert record["notice"] == "Research use only, not for diagnosis"
    assert record["evidence_sum"] + record["bias"] == pytest.approx(record["logit"], abs=1e-4)
    assert [len(stage["top"]) for stage in record["stages"]] == [16] * 5
    with zipfile.ZipFile(io.BytesIO(download(page, "Maps, raw .npy"))) as archive:
        activation_map = np.load(io.BytesIO(archive.read("cam.npy")))
    assert activation_map.mean() + record["bias"] == pytest.approx(record["logit"], abs=1e-4)
    assert download(page, "Figure, PNG").startswith(b"\x89PNG")
    assert download(page, "Figure, PDF").startswith(b"%PDF")


def download(page: Page, name: str) -> bytes:
    with page.expect_download() as waiting:
        page.get_by_role("button", name=name).first.click()
    return Path(waiting.value.path()).read_bytes()


@pytest.mark.parametrize(
    ("name", "content", "say"),
    [
        ("text.png", b"This is a letter, not a radiograph.", "DICOM"),
        ("empty.png", b"", "empty"),
        ("short.png", None, "end"),
    ],
)
def test_a_bad_file_is_refused_and_the_case_stays(
    page: Page, tmp_path: Path, radiograph_file: Path, name: str, content: bytes | None, say: str
) -> None:
    before, where = prediction(page), heading(page)
    bad = tmp_path / name
    bad.write_bytes(radiograph_file.read_bytes()[:-400] if content is None else content)
    upload(page, bad)
    expect(page.get_by_test_id("stAlert")).to_contain_text("This file was not opened.")
    settled(page)
    assert say in page.get_by_test_id("stAlert").inner_text()
    assert (prediction(page), heading(page)) == (before, where)
    expect(page.get_by_test_id("stException")).to_have_count(0)


def test_the_state_survives_another_page_and_back(page: Page) -> None:
    page.get_by_role("button", name="Adjust").click()
    page.get_by_role("spinbutton", name="Height").fill("500")
    page.get_by_role("spinbutton", name="Height").press("Enter")
    expect(page.locator(".st-key-viewer_heading")).to_contain_text("crop 500 x 896 px")
    page.keyboard.press("Escape")
    settled(page)
    before = prediction(page)
    page.locator(".st-key-header").get_by_role("link", name="Start").click()
    expect(page.get_by_role("heading", name="Installed model sets")).to_be_visible()
    assert "crop 500" not in page.get_by_test_id("stMain").inner_text()
    page.locator(".st-key-header").get_by_role("link", name="Explain").click()
    expect(page.locator(".st-key-viewer_heading")).to_contain_text("crop 500 x 896 px")
    expect(page.locator(".st-key-grid_block4 .nsewdrag")).to_be_visible()
    settled(page)
    assert prediction(page) == before
    page.locator(".st-key-tool_undo button").first.click()
    expect(page.locator(".st-key-viewer_heading")).to_contain_text("whole")


def test_a_browser_that_prefers_light_starts_dark_and_keeps_its_case(browser: Browser, app_url: str) -> None:
    context = browser.new_context(viewport={"width": 1920, "height": 1080}, color_scheme="light")
    page = context.new_page()
    page.goto(app_url)
    expect(page.get_by_test_id("stApp")).to_have_css("background-color", "rgb(20, 22, 26)")
    expect(page.locator(".st-key-grid_block4 .nsewdrag")).to_be_visible()
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollHeight") <= 1080
    page.locator("body").press("i")
    expect(page.locator(".st-key-tool_undo button:enabled").first).to_be_visible()
    page.locator(".st-key-header").get_by_role("link", name="Start").click()
    expect(page.get_by_role("heading", name="Installed model sets")).to_be_visible()
    page.locator(".st-key-header").get_by_role("link", name="Explain").click()
    expect(page.locator(".st-key-tool_undo button:enabled").first).to_be_visible()
    expect(page.get_by_test_id("stException")).to_have_count(0)
    links = [link.get_attribute("href") for link in page.locator(".st-key-header").get_by_role("link").all()]
    assert len(links) > 3
    for link in links:  # an address typed in is a new session, of the theme that is kept for its path
        page.goto(f"{app_url.rstrip('/')}/{link}")
        expect(page.get_by_test_id("stApp")).to_have_css("background-color", "rgb(20, 22, 26)")
    context.close()


def test_a_region_that_the_reader_draws_gives_the_stage_focus_in_one_look(page: Page) -> None:
    whole = prediction(page)
    page.get_by_role("button", name="Adjust").click()
    page.get_by_role("radiogroup", name="A dragged box is").get_by_text("abnormality").click()
    page.keyboard.press("Escape")
    settled(page)
    drag(page, (0.3, 0.4), (0.7, 0.6))
    page.get_by_text("Stage focus", exact=True).click()
    expect(page.locator(".st-key-stages")).to_contain_text("regions drawn by the reader")
    settled(page)
    box = page.locator(".st-key-stage_focus_chart .main-svg").first.bounding_box()
    assert box is not None
    assert box["y"] + box["height"] <= 900
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollHeight") <= 900
    assert prediction(page) == whole, "a region is no crop"
    expect(page.get_by_test_id("stException")).to_have_count(0)


def test_an_image_of_several_is_chosen_on_the_page(page: Page, tmp_path: Path) -> None:
    """A DICOM object of two images: the second is the first upside down."""
    first = np.linspace(0, 4095, 300 * 200).reshape(300, 200).astype(np.uint16)
    dataset = Dataset()
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = uid.ExplicitVRLittleEndian
    dataset.SOPClassUID, dataset.SOPInstanceUID = uid.XRayAngiographicImageStorage, uid.generate_uid()
    dataset.Modality, dataset.Rows, dataset.Columns, dataset.NumberOfFrames = "RF", 300, 200, 2
    dataset.SamplesPerPixel, dataset.PhotometricInterpretation, dataset.PixelRepresentation = 1, "MONOCHROME2", 0
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit = 16, 12, 11
    dataset.PixelData = np.stack([first, first[::-1]]).tobytes()
    dataset.save_as(tmp_path / "two.dcm", enforce_file_format=True)
    upload(page, tmp_path / "two.dcm")
    expect(page.get_by_text("received 2 frames")).to_be_visible()
    page.get_by_label("Image of the file, from 1").fill("2")
    page.get_by_label("Image of the file, from 1").press("Enter")
    expect(page.locator(".st-key-viewer_heading")).to_contain_text("300 x 200 px")
    settled(page)
    expect(page.get_by_text("received 2 frames")).to_have_count(0)
    page.get_by_label("Image of the file, from 1").fill("3")
    page.get_by_label("Image of the file, from 1").press("Enter")
    expect(page.get_by_text("A frame from 1 to 2 can be chosen")).to_be_visible()
    expect(page.locator(".st-key-viewer_heading")).to_contain_text("300 x 200 px")
