"""Servers as processes of their own: a port for each, and the moment at which it answers."""

import socket
import subprocess
import time
import urllib.request
from typing import Any

SECONDS = 90


def free_port() -> int:
    """A port of this machine that nothing listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def wait_until_healthy(server: subprocess.Popen[Any], port: int) -> bytes:
    """Wait for what the app's server says when it is up."""
    deadline = time.monotonic() + SECONDS
    while True:
        assert server.poll() is None, "the app ended instead of serving"
        assert time.monotonic() < deadline, "the app did not come up"
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=2) as answer:
                return bytes(answer.read())
        except OSError:
            time.sleep(0.1)
