"""From a server that is up to the first page, and on to a model set that is loaded and warm."""

from __future__ import annotations

import threading
import time

from figures import Figure
from playwright.sync_api import Page, expect
from server import Server, browser_page, running_server
from subject import subject_folder

_LIBRARY = "tensorflow"
_PATIENCE_MS = 120_000
_NOTICE = "Research use only, not for diagnosis"


def measure() -> list[Figure]:
    # The first server only fills the disk cache with what every start reads.
    with subject_folder() as folder, browser_page() as page:
        for _ in range(2):
            with running_server(folder) as server:
                figures = _measure(server, page)
    return figures


def _measure(server: Server, page: Page) -> list[Figure]:
    mapped = _Watch(server)
    start = time.perf_counter()
    page.goto(server.url, wait_until="commit")
    expect(page.get_by_text(_NOTICE).first).to_be_visible(timeout=_PATIENCE_MS)
    written = time.perf_counter() - start
    expect(page.locator(".js-plotly-plot").first).to_be_visible(timeout=_PATIENCE_MS)
    drawn = time.perf_counter() - start
    without = not server.maps(_LIBRARY)
    waiting = page.get_by_text("Loading model set").first.is_visible()
    expect(page.locator(".st-key-prediction")).to_be_visible(timeout=_PATIENCE_MS)
    warm = time.perf_counter() - start
    mapped.stop()
    when = "never" if mapped.at is None else f"{mapped.at - start:.2f} s"
    page.goto("about:blank")
    return [
        Figure(
            "start",
            "first page drawn after the server is up",
            "< 2 s",
            f"{drawn:.2f} s",
            drawn < 2,
            f"with its radiograph, from an empty browser cache; its text after {written:.2f} s",
        ),
        Figure(
            "start",
            "TensorFlow mapped in the server at that moment",
            "no",
            "no" if without else "yes",
            without,
            f"first seen {when} after the page was asked for",
        ),
        Figure("start", "loading in the background has a visible state", "yes", "yes" if waiting else "no", waiting),
        Figure(
            "start",
            "model set loaded and warm, first explanation drawn",
            "< 8 s",
            f"{warm:.2f} s",
            warm < 8,
            "since the page was asked for",
        ),
    ]


class _Watch:
    """Notes when the server first maps TensorFlow."""

    def __init__(self, server: Server) -> None:
        self.at: float | None = None
        self._server, self._over = server, threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def _look(self) -> None:
        while not self._over.wait(0.03):
            if self._server.maps(_LIBRARY):
                self.at = time.perf_counter()
                return

    def stop(self) -> None:
        self._over.set()
        self._thread.join()
