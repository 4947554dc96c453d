"""Phantoms drawn elsewhere are the same wherever they are drawn, and nobody is left behind."""

import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from densexplain.errors import TrainingError
from densexplain.phantom.numbered import PhantomRow, draw_phantom
from densexplain.training.phantoms.phantom_stream import PhantomStream
from densexplain.vocabulary import ExtremityType
from tests.tiny import ROOT

_ROW = PhantomRow(3, (ExtremityType.FINGER,))

_DRAWS = """
import os, sys, time
from densexplain.phantom.numbered import PhantomRow
from densexplain.training.phantoms.phantom_stream import PhantomStream
from densexplain.vocabulary import ExtremityType

if __name__ == "__main__":
    row = PhantomRow(3, (ExtremityType.FINGER,))
    stream = PhantomStream(lambda number: row.description(number, 1.0, 64), 100, ahead=1)
    stream.get(0, 0)
    print(stream._pool.submit(os.getpid).result(), flush=True)
    time.sleep(60)
"""


def _description(number):
    return _ROW.description(number, 0.5, 64)


@pytest.fixture
def stream():
    streams = []

    def start(processes, last=6, ahead=3):
        streams.append(PhantomStream(_description, last, processes, ahead))
        return streams[-1]

    yield start
    for started in streams:
        started.close()


def test_two_processes_draw_what_one_and_none_draw(stream):
    here = [draw_phantom(_description(number)) for number in range(4)]
    for processes in (1, 2):
        elsewhere = stream(processes)
        for number in (2, 0, 3, 1):
            drawn = elsewhere.get(number, 0)
            assert drawn.abnormal == here[number].abnormal
            np.testing.assert_array_equal(drawn.grey, here[number].grey)
            np.testing.assert_array_equal(drawn.regions, here[number].regions)


def test_no_more_are_drawn_than_may_wait_and_the_used_ones_are_let_go(stream):
    few = stream(1, last=6, ahead=3)
    few.get(0, 0)
    assert sorted(few._drawn) == [0, 1, 2]
    few.get(4, 3)
    assert sorted(few._drawn) == [3, 4, 5]  # none beyond the last


def test_neither_keras_nor_its_backends_are_where_phantoms_are_drawn(stream):
    drawing = stream(1)
    drawing.get(0, 0)
    heavy = ("keras", "tensorflow", "jax", "torch", "streamlit")
    loaded = drawing._pool.submit(eval, "[name for name in __import__('sys').modules if '.' not in name]").result()
    assert "densexplain" in loaded
    assert not set(heavy) & set(loaded)


def test_a_process_that_dies_is_one_clear_sentence(stream):
    drawing = stream(1, ahead=1)
    drawing.get(0, 0)
    os.kill(drawing._pool.submit(os.getpid).result(), signal.SIGKILL)
    with pytest.raises(TrainingError, match="process that draws phantoms to go on; it has ended"):
        drawing.get(1, 0)


def test_closing_ends_the_processes(stream):
    drawing = stream(1)
    drawing.get(0, 0)
    pid = drawing._pool.submit(os.getpid).result()
    drawing.close()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    with pytest.raises(TrainingError, match="has ended"):
        drawing.get(0, 0)


def test_a_killed_run_leaves_no_process_behind(tmp_path):
    script = tmp_path / "draws.py"
    script.write_text(_DRAWS)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    run = subprocess.Popen([sys.executable, script], env=environment, stdout=subprocess.PIPE, text=True)
    pid = int(run.stdout.readline())
    run.kill()
    run.wait()
    deadline = time.monotonic() + 20
    while _runs(pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not _runs(pid)


def _runs(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    with open(f"/proc/{pid}/stat") as file:  # one that nobody has waited for yet has ended all the same
        return file.read().rpartition(")")[2].split()[0] != "Z"
