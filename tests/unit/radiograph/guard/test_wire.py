"""Messages through a real socket pair, honest and hostile."""

from __future__ import annotations

import os
import pickle
import socket
import struct
import threading
import time
from collections.abc import Iterator

import numpy as np
import pytest

from densexplain.errors import EmptyFileError
from densexplain.radiograph.guard import wire
from densexplain.radiograph.radiograph import Acquisition
from densexplain.vocabulary import FileFormat

Pair = tuple[socket.socket, socket.socket]


@pytest.fixture
def pair() -> Iterator[Pair]:
    ours, theirs = socket.socketpair()
    yield ours, theirs
    ours.close()
    theirs.close()


def carry(pair: Pair, value: object, *, trusted: bool = False, maximum_bytes: int = 10**8) -> object:
    sender = threading.Thread(target=wire.send, args=(pair[0], value))
    sender.start()
    try:
        return wire.receive(pair[1], maximum_bytes=maximum_bytes, deadline=time.monotonic() + 10, trusted=trusted)
    finally:
        pair[1].close()
        sender.join()


def test_arrays_travel_whole_and_keep_being_read_only(pair: Pair) -> None:
    array = np.arange(3_000_000, dtype=np.float32).reshape(1000, 3000)
    array.flags.writeable = False
    received = carry(pair, ("result", array))
    np.testing.assert_array_equal(received[1], array)  # type: ignore[index]
    assert not received[1].flags.writeable  # type: ignore[index]


def test_own_records_closed_sets_and_errors_travel(pair: Pair) -> None:
    value = (Acquisition(modality="DX", pixel_spacing_mm=(0.1, 0.2)), FileFormat.PNG, {"a": (1, None, 2.5)})
    assert carry(pair, value) == value


def test_an_error_travels_with_its_sentence(pair: Pair) -> None:
    received = carry(pair, EmptyFileError("nothing in it"))
    assert type(received) is EmptyFileError
    assert str(received) == "nothing in it"


class Hostile:
    def __init__(self, *call: object) -> None:
        self.call = call

    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        return self.call[0], self.call[1:]


@pytest.mark.parametrize("call", [(os.system, "true"), (eval, "1"), (wire.send, None, None), (os.getcwd,)])
def test_an_answer_that_would_run_something_is_refused(pair: Pair, call: tuple[object, ...]) -> None:
    with pytest.raises(wire.WireError, match="may hold arrays"):
        carry(pair, Hostile(*call))


def test_names_reached_through_our_modules_are_refused(pair: Pair) -> None:
    body = b"\x80\x04\x8c\x11densexplain.files\x8c\x09os.system\x93."
    pair[0].sendall(struct.pack("!IQ", 1, len(body)) + body)
    with pytest.raises(wire.WireError, match=r"received densexplain\.files\.os\.system"):
        wire.receive(pair[1], maximum_bytes=1000, deadline=None, trusted=False)


def test_a_trusted_message_may_name_any_function(pair: Pair) -> None:
    assert carry(pair, (os.getcwd, ()), trusted=True) == (os.getcwd, ())


def test_too_large_a_message_is_refused_before_memory_is_taken(pair: Pair) -> None:
    pair[0].sendall(struct.pack("!IQ", 1, 10**15))
    with pytest.raises(wire.WireError, match="may have 1000 bytes"):
        wire.receive(pair[1], maximum_bytes=1000, deadline=None, trusted=False)


@pytest.mark.parametrize("count", [0, 100_001])
def test_a_senseless_number_of_parts_is_refused(pair: Pair, count: int) -> None:
    pair[0].sendall(struct.pack("!I", count))
    with pytest.raises(wire.WireError, match="1 to 100000 parts"):
        wire.receive(pair[1], maximum_bytes=1000, deadline=None, trusted=False)


def test_a_broken_pickle_is_refused(pair: Pair) -> None:
    pair[0].sendall(struct.pack("!IQ", 1, 3) + b"abc")
    with pytest.raises(wire.WireError, match="cannot be read"):
        wire.receive(pair[1], maximum_bytes=1000, deadline=None, trusted=False)


def test_silence_and_a_closed_end_are_told_apart(pair: Pair) -> None:
    with pytest.raises(TimeoutError):
        wire.receive(pair[1], maximum_bytes=1000, deadline=time.monotonic() + 0.05, trusted=False)
    with pytest.raises(TimeoutError):
        wire.receive(pair[1], maximum_bytes=1000, deadline=time.monotonic() - 1, trusted=False)
    pair[0].close()
    with pytest.raises(EOFError):
        wire.receive(pair[1], maximum_bytes=1000, deadline=time.monotonic() + 1, trusted=False)


def test_what_cannot_be_pickled_is_not_sent(pair: Pair) -> None:
    with pytest.raises((pickle.PicklingError, AttributeError)):
        wire.send(pair[0], lambda: 1)
    pair[0].close()
    with pytest.raises(OSError, match="descriptor"):
        wire.send(pair[0], 1)
