"""The guard with real children that misbehave in each way there is."""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import sys
import threading
import time
import zlib
from collections.abc import Iterator

import numpy as np
import pytest

from densexplain.errors import (
    DamagedFileError,
    DecodingLimitError,
    GuardError,
    ImportWeightsError,
    OptionError,
    TooManyPixelsError,
)
from densexplain.radiograph.guard.decoding import PRELOAD
from densexplain.radiograph.guard.guard import GuardedProcess, GuardLimits
from densexplain.radiograph.reading.gate import check_size

pytestmark = pytest.mark.slow

LIMITS = GuardLimits(seconds=1.0, memory_bytes=600_000_000, calls_per_child=3)


def _bomb() -> bytes:
    """3 MB that inflate to 800."""
    return zlib.compress(bytes(800_000_000), 1)


@pytest.fixture
def guard() -> Iterator[GuardedProcess]:
    guard = GuardedProcess(LIMITS, preload=("numpy", "no_such_module"), task="Reading the test")
    yield guard
    guard.close()


def test_what_the_function_returns_comes_back(guard: GuardedProcess) -> None:
    assert guard.run(max, 3, 5) == 5
    array = guard.run(np.arange, 6)
    np.testing.assert_array_equal(array, [0, 1, 2, 3, 4, 5])
    assert guard.run(os.getpid) != os.getpid()


def test_our_own_errors_come_back_as_they_were_raised(guard: GuardedProcess) -> None:
    with pytest.raises(TooManyPixelsError, match="90000 x 10"):
        guard.run(check_size, 90000, 10)


@pytest.mark.parametrize(
    ("function", "argument", "error"),
    [
        (time.sleep, 30, DecodingLimitError),  # waits
        (bytearray, 4_000_000_000, DecodingLimitError),  # asks for too much memory
        (zlib.decompress, _bomb, DecodingLimitError),
        (os._exit, 3, DecodingLimitError),  # is gone without a word
        (ctypes.string_at, 0, DecodingLimitError),  # reads where it must not
        (sys.exit, 3, DamagedFileError),  # a BaseException, as a Rust panic is
        (int, "x", DamagedFileError),  # an Exception
        (compile, ("x", "x", "exec"), DamagedFileError),  # a TypeError from outside Python
    ],
)
def test_what_goes_astray_is_refused_and_the_next_call_works(
    guard: GuardedProcess, function: object, argument: object, error: type[Exception]
) -> None:
    guard.run(int)
    if argument is _bomb:
        argument = _bomb()
    start = time.monotonic()
    with pytest.raises(error) as caught:
        guard.run(function, argument)  # type: ignore[arg-type]
    assert time.monotonic() - start < 5
    assert str(caught.value).startswith("Reading the test")
    assert str(caught.value).endswith(".")
    assert guard.run(max, 3, 5) == 5


def test_a_child_that_computes_on_is_gone_after_its_time(guard: GuardedProcess) -> None:
    pid = guard.run(os.getpid)
    with pytest.raises(DecodingLimitError, match="within 1 s"):
        guard.run(sum, range(10**12))
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_an_answer_that_is_no_plain_value_is_refused(guard: GuardedProcess) -> None:
    with pytest.raises(DamagedFileError, match="received something else"):
        guard.run(eval, "__import__('os').system")
    with pytest.raises(DamagedFileError, match="needs an intact file"):
        guard.run(eval, "lambda: 1")
    assert guard.run(max, 3, 5) == 5


def test_a_child_is_replaced_after_its_calls(guard: GuardedProcess) -> None:
    children = [guard.run(os.getpid) for _ in range(7)]
    assert children[0] == children[1] == children[2] != children[3] == children[5] != children[6]


def test_a_child_and_a_server_that_were_killed_are_replaced(guard: GuardedProcess) -> None:
    child = guard.run(os.getpid)
    server = guard.run(os.getppid)
    os.kill(child, 9)
    with pytest.raises(DecodingLimitError):
        guard.run(int)
    os.kill(server, 9)
    guard._server._process.wait()  # type: ignore[union-attr]
    assert guard.run(os.getppid) != server


def test_calls_from_threads_wait_for_a_child(guard: GuardedProcess) -> None:
    answers: list[int] = []
    threads = [threading.Thread(target=lambda n=n: answers.append(guard.run(max, n, 0))) for n in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == list(range(12))


def test_a_call_that_hangs_does_not_hold_up_another(guard: GuardedProcess) -> None:
    guard.run(int)

    def hang() -> None:
        with pytest.raises(DecodingLimitError):
            guard.run(time.sleep, 30)

    hanging = threading.Thread(target=hang)
    hanging.start()
    start = time.monotonic()
    guard.run(int)
    assert hanging.is_alive()
    assert time.monotonic() - start < 1
    hanging.join()


def test_own_error_classes_and_limits_are_used() -> None:
    limits = GuardLimits(seconds=0.2, memory_bytes=600_000_000)
    guard = GuardedProcess(limits, limit_error=ImportWeightsError, failure_error=ImportWeightsError, task="Import")
    with pytest.raises(ImportWeightsError, match=r"Import must be done within 0\.2 s"):
        guard.run(time.sleep, 5)
    with pytest.raises(ImportWeightsError, match="Import needs an intact file"):
        guard.run(int, "x")
    guard.close()


def test_children_write_no_files_and_end_with_the_guard(guard: GuardedProcess, tmp_path: object) -> None:
    with pytest.raises(DamagedFileError):
        guard.run(np.save, f"{tmp_path}/x.npy", np.zeros(10_000))
    child, server = guard.run(os.getpid), guard.run(os.getppid)
    guard.close()
    for pid in (child, server):
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)
    assert guard.run(max, 1, 2) == 2


def test_prestart_has_a_child_ready(guard: GuardedProcess) -> None:
    guard.prestart()
    deadline = time.monotonic() + 30
    while not guard._idle and time.monotonic() < deadline:
        time.sleep(0.01)
    assert len(guard._idle) == 1


def test_a_forked_copy_of_the_app_starts_its_own_children(guard: GuardedProcess) -> None:
    mine = guard.run(os.getppid)
    context = multiprocessing.get_context("fork")
    answers = context.Queue()
    fork = context.Process(target=lambda: (answers.put(guard.run(os.getppid)), guard.close()))
    fork.start()
    theirs = answers.get(timeout=60)
    fork.join()
    assert theirs != mine
    assert guard.run(os.getppid) == mine


def test_calls_that_cannot_be_made_are_refused(guard: GuardedProcess) -> None:
    with pytest.raises(OptionError, match="positional"):
        guard.run(int, "11", base=2)
    with pytest.raises(GuardError, match="can be sent"):
        guard.run(lambda: 1)
    with pytest.raises(GuardError, match="can import"):
        guard.run(__import__, "no_such_module")
    with pytest.raises(GuardError, match="can import"):
        guard.run(mutate_nothing)
    assert guard.run(max, 3, 5) == 5


def mutate_nothing() -> None:
    """Lives in a test module, which no child can import."""


def test_a_machine_without_an_interpreter_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/no/such/python")
    with pytest.raises(GuardError, match="refused"):
        GuardedProcess(LIMITS).run(int)
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(GuardError, match="ended before"):
        GuardedProcess(LIMITS).run(int)


@pytest.mark.parametrize("name", ["seconds", "memory_bytes", "calls_per_child", "children"])
def test_limits_must_be_positive(name: str) -> None:
    with pytest.raises(OptionError, match="positive"):
        GuardLimits(**{"seconds": 1.0, "memory_bytes": 1, name: 0})


def test_the_decoding_child_holds_decoders_and_neither_networks_nor_pages() -> None:
    guard = GuardedProcess(GuardLimits(20.0, 1_500_000_000), preload=PRELOAD)
    modules = set(guard.run(eval, "list(__import__('sys').modules)"))
    guard.close()
    assert {"pydicom", "PIL.PngImagePlugin", "imagecodecs", *PRELOAD} <= modules
    assert not {"tensorflow", "keras", "streamlit", "cv2", "matplotlib", "pytest"} & modules
