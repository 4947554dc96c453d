"""Loading in the background: states, order, and what is dropped."""

import threading
import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import cast

import pytest

from densexplain.classifier.model_sets.manifest import Manifest
from densexplain.errors import WeightsHashError
from densexplain.workspace.model_set_store import ModelSetStore


def named(name: str, weights: str = "") -> Manifest:
    """What the store looks at of a manifest."""
    return cast("Manifest", SimpleNamespace(name=name, weights_sha256=weights, familiarity=None))


def wait(loader: ModelSetStore, name: str) -> object:
    deadline = time.monotonic() + 10
    while True:
        found = loader.loading(named(name))
        if found.ready is not None or found.error is not None:
            return found.ready or found.error
        assert time.monotonic() < deadline
        time.sleep(0.005)


def test_says_that_it_is_loading_until_it_has_loaded() -> None:
    go = threading.Event()

    def load(name: str) -> str:
        go.wait(10)
        return name.upper()

    loader = ModelSetStore(load)
    first = loader.loading(named("a"))
    assert (first.ready, first.error) == (None, None)
    go.set()
    assert wait(loader, "a") == "A"


def test_loads_each_once_and_again_when_the_weights_change() -> None:
    loads: list[str] = []
    loader = ModelSetStore(recording(loads))
    wait(loader, "a")
    wait(loader, "a")
    assert loads == ["a"]
    loader.loading(named("a", "other weights"))
    deadline = time.monotonic() + 10
    while loads != ["a", "a"]:
        assert time.monotonic() < deadline
        time.sleep(0.005)


def test_the_one_unused_for_longest_goes_first() -> None:
    loads: list[str] = []
    loader = ModelSetStore(recording(loads), most_loaded=2)
    for name in ("a", "b", "a", "c", "a", "b"):
        wait(loader, name)
    assert loads == ["a", "b", "c", "b"]


def test_several_that_are_needed_at_once_all_stay() -> None:
    loads: list[str] = []
    loader = ModelSetStore(recording(loads), most_loaded=2)
    for name in ("a", "b", "c", "a", "b", "c"):
        loader.loading(named(name), together=3)
        deadline = time.monotonic() + 10
        while loader.loading(named(name), together=3).ready is None:
            assert time.monotonic() < deadline
            time.sleep(0.005)
    assert loads == ["a", "b", "c"]


def test_an_error_is_kept_for_the_reader() -> None:
    def load(name: str) -> object:
        raise WeightsHashError("expected other weights")

    assert isinstance(wait(ModelSetStore(load), "a"), WeightsHashError)


def recording(loads: list[str]) -> Callable[[str], str]:
    def load(name: str) -> str:
        loads.append(name)
        return name

    return load


@pytest.mark.parametrize("names", [["a"], ["a", "b"]])
def test_many_threads_share_one_load(names: list[str]) -> None:
    loads: list[str] = []
    loader = ModelSetStore(recording(loads))
    threads = [threading.Thread(target=wait, args=(loader, name)) for name in names * 8]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert sorted(loads) == names
