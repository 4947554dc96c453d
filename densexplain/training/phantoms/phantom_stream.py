"""Phantoms drawn by other processes while a run trains.

The processes are spawned, not forked: neither Keras nor its threads are in them.
They end with the process that they draw for, however that ends.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context, parent_process

from densexplain.errors import TrainingError
from densexplain.phantom.numbered import DrawnPhantom, draw_phantom
from densexplain.phantom.phantom import PhantomDescription


class PhantomStream:
    """A row of phantoms, drawn ahead of their use.

    Parameters
    ----------
    description
        What is simulated for a number; it fixes the phantom.
    last
        Numbers from there on are not drawn.
    processes
        How many draw; what they draw does not depend on it.
    ahead
        How many phantoms beyond the one asked for may be drawn and wait.
    """

    def __init__(
        self, description: Callable[[int], PhantomDescription], last: int, processes: int = 1, ahead: int = 64
    ) -> None:
        self._description, self._last, self._processes, self._ahead = description, last, processes, ahead
        self._pool: ProcessPoolExecutor | None = None
        self._closed = False
        self._drawn: dict[int, Future[DrawnPhantom]] = {}
        self._lock = threading.Lock()

    def get(self, number: int, keep_from: int) -> DrawnPhantom:
        """Wait for a phantom.

        Parameters
        ----------
        number
            Of the row.
        keep_from
            Phantoms of lower numbers are no longer needed; those from there on are.

        Raises
        ------
        TrainingError
            If a process that draws has ended, or the stream is closed.
        """
        try:
            with self._lock:
                if self._closed:  # a backend may read ahead for a run that has just been stopped
                    raise TrainingError("expected phantoms of a run that goes on; it has ended")
                for passed in [other for other in self._drawn if other < keep_from]:
                    self._drawn.pop(passed).cancel()
                # What is asked for comes first; then what else is still needed, and what will be.
                for wanted in (number, *range(keep_from, min(number + self._ahead, self._last))):
                    if wanted not in self._drawn:
                        self._drawn[wanted] = self._submit(wanted)
                waiting = self._drawn[number]
            return waiting.result()
        except BrokenProcessPool as error:
            raise TrainingError(
                "expected the process that draws phantoms to go on; it has ended, perhaps for want of memory; "
                "the same command goes on from the last state"
            ) from error

    def _submit(self, number: int) -> Future[DrawnPhantom]:
        if self._pool is None:
            self._pool = ProcessPoolExecutor(self._processes, mp_context=get_context("spawn"), initializer=_begin)
        return self._pool.submit(draw_phantom, self._description(number))

    def close(self) -> None:
        """End the processes; what was not asked for is lost."""
        with self._lock:
            pool, self._pool, self._drawn, self._closed = self._pool, None, {}, True
        if pool is not None:
            pool.shutdown(wait=True, cancel_futures=True)


def _begin() -> None:
    """Leave Ctrl-C to the run, and end when it does."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
