"""Workspaces kept for a while after their readers are gone, so that a reload finds the same case again.

Nothing is written to disk. A workspace is found by a key that only its
reader's browser knows, and released with its pixels when the limit passes.
"""

from __future__ import annotations

import hashlib
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from densexplain.workspace.workspace import Workspace

_LOOKS_PER_LIMIT = 10
_SELDOMEST_LOOK_SECONDS = 60.0


@dataclass(eq=False)
class _Kept:
    workspace: Workspace
    in_use: Callable[[], bool]
    last_used: float


class KeptWorkspaces:
    """Keeps workspaces by key; safe to share between threads.

    Parameters
    ----------
    idle_seconds
        So long after its last use a workspace is released; 0 keeps none.
    most
        So many are kept; of those that nobody uses the one unused for longest is released first.
    clock
        Seconds that go on evenly.
    """

    def __init__(self, idle_seconds: float, most: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.idle_seconds, self._most, self._clock = idle_seconds, most, clock
        self._lock = threading.Lock()
        self._kept: dict[str, _Kept] = {}
        self._timer: threading.Timer | None = None

    def __len__(self) -> int:
        """How many are kept."""
        return len(self._kept)

    def keep(self, key: str, workspace: Workspace, in_use: Callable[[], bool] = lambda: False) -> None:
        """Keep a workspace, or go on keeping it, from now.

        Parameters
        ----------
        key
            From `new_key`.
        workspace
            Of one reader.
        in_use
            Whether the reader is there still; then it is not released, however long nothing is asked.
        """
        if self.idle_seconds <= 0:
            return
        with self._lock:
            self._kept.pop(_digest(key), None)
            self._kept[_digest(key)] = _Kept(workspace, in_use, self._clock())
            gone = self._surplus()
            self._start_timer()
        _release(gone)

    def find(self, key: str) -> Workspace | None:
        """The workspace of a key; None where it is not kept, or no longer."""
        with self._lock:
            kept = self._kept.get(_digest(key))
            if kept is None or self._is_over(kept):
                return None
            kept.last_used = self._clock()
            return kept.workspace

    def release_idle(self) -> None:
        """Release those whose limit has passed; done by itself, too."""
        with self._lock:
            gone = [key for key, kept in self._kept.items() if self._is_over(kept)]
            released = [self._kept.pop(key) for key in gone]
        _release(released)

    def _is_over(self, kept: _Kept) -> bool:
        if kept.in_use():
            kept.last_used = self._clock()
        return self._clock() - kept.last_used >= self.idle_seconds

    def _surplus(self) -> list[_Kept]:
        unused = [key for key, kept in self._kept.items() if not kept.in_use()]
        count = max(0, len(self._kept) - self._most)
        return [self._kept.pop(key) for key in unused[:count]]

    def _start_timer(self) -> None:
        if self._timer is None and self._kept:
            pause = min(self.idle_seconds / _LOOKS_PER_LIMIT, _SELDOMEST_LOOK_SECONDS)
            self._timer = threading.Timer(pause, self._look)
            self._timer.daemon = True
            self._timer.start()

    def _look(self) -> None:
        self.release_idle()
        with self._lock:
            self._timer = None
            self._start_timer()


def new_key() -> str:
    """A key that cannot be guessed: 256 random bits, as text that fits a cookie."""
    return secrets.token_urlsafe(32)


def _digest(key: str) -> str:
    # Looked up by hash: how long that takes tells nothing of a key that is nearly right.
    return hashlib.sha256(key.encode()).hexdigest()


def _release(gone: list[_Kept]) -> None:
    for kept in gone:
        kept.workspace.release()
