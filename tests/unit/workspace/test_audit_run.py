"""Audits in the background: how far they are, and how they end."""

import threading
import time

import pytest

from densexplain.errors import BusyError
from densexplain.workspace.audit_run import AuditRun

SECONDS = 20


def until(condition) -> None:
    deadline = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.005)


class Work:
    """Takes steps until it is let go."""

    def __init__(self) -> None:
        self.let_go, self.steps = threading.Event(), 0

    def __call__(self, report):
        while not self.let_go.is_set():
            self.steps += 1
            report("working", 0.5)
            time.sleep(0.005)
        return "the audit"


def test_a_run_tells_how_far_it_is_and_gives_its_result():
    work = Work()
    run = AuditRun(work, rest_seconds=0)
    until(lambda: run.progress == ("working", 0.5))
    assert not run.done
    assert run.audit is None
    assert run.error is None
    work.let_go.set()
    until(lambda: run.done)
    assert run.audit == "the audit"
    assert run.error is None


@pytest.mark.parametrize("by", ["cancel", "event"])
def test_a_run_that_nobody_waits_for_ends_at_its_next_step(by):
    work, closed = Work(), threading.Event()
    run = AuditRun(work, [closed], rest_seconds=0)
    until(lambda: work.steps > 0)
    run.cancel() if by == "cancel" else closed.set()
    until(lambda: run.done)
    steps = work.steps
    assert run.audit is None
    assert run.error is None
    time.sleep(0.05)
    assert work.steps == steps


def test_a_change_right_after_another_begins_nothing():
    work = Work()
    run = AuditRun(work, rest_seconds=30)
    run.cancel()
    until(lambda: run.done)
    assert work.steps == 0
    assert run.audit is None


def test_an_error_is_kept():
    def work(report):
        raise BusyError("too many")

    run = AuditRun(work, rest_seconds=0)
    until(lambda: run.done)
    assert run.audit is None
    assert isinstance(run.error, BusyError)
