"""The real server and a real browser, started for a measurement and ended after it."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Page, sync_playwright
from subject import PROJECT, environment_with

_STARTING_SECONDS = 60
_BROWSERS = ("chromium", "chromium-browser", "google-chrome")


@dataclass(frozen=True)
class Server:
    """A running server."""

    url: str
    process_id: int

    def maps(self, library: str) -> bool:
        """Whether the server has mapped a library, by a part of its path (Linux)."""
        return library in Path(f"/proc/{self.process_id}/maps").read_text()

    def memory_bytes(self) -> int:
        """Resident memory of the server, with its shared pages (Linux)."""
        return resident(self.process_id)

    def family_bytes(self) -> int:
        """The same with all the processes that it started."""
        return sum(resident(process) for process in _family(self.process_id))


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextmanager
def running_server(model_set: Path, port: int | None = None, **variables: str) -> Iterator[Server]:
    port = port or free_port()
    url = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "densexplain", "serve", "--port", str(port)]
    process = subprocess.Popen(
        command, cwd=PROJECT, env=environment_with(model_set) | variables, stdout=subprocess.DEVNULL
    )
    try:
        _wait_until_up(url, process)
        yield Server(url, process.pid)
    finally:
        process.terminate()
        process.wait(timeout=30)


@contextmanager
def browser_page() -> Iterator[Page]:
    """A blank page of 1440 x 900 in the system's Chromium, already warm, that keeps its caches as a reader's does."""
    executable = next((found for name in _BROWSERS if (found := shutil.which(name))), None)
    with TemporaryDirectory() as profile, sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            profile,
            executable_path=executable,
            args=["--no-sandbox", "--disable-gpu"],
            viewport={"width": 1440, "height": 900},
        )
        try:
            page = context.new_page()
            page.goto("about:blank")
            yield page
        finally:
            context.close()


def _wait_until_up(url: str, process: subprocess.Popen) -> None:
    deadline = time.monotonic() + _STARTING_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{url}/_stcore/health", timeout=1):
                return
        except OSError:
            time.sleep(0.02)
    raise TimeoutError(f"the server was not up within {_STARTING_SECONDS} s; its exit code: {process.poll()}")


def resident(process_id: int) -> int:
    """Resident memory of a process in bytes, with its shared pages (Linux)."""
    lines = Path(f"/proc/{process_id}/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmRSS"))


def _family(process_id: int) -> list[int]:
    children = Path(f"/proc/{process_id}/task").glob("*/children")
    found = [int(child) for file in children for child in file.read_text().split()]
    return [process_id, *(member for child in found for member in _family(child))]
