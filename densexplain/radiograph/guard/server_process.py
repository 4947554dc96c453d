"""The app's side of the fork server: it starts, forks and kills on request.

A bare interpreter is started rather than this process forked or
``multiprocessing`` used: either would bring the app's main module, its threads
and TensorFlow into the children.
"""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import weakref
from dataclasses import dataclass

from densexplain.errors import GuardError
from densexplain.radiograph.guard import fork_server

_START_SECONDS = 60.0
_ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")


@dataclass
class Child:
    """A guarded process: the socket to talk to it, its number, the calls it has taken."""

    connection: socket.socket
    pid: int
    calls: int = 0


class ServerProcess:
    """The fork server, seen from the app; one thread at a time may use it.

    Parameters
    ----------
    memory_bytes
        Address space of each child.
    cpu_seconds
        CPU time of each call in a child.
    preload
        Modules loaded before the first fork.

    Raises
    ------
    GuardError
        If the system refuses to start it.
    """

    def __init__(self, memory_bytes: int, cpu_seconds: float, preload: tuple[str, ...]) -> None:
        self._control, theirs = socket.socketpair()
        self._control.settimeout(_START_SECONDS)
        arguments = (theirs.fileno(), memory_bytes, cpu_seconds, preload)
        command = (
            f"import sys; sys.path[:] = {sys.path!r}; "
            f"from densexplain.radiograph.guard.fork_server import serve; serve(*{arguments!r})"
        )
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-c", command],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env={**os.environ, **_ONE_THREAD},
                start_new_session=True,  # Ctrl-C is for the app, which then closes the server
            )
        except OSError as problem:
            raise GuardError(
                f"a guarded process should start; the system refused it ({problem.strerror})."
            ) from problem
        finally:
            theirs.close()
        self.stop = weakref.finalize(self, _stop, self._control, self._process)

    @property
    def alive(self) -> bool:
        """Whether it is still running."""
        return self._process.poll() is None

    def fork(self) -> Child:
        """Make a child.

        Raises
        ------
        GuardError
            If the server ended, or does not answer within a minute.
        """
        ours, theirs = socket.socketpair()
        try:
            socket.send_fds(self._control, [fork_server.REQUEST.pack(fork_server.FORK, 0)], [theirs.fileno()])
            return Child(ours, self._reply())
        except OSError as problem:
            ours.close()
            self.stop()
            raise GuardError("a guarded process should start; it ended before it could be used.") from problem
        finally:
            theirs.close()

    def kill(self, pid: int) -> None:
        """End a child, whatever it is doing, and wait until it is gone."""
        with contextlib.suppress(OSError):  # a server that is gone has taken its children along
            self._control.sendall(fork_server.REQUEST.pack(fork_server.KILL, pid))
            self._reply()

    def _reply(self) -> int:
        content = b""
        while len(content) < fork_server.REQUEST.size:
            part = self._control.recv(fork_server.REQUEST.size - len(content))
            if not part:
                raise ConnectionError
            content += part
        return int(fork_server.REQUEST.unpack(content)[1])


def _stop(control: socket.socket, process: subprocess.Popen[bytes]) -> None:
    control.close()
    try:
        process.wait(timeout=2)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
