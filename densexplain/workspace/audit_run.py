"""Audits in the background: the caller is not blocked, and an audit that is no longer needed ends."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from densexplain.explain.audit.audit import Audit

if TYPE_CHECKING:
    from densexplain.explain.audit.auditor import Report  # with it comes Keras

_AT_ONCE = 8  # of all readers; the network has a line of its own
_REST_SECONDS = 0.3  # after a change, in which another may follow
_threads = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="audit")


class AuditRun:
    """One audit on a thread of its own.

    Parameters
    ----------
    work
        Makes the audit and tells how far it is.
    ends
        The audit ends at its next step once one of them is set.
    rest_seconds
        To wait before the work begins.
    """

    def __init__(
        self,
        work: Callable[[Report], Audit],
        ends: Sequence[threading.Event] = (),
        rest_seconds: float = _REST_SECONDS,
    ) -> None:
        self._cancelled = threading.Event()
        self._ends, self._rest_seconds = (self._cancelled, *ends), rest_seconds
        self._start, self._progress = time.monotonic(), ("waiting for other audits", 0.0)
        self._future = _threads.submit(self._run, work)

    @property
    def seconds(self) -> float:
        """Seconds since it was requested."""
        return time.monotonic() - self._start

    @property
    def progress(self) -> tuple[str, float]:
        """What is being done, and which share of the whole is done, 0 to 1."""
        return self._progress

    @property
    def done(self) -> bool:
        """Whether there is an audit, or an error, or it was cancelled."""
        return self._future.done()

    @property
    def audit(self) -> Audit | None:
        """The result; None while it runs, and if it failed or was cancelled."""
        return self._future.result() if self.done and self.error is None and not self._future.cancelled() else None

    @property
    def error(self) -> BaseException | None:
        """Why there is no result; None while it runs, and if it was cancelled."""
        if not self.done or self._future.cancelled():
            return None
        return self._future.exception()

    def cancel(self) -> None:
        """End it at its next step; nothing happens if it has ended."""
        self._cancelled.set()
        self._future.cancel()

    def _run(self, work: Callable[[Report], Audit]) -> Audit | None:
        self._cancelled.wait(self._rest_seconds)
        try:
            self._tell("beginning", 0.0)
            return work(self._tell)
        except _CancelledError:
            return None

    def _tell(self, step: str, share: float) -> None:
        if any(event.is_set() for event in self._ends):
            raise _CancelledError
        self._progress = (step, share)


class _CancelledError(Exception):
    """The audit is no longer needed."""
