"""Stopping a run from outside without losing a step of it."""

from __future__ import annotations

import signal
import threading
from types import FrameType
from typing import Self


class Interruption:
    """While it is entered, a first Ctrl-C (or SIGTERM) asks the run to stop; a second one ends it at once.

    Only the main thread of a process can listen; elsewhere it is never
    requested.
    """

    _SIGNALS = (signal.SIGINT, signal.SIGTERM)

    def __init__(self) -> None:
        self.requested = False

    def __enter__(self) -> Self:
        self._listens = threading.current_thread() is threading.main_thread()
        if self._listens:
            self._before = {number: signal.signal(number, self._request) for number in self._SIGNALS}
        return self

    def __exit__(self, *error: object) -> None:
        if self._listens:
            for number, handler in self._before.items():
                signal.signal(number, handler)

    def _request(self, number: int, frame: FrameType | None) -> None:
        self.requested = True
        for awaited in self._SIGNALS:
            signal.signal(awaited, signal.default_int_handler)
