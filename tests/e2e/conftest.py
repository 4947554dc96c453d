"""The real app, served as `make app` serves it, in a real Chromium."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.processes import SECONDS, free_port, wait_until_healthy
from tests.recorded import record_as_predicted, write_radiographs
from tests.tiny import ROOT, write_familiarity, write_tiny

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "e2e" in item.path.parts:
            item.add_marker("browser")


@pytest.fixture(scope="session")
def app_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("models")
    write_tiny(folder / "tiny-a", 6, "Tiny A")
    write_tiny(folder / "tiny-b", 2, "Tiny B")
    write_tiny(folder / "tiny-c", 3, "Tiny C, evaluated")
    for name, title, lines in (("tiny-d", "Tiny D, warns", (1e-3, 1e6)), ("tiny-e", "Tiny E, withholds", (1e-4, 1e-3))):
        write_tiny(folder / name, 1, title)
        write_familiarity(folder / name, *lines)
    data = tmp_path_factory.mktemp("data")
    write_radiographs(data, 8)
    record_as_predicted(folder / "tiny-c", data)
    port = free_port()
    command = [sys.executable, "-m", "densexplain", "serve", "--address", "127.0.0.1", "--port", str(port)]
    environment = {
        **os.environ,
        "DENSEXPLAIN_MODELS": str(folder),
        "DENSEXPLAIN_DATA": str(data),
        "DENSEXPLAIN_CASES": str(data / "no-cases"),  # a reader starts on the sample
        "TF_CPP_MIN_LOG_LEVEL": "2",
    }
    log = (tmp_path_factory.mktemp("log") / "app.log").open("w")
    server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT)
    try:
        wait_until_healthy(server, port)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(20)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if path is None:
        pytest.fail("the browser tests need Chromium; install it, for example: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def profile(browser: Browser) -> BrowserContext:
    """What the readers of `page` share: a cache that holds the app's scripts, as any browser's does."""
    expect.set_options(timeout=SECONDS * 1000)
    context = browser.new_context(viewport={"width": 1440, "height": 900}, color_scheme="dark", accept_downloads=True)
    context.set_default_timeout(SECONDS * 1000)
    return context


@pytest.fixture
def page(profile: BrowserContext, app_url: str) -> Iterator[Page]:
    """A new reader on Explain, the sample case explained."""
    profile.clear_cookies()
    page = profile.new_page()
    page.goto(f"{app_url}/favicon.png")  # of the app's origin
    page.evaluate("localStorage.clear()")
    page.goto(app_url)
    expect(page.locator(".st-key-grid_block4 .nsewdrag")).to_be_visible()
    settled(page)
    yield page
    assert "?" not in page.url, "something about the case is in the URL"
    expect(page.get_by_text("Research use only, not for diagnosis").first).to_be_visible()
    for one in profile.pages:
        one.close()


def settled(page: Page) -> None:
    """Wait until the app has finished its run."""
    expect(page.locator("[data-testid='stApp'][data-test-script-state='notRunning']")).to_be_attached()


def on_picture(page: Page, key: str, x: float, y: float) -> tuple[float, float]:
    """Screen position of a share (x, y) of the picture in a chart."""
    page.locator(f".st-key-{key} .nsewdrag").hover()  # waits until it is there and stands still
    box = page.locator(f".st-key-{key} .imagelayer image").first.bounding_box()
    assert box is not None
    return box["x"] + x * box["width"], box["y"] + y * box["height"]


def drag(page: Page, start: tuple[float, float], end: tuple[float, float], key: str = "radiograph") -> None:
    """Drag a box over the picture in a chart, from one share of it to another."""
    (x0, y0), (x1, y1) = on_picture(page, key, *start), on_picture(page, key, *end)
    page.mouse.move(x0, y0)
    page.mouse.down()
    page.mouse.move((x0 + x1) / 2, (y0 + y1) / 2, steps=5)
    page.mouse.move(x1, y1, steps=5)
    page.mouse.up()


def heading(page: Page) -> str:
    """What the line above the radiograph says."""
    return page.locator(".st-key-viewer_heading").inner_text()
