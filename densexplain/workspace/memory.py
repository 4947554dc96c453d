"""Results that may be needed again, a bounded number of them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from typing import Any, TypeVar, cast

_Value = TypeVar("_Value")


class Memory:
    """Results by key; the least recently used is dropped first. Safe to share between threads.

    Parameters
    ----------
    most
        How many results are held.
    """

    def __init__(self, most: int) -> None:
        self._most, self._room, self._lock = most, 0, threading.Lock()
        self._held: dict[Hashable, Any] = {}

    def __contains__(self, key: Hashable) -> bool:
        """Whether there is a result of this key."""
        return key in self._held

    def keys(self) -> tuple[Hashable, ...]:
        """Keys of all results, the one unused for longest first."""
        with self._lock:
            return tuple(self._held)

    def values(self) -> tuple[Any, ...]:
        """All results, the one unused for longest first."""
        with self._lock:
            return tuple(self._held.values())

    def remember(self, key: Hashable, make: Callable[[], _Value], room: int = 0) -> _Value:
        """Return the result of a key; made if there is none.

        Parameters
        ----------
        key
            Says all that the result depends on.
        make
            Makes it, on this thread and without holding up others; what it raises is not kept.
        room
            For so many further results, where several are looked at together; it stays until all is forgotten.
        """
        with self._lock:
            if key in self._held:
                self._held[key] = self._held.pop(key)
                return cast("_Value", self._held[key])
        value = make()
        self.put(key, value, room)
        return value

    def put(self, key: Hashable, value: object, room: int = 0) -> None:
        """Hold a result that was made elsewhere; `room` as `remember` takes it."""
        with self._lock:
            self._held.pop(key, None)
            self._held[key], self._room = value, max(room, self._room)
            while len(self._held) > self._most + self._room:
                self._held.pop(next(iter(self._held)))

    def forget(self) -> None:
        """Drop all results."""
        with self._lock:
            self._held.clear()
            self._room = 0
