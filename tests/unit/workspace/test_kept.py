"""How long a workspace outlives its page, who finds it, and when its pixels go."""

from __future__ import annotations

import threading
import time

import pytest

from densexplain.workspace.kept import KeptWorkspaces, new_key
from densexplain.workspace.model_set_store import ModelSetStore
from densexplain.workspace.workspace import Workspace
from tests.unit.workspace.conftest import png


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def opened() -> Workspace:
    workspace = Workspace(ModelSetStore())
    workspace.open_files([("a.png", png(1))])
    return workspace


def test_a_workspace_is_found_by_its_key_alone(clock: Clock) -> None:
    kept, workspace, key = KeptWorkspaces(60, 4, clock), opened(), new_key()
    kept.keep(key, workspace)
    assert kept.find(key) is workspace
    assert kept.find(new_key()) is None
    assert kept.find(key[:-1]) is None
    assert len({new_key() for _ in range(100)}) == 100
    assert len(key) == 43


def test_it_is_released_when_the_limit_has_passed_since_its_last_use(clock: Clock) -> None:
    kept, workspace, key = KeptWorkspaces(60, 4, clock), opened(), new_key()
    case = workspace.case
    assert case is not None
    kept.keep(key, workspace)
    clock.now = 59
    assert kept.find(key) is workspace
    clock.now = 118
    kept.release_idle()
    assert workspace.case is case
    clock.now = 119
    kept.release_idle()
    assert kept.find(key) is None
    assert len(kept) == 0
    assert workspace.case is None
    assert case.closed.is_set()


def test_one_whose_page_is_open_stays_however_long_it_is_looked_at(clock: Clock) -> None:
    there = [True]
    kept, workspace, key = KeptWorkspaces(60, 1, clock), opened(), new_key()
    kept.keep(key, workspace, lambda: there[0])
    clock.now = 1000
    kept.release_idle()
    kept.keep(new_key(), opened())
    assert kept.find(key) is workspace
    there[0] = False
    clock.now = 1059
    kept.release_idle()
    assert kept.find(key) is workspace
    clock.now = 1200
    kept.release_idle()
    assert workspace.case is None


def test_of_too_many_the_one_unused_for_longest_is_released(clock: Clock) -> None:
    kept, keys, workspaces = KeptWorkspaces(60, 2, clock), [new_key() for _ in range(3)], [opened() for _ in range(3)]
    for key, workspace in zip(keys[:2], workspaces[:2], strict=True):
        kept.keep(key, workspace)
    kept.keep(keys[0], workspaces[0])
    kept.keep(keys[2], workspaces[2])
    assert [kept.find(key) for key in keys] == [workspaces[0], None, workspaces[2]]
    assert workspaces[1].case is None


def test_nothing_is_kept_where_the_limit_is_zero(clock: Clock) -> None:
    kept, key = KeptWorkspaces(0, 4, clock), new_key()
    kept.keep(key, opened())
    assert kept.find(key) is None


def test_a_timer_releases_without_anybody_asking() -> None:
    kept, workspace = KeptWorkspaces(0.2, 4), opened()
    kept.keep(new_key(), workspace)
    deadline = time.monotonic() + 10
    while workspace.case is not None:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    assert len(kept) == 0


def test_many_threads_keep_and_find_their_own(clock: Clock) -> None:
    kept, wrong = KeptWorkspaces(60, 100, clock), []

    def read() -> None:
        key, workspace = new_key(), Workspace(ModelSetStore())
        for _ in range(200):
            kept.keep(key, workspace)
            kept.release_idle()
            if kept.find(key) is not workspace:
                wrong.append(key)

    threads = [threading.Thread(target=read) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
    assert len(kept) == 8
