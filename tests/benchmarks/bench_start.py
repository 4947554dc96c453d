"""From a server that is up to the first page, and on to a model set that is loaded and warm."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from pathlib import Path

from figures import Figure
from playwright.sync_api import Page, expect
from server import Server, browser_page, free_port, running_server
from subject import subject_folder

_LIBRARY = "tensorflow"
_PATIENCE_MS = 120_000
_MOST_OF_TENSORFLOW, _MOST_SECONDS = 0.3, 3.0
_LOADING = "text=Loading model set >> nth=0"
_NOTICE = "Research use only, not for diagnosis"


def measure() -> list[Figure]:
    # Twice at one address: the first start fills the caches of disk and browser, the second is a day's first.
    port = free_port()
    with subject_folder() as folder, browser_page() as page:
        starts = []
        for _ in range(2):
            with running_server(folder, port) as server:
                starts.append(_start(server, page))
        whole = {engine: _from_the_process(folder, page, engine) for engine in ("onnx", "keras")}
    first, usual = starts
    ratio = whole["onnx"] / whole["keras"]
    when = "never" if usual.mapped is None else f"{usual.mapped:.2f} s"
    return [
        Figure(
            "start",
            "process start to first whole explanation drawn, of the same through TensorFlow",
            f"<= {_MOST_OF_TENSORFLOW}, under {_MOST_SECONDS:g} s",
            f"{ratio:.2f}, {whole['onnx']:.2f} s",
            ratio <= _MOST_OF_TENSORFLOW and whole["onnx"] < _MOST_SECONDS,
            f"{whole['onnx']:.2f} s / {whole['keras']:.2f} s, in a browser that has seen the app",
        ),
        Figure(
            "start",
            "first page drawn after the server is up",
            "< 2 s",
            f"{usual.drawn:.2f} s",
            usual.drawn < 2,
            f"with its radiograph (text {usual.written:.2f} s), in a browser that has seen the app; "
            f"in one that has not {first.drawn:.2f} s (text {first.written:.2f} s)",
        ),
        Figure(
            "start",
            "TensorFlow mapped in the server at that moment",
            "no",
            "yes" if usual.mapped_when_drawn else "no",
            not usual.mapped_when_drawn,
            f"first seen {when} after the page was asked for",
        ),
        Figure(
            "start",
            "loading in the background has a visible state, or is over by then",
            "yes",
            "yes" if usual.waiting else "no",
            usual.waiting,
        ),
        Figure(
            "start",
            "model set loaded and warm, first explanation drawn",
            "< 8 s",
            f"{usual.warm:.2f} s",
            usual.warm < 8,
            f"since the page was asked for; at the very first start {first.warm:.2f} s",
        ),
    ]


def _from_the_process(folder: Path, page: Page, engine: str) -> float:
    """Seconds from starting the server's process to the first explanation in the browser."""
    port, start = free_port(), time.perf_counter()
    with running_server(folder, port, DENSEXPLAIN_ENGINE=engine) as server:
        page.goto(server.url, wait_until="commit")
        expect(page.locator(".st-key-prediction")).to_be_visible(timeout=_PATIENCE_MS)
        seconds = time.perf_counter() - start
        page.goto("about:blank")
    return seconds


@dataclass(frozen=True)
class _Start:
    """Seconds from asking for the page."""

    written: float
    drawn: float
    warm: float
    mapped: float | None
    mapped_when_drawn: bool
    waiting: bool


def _start(server: Server, page: Page) -> _Start:
    watch = _Watch(server)
    start = time.perf_counter()
    page.goto(server.url, wait_until="commit")
    expect(page.get_by_text(_NOTICE).first).to_be_visible(timeout=_PATIENCE_MS)
    written = time.perf_counter() - start
    expect(page.locator(".js-plotly-plot").first).to_be_visible(timeout=_PATIENCE_MS)
    drawn = time.perf_counter() - start
    mapped = server.maps(_LIBRARY)
    waiting = any(page.locator(part).is_visible() for part in (".st-key-prediction", _LOADING))
    expect(page.locator(".st-key-prediction")).to_be_visible(timeout=_PATIENCE_MS)
    warm = time.perf_counter() - start
    watch.stop()
    page.goto("about:blank")
    return _Start(written, drawn, warm, None if watch.at is None else watch.at - start, mapped, waiting)


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
