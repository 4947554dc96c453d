"""The clean process that guarded children are forked from; runs outside the app.

It is started as a bare interpreter, so neither TensorFlow nor Streamlit nor the
parent's main module is ever in it; it has loaded the decoders, so that a new
child costs a fork and not their import. It forks, kills and reaps on request and
ends, with its children, when the parent does.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import math
import os
import pickle
import resource
import signal
import socket
import struct
from collections.abc import Callable, Sequence
from typing import Any

from densexplain.errors import DensexplainError
from densexplain.radiograph.guard import wire

REQUEST = struct.Struct("!cq")
FORK, KILL = b"F", b"K"
RESULT, REFUSAL, MEMORY, FAILURE, UNAVAILABLE = "result", "refusal", "memory", "failure", "unavailable"
_REQUEST_BYTES = 2**40


def serve(control_descriptor: int, memory_bytes: int, cpu_seconds: float, preload: Sequence[str]) -> None:
    """Obey the parent on `control_descriptor` until it closes its end."""
    os.environ["PYTHONWARNINGS"] = "ignore"
    control = socket.socket(fileno=control_descriptor)
    for name in preload:
        with contextlib.suppress(ImportError):  # the child then says which function it lacks
            importlib.import_module(name)
    gc.collect()
    gc.freeze()
    children: set[int] = set()
    while True:
        message, descriptors = _next_request(control)
        if message is None:
            break
        kind, pid = REQUEST.unpack(message)
        if kind == FORK:
            pid = os.fork()
            if pid == 0:
                control.close()
                _run_child(socket.socket(fileno=descriptors[0]), memory_bytes, cpu_seconds)
            children.add(pid)
            os.close(descriptors[0])
        elif pid in children:
            children.discard(pid)
            _end(pid)
        control.sendall(REQUEST.pack(kind, pid))
    for pid in children:
        _end(pid)


def _next_request(control: socket.socket) -> tuple[bytes | None, list[int]]:
    content, descriptors, _, _ = socket.recv_fds(control, REQUEST.size, 1)
    while content and len(content) < REQUEST.size:
        content += control.recv(REQUEST.size - len(content))
    return content or None, descriptors


def _end(pid: int) -> None:
    """Kill and reap; until it is reaped its number belongs to no other process."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
    with contextlib.suppress(ChildProcessError):
        os.waitpid(pid, 0)


def _run_child(connection: socket.socket, memory_bytes: int, cpu_seconds: float) -> None:
    """Answer requests one by one; never returns into the server's code."""
    try:
        _set_limits(memory_bytes)
        going_on = True
        while going_on:
            going_on = _answer(connection, cpu_seconds)
    except BaseException:  # noqa: BLE001 - nothing may get back into the server's loop
        os._exit(1)
    os._exit(0)


def _set_limits(memory_bytes: int) -> None:
    """Bound the address space; write no file and leave no core dump of a patient's image."""
    wanted = ((resource.RLIMIT_AS, memory_bytes), (resource.RLIMIT_CORE, 0), (resource.RLIMIT_FSIZE, 0))
    for limit, amount in wanted:
        with contextlib.suppress(ValueError, OSError):  # macOS knows RLIMIT_AS but may refuse it
            resource.setrlimit(limit, (amount, amount))


def _renew_cpu_limit(cpu_seconds: float) -> None:
    """Allow this call `cpu_seconds` more than the child has used so far."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    allowed = math.ceil(usage.ru_utime + usage.ru_stime + cpu_seconds)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CPU, (allowed, resource.RLIM_INFINITY))


def _answer(connection: socket.socket, cpu_seconds: float) -> bool:
    """Run one request; False when this child should not be used again."""
    try:
        request = wire.receive(connection, maximum_bytes=_REQUEST_BYTES, deadline=None, trusted=True)
    except EOFError:
        return False
    except MemoryError:
        wire.send(connection, (MEMORY, ""))
        return False
    except Exception as problem:  # noqa: BLE001 - an import may raise anything; the parent is told
        wire.send(connection, (UNAVAILABLE, f"{type(problem).__name__}: {problem}"))
        return False
    _renew_cpu_limit(cpu_seconds)
    outcome = _outcome(*request)  # type: ignore[misc]
    del request
    try:
        wire.send(connection, outcome)
    except MemoryError:
        outcome = (MEMORY, "")
        wire.send(connection, outcome)
    except (pickle.PicklingError, AttributeError, TypeError) as problem:
        outcome = (FAILURE, type(problem).__name__)
        wire.send(connection, outcome)
    return outcome[0] in (RESULT, REFUSAL)


def _outcome(function: Callable[..., object], arguments: tuple[object, ...]) -> tuple[str, Any]:
    """Call, and turn whatever comes out, a decoder's panic included, into a message.

    The text of a foreign exception may quote a patient's data, so only the name
    of its class is passed on.
    """
    try:
        return RESULT, function(*arguments)
    except DensexplainError as refusal:
        return REFUSAL, refusal
    except MemoryError:
        return MEMORY, ""
    except ImportError as problem:
        return UNAVAILABLE, str(problem)
    except BaseException as problem:  # noqa: BLE001 - a Rust decoder's panic is a BaseException
        return FAILURE, type(problem).__name__
