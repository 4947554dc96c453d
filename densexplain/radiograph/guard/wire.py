"""Messages between this process and a guarded one: pickle out, a narrow pickle in.

Arrays travel beside the pickle as raw buffers (PEP 574), so that an image is
copied once into the socket and once out of it. What a guarded process answers
is not trusted: only arrays, plain values and densexplain's own records, closed
sets and errors are built from it, so that a decoder taken over by a hostile
file cannot run anything here.
"""

from __future__ import annotations

import importlib
import io
import pickle
import socket
import struct
import time
from dataclasses import is_dataclass
from enum import Enum

from densexplain.errors import DensexplainError

_COUNT = struct.Struct("!I")
_SIZE = struct.Struct("!Q")
_MAXIMUM_BUFFERS = 100_000
_ARRAY_PARTS = {
    ("numpy", "ndarray"),
    ("numpy", "dtype"),
    ("numpy._core.numeric", "_frombuffer"),
    ("numpy._core.multiarray", "_reconstruct"),
    ("numpy._core.multiarray", "scalar"),
    ("numpy.core.numeric", "_frombuffer"),
    ("numpy.core.multiarray", "_reconstruct"),
    ("numpy.core.multiarray", "scalar"),
    ("_codecs", "encode"),
}


class WireError(Exception):
    """The other end sent something that is not a message, or too large a one."""


def send(connection: socket.socket, value: object) -> None:
    """Write one message.

    Raises
    ------
    OSError
        If the other end is gone, or (TimeoutError) the socket's time is over.
    """
    buffers: list[pickle.PickleBuffer] = []
    body = pickle.dumps(value, protocol=5, buffer_callback=buffers.append)
    parts = [memoryview(body), *(buffer.raw() for buffer in buffers)]
    header = _COUNT.pack(len(parts)) + b"".join(_SIZE.pack(part.nbytes) for part in parts)
    connection.sendall(header)
    for part in parts:
        connection.sendall(part)


def receive(connection: socket.socket, *, maximum_bytes: int, deadline: float | None, trusted: bool) -> object:
    """Read one message.

    Parameters
    ----------
    connection
        Stream socket.
    maximum_bytes
        A larger message is refused before memory is taken for it.
    deadline
        Moment of `time.monotonic` after which waiting ends; None waits for ever.
    trusted
        True in the guarded process, which obeys its parent: any picklable value.
        False for answers: arrays, plain values and densexplain's own classes.

    Raises
    ------
    EOFError
        If the other end closed the connection.
    TimeoutError
        If the deadline passed.
    WireError
        If the message is too large or holds a class that is not allowed.
    """
    (count,) = _COUNT.unpack(_read(connection, _COUNT.size, deadline))
    if not 1 <= count <= _MAXIMUM_BUFFERS:
        raise WireError(f"a message must have 1 to {_MAXIMUM_BUFFERS} parts; received {count}")
    table = _read(connection, count * _SIZE.size, deadline)
    sizes = [size for (size,) in _SIZE.iter_unpack(table)]
    if sum(sizes) > maximum_bytes:
        raise WireError(f"a message may have {maximum_bytes} bytes; received {sum(sizes)}")
    body, *buffers = [_read(connection, size, deadline) for size in sizes]
    if trusted:
        return pickle.loads(body, buffers=buffers)
    try:
        return _AnswerUnpickler(io.BytesIO(body), buffers=buffers).load()
    except WireError:
        raise
    except Exception as problem:
        raise WireError(f"the answer cannot be read: {type(problem).__name__}") from problem


def _read(connection: socket.socket, size: int, deadline: float | None) -> bytearray:
    content = bytearray(size)
    view = memoryview(content)
    while view:
        if deadline is not None:
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError
            connection.settimeout(left)
        received = connection.recv_into(view)
        if received == 0:
            raise EOFError
        view = view[received:]
    return content


class _AnswerUnpickler(pickle.Unpickler):
    """Builds arrays, plain values and densexplain's records, and nothing else."""

    def find_class(self, module_name: str, name: str) -> object:
        if (module_name, name) in _ARRAY_PARTS:
            return super().find_class(module_name, name)
        if module_name.startswith("densexplain.") and "." not in name:
            found = getattr(importlib.import_module(module_name), name, None)
            own = found if isinstance(found, type) and found.__module__ == module_name else object
            if is_dataclass(own) or issubclass(own, Enum | DensexplainError):
                return own
        raise WireError(f"an answer may hold arrays and densexplain's own records; received {module_name}.{name}")
