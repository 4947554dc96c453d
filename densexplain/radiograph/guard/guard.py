"""A guarded process: run a function on untrusted data where it can do no harm.

One file of 4 kB can make a decoder take 20 s and 4 GB, and a decoder written in
Rust panics past ``except Exception``. Such work is done in a child with bounded
memory and time, which is killed and replaced when it goes astray, while the app
goes on with the previous case.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ParamSpec, TypeVar, cast

from densexplain.errors import DamagedFileError, DecodingLimitError, DensexplainError, GuardError, OptionError
from densexplain.radiograph.guard import fork_server, wire
from densexplain.radiograph.guard.server_process import Child, ServerProcess

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True)
class GuardLimits:
    """What a guarded call may take.

    Parameters
    ----------
    seconds
        Wall time of one call, in s; then the child is killed. Its CPU time is
        bounded to the same amount and one second.
    memory_bytes
        Address space of the child (RLIMIT_AS), libraries included; also the
        largest answer. Where the system has no such limit (macOS), only time
        bounds a call.
    calls_per_child
        After so many calls a child is replaced, so that leaks do not add up.
    children
        Calls that may run at once; a further one waits.

    Raises
    ------
    OptionError
        If a limit is not positive.
    """

    seconds: float
    memory_bytes: int
    calls_per_child: int = 100
    children: int = 2

    def __post_init__(self) -> None:
        if min(self.seconds, self.memory_bytes, self.calls_per_child, self.children) <= 0:
            raise OptionError(f"each limit must be positive; received {self}")


class GuardedProcess:
    """Children that run functions within limits; safe to share between threads.

    Nothing is started before `prestart` or the first `run`. The children are
    forked from a bare interpreter, never from this process, so its main module,
    threads and TensorFlow are not in them.

    Parameters
    ----------
    limits
        Time, memory, reuse.
    preload
        Modules that every child should have at hand, by dotted name.
    task
        Subject of the sentences a user reads, such as ``"Decoding the file"``.
    limit_error
        Raised when a call takes too long, too much memory, or kills its child.
    failure_error
        Raised when the function raises anything but a DensexplainError.
    """

    def __init__(
        self,
        limits: GuardLimits,
        *,
        preload: tuple[str, ...] = (),
        task: str = "Reading the file",
        limit_error: type[DensexplainError] = DecodingLimitError,
        failure_error: type[DensexplainError] = DamagedFileError,
    ) -> None:
        self._limits = limits
        self._preload = preload
        self._task = task
        self._limit_error = limit_error
        self._failure_error = failure_error
        self._turns = threading.BoundedSemaphore(limits.children)
        self._lock = threading.Lock()
        self._idle: list[Child] = []
        self._server: ServerProcess | None = None
        self._owner = os.getpid()

    def prestart(self) -> None:
        """Start the first child in the background, so that the first call is not the slow one."""
        threading.Thread(target=self._prestart, name="guard-prestart", daemon=True).start()

    def run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Call `function` in a guarded child and return what it returns.

        Parameters
        ----------
        function
            Importable by name (not from ``__main__``, no lambda).
        args
            Picklable values. Keywords are not taken.

        Returns
        -------
        object
            Plain values, numpy arrays, and dataclasses, Enums of densexplain.

        Raises
        ------
        DensexplainError
            Whatever of this tree `function` raises, as it was raised; the
            `limit_error` or `failure_error` of this object.
        GuardError
            If no child can be started or it cannot import `function`.
        OptionError
            If keywords are given.
        """
        if kwargs:
            raise OptionError(f"a guarded function takes positional arguments; received {sorted(kwargs)}")
        with self._turns:
            child = self._take()
            reusable = False
            try:
                outcome, value = self._exchange(child, function, args)
                reusable = outcome in (fork_server.RESULT, fork_server.REFUSAL)
            finally:
                self._give_back(child, reusable)
        return cast(T, self._conclude(outcome, value))

    def close(self) -> None:
        """End all children; a later call starts new ones."""
        with self._lock:
            server, self._server = self._server, None
            idle, self._idle = self._idle, []
        for child in idle:
            child.connection.close()
        if server is not None:
            server.stop()

    def _prestart(self) -> None:
        with contextlib.suppress(GuardError), self._turns:  # the first call will tell
            self._give_back(self._take(), reusable=True)

    def _exchange(self, child: Child, function: Callable[..., Any], args: tuple[Any, ...]) -> tuple[str, Any]:
        deadline = time.monotonic() + self._limits.seconds
        child.calls += 1
        child.connection.settimeout(self._limits.seconds)
        try:
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # its last words may be waiting
                wire.send(child.connection, (function, args))
            answer = wire.receive(
                child.connection, maximum_bytes=self._limits.memory_bytes, deadline=deadline, trusted=False
            )
        except (pickle.PicklingError, AttributeError, TypeError) as problem:
            raise GuardError(
                f"{self._task} needs a function and values that can be sent; received {function!r}."
            ) from problem
        except TimeoutError as problem:
            raise self._limit_error(
                f"{self._task} must be done within {self._limits.seconds:g} s; it was stopped because it took longer."
            ) from problem
        except (EOFError, ConnectionError) as problem:
            raise self._limit_error(
                f"{self._task} needs at most {self._gigabytes} GB of memory; "
                "this file ended the process that reads it and was refused."
            ) from problem
        except wire.WireError as problem:
            raise self._failure_error(f"{self._task} should give an image; received something else.") from problem
        return cast(tuple[str, Any], answer)

    def _conclude(self, outcome: str, value: Any) -> Any:
        if outcome == fork_server.RESULT:
            return value
        if outcome == fork_server.REFUSAL:
            raise value
        if outcome == fork_server.MEMORY:
            raise self._limit_error(f"{self._task} may take {self._gigabytes} GB of memory; this file asks for more.")
        if outcome == fork_server.UNAVAILABLE:
            raise GuardError(f"{self._task} needs what the guarded process can import; received {value}.")
        failure = self._failure_error(f"{self._task} needs an intact file; this one is damaged and was refused.")
        failure.add_note(f"in the guarded process: {value}")
        raise failure

    @property
    def _gigabytes(self) -> str:
        return f"{self._limits.memory_bytes / 1e9:g}"

    def _take(self) -> Child:
        with self._lock:
            if self._owner != os.getpid():  # this process was itself forked: those children are not ours
                self._owner, self._server, self._idle = os.getpid(), None, []
            if self._idle:
                return self._idle.pop()
            if self._server is None or not self._server.alive:
                self._server = ServerProcess(self._limits.memory_bytes, self._limits.seconds + 1, self._preload)
            return self._server.fork()

    def _give_back(self, child: Child, reusable: bool) -> None:
        with self._lock:
            if reusable and child.calls < self._limits.calls_per_child and self._server is not None:
                self._idle.append(child)
                return
            child.connection.close()
            if self._server is not None:
                self._server.kill(child.pid)
