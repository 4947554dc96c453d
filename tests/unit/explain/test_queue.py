from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from densexplain.errors import BusyError, OptionError, ShapeError
from densexplain.explain.explainer import Explainer
from densexplain.explain.queue import ExplanationQueue
from densexplain.vocabulary import Ranking
from tests.stages import STAGES


def test_two_hundred_threaded_explanations_are_bit_identical(explainer: Explainer, network_inputs: np.ndarray) -> None:
    expected = [explainer.explain(network_input) for network_input in network_inputs]
    queue = ExplanationQueue(explainer, 200)
    with ThreadPoolExecutor(16) as threads:
        received = list(threads.map(lambda i: queue.explain(network_inputs[i % 8]), range(200)))
    for i, explanation in enumerate(received):
        assert explanation.logit == expected[i % 8].logit
        assert np.array_equal(explanation.activation_map, expected[i % 8].activation_map)
        for stage in STAGES:
            ours, theirs = (e.stage(stage.name).ranked(Ranking.MAXIMUM) for e in (explanation, expected[i % 8]))
            assert np.array_equal(ours.channels, theirs.channels)
            assert np.array_equal(ours.maps, theirs.maps)


class _Held(Explainer):
    """A real explainer whose turn lasts until it is let go, so that a line forms."""

    def __init__(self, explainer: Explainer) -> None:
        super().__init__(explainer.model_set)
        self.started, self.let_go = threading.Semaphore(0), threading.Semaphore(0)
        self.running = self.most_running = 0

    def explain(self, network_input: np.ndarray) -> object:  # type: ignore[override]
        self.running += 1
        self.most_running = max(self.most_running, self.running)
        self.started.release()
        assert self.let_go.acquire(timeout=30)
        try:
            return super().explain(network_input)
        finally:
            self.running -= 1


@pytest.fixture
def held(explainer: Explainer) -> _Held:
    return _Held(explainer)


def test_waiting_is_told_and_turns_are_in_order(held: _Held, network_inputs: np.ndarray) -> None:
    queue, told, finished = ExplanationQueue(held, 2), {1: [], 2: []}, []  # type: ignore[var-annotated]
    waiting = threading.Semaphore(0)

    def ask(number: int, on_wait: Callable[[int], None] | None) -> None:
        queue.explain(network_inputs[0], on_wait)
        finished.append(number)

    def tell(number: int) -> Callable[[int], None]:
        return lambda ahead: (told[number].append(ahead), waiting.release())[0]

    with ThreadPoolExecutor(3) as threads:
        first = threads.submit(ask, 0, None)
        assert held.started.acquire(timeout=30)
        asked = [first]
        for number in (1, 2):
            asked.append(threads.submit(ask, number, tell(number)))
            assert waiting.acquire(timeout=30)
        with pytest.raises(BusyError, match="at most 2 explanations to wait; 2 are waiting"):
            queue.explain(network_inputs[0])
        held.let_go.release()
        assert held.started.acquire(timeout=30)
        assert waiting.acquire(timeout=30)  # the third is told that one is ahead now
        held.let_go.release(2)
        for future in asked:
            future.result(timeout=30)
    assert told == {1: [1], 2: [2, 1]}
    assert finished == [0, 1, 2]
    assert held.most_running == 1


def test_who_gives_up_leaves_the_line(held: _Held, network_inputs: np.ndarray) -> None:
    def give_up(ahead: int) -> None:
        raise KeyboardInterrupt

    queue = ExplanationQueue(held, 1)
    with ThreadPoolExecutor(1) as threads:
        first = threads.submit(queue.explain, network_inputs[0])
        assert held.started.acquire(timeout=30)
        for _ in range(3):  # a place that was kept would make the second attempt a BusyError
            with pytest.raises(KeyboardInterrupt):
                queue.explain(network_inputs[0], give_up)
        held.let_go.release()
        first.result(timeout=30)


def test_an_error_frees_the_turn(explainer: Explainer, network_inputs: np.ndarray) -> None:
    queue = ExplanationQueue(explainer, 0)
    with pytest.raises(ShapeError):
        queue.explain(network_inputs[0, :40])
    assert queue.explain(network_inputs[0]).logit == explainer.explain(network_inputs[0]).logit


def test_a_negative_length_is_refused(explainer: Explainer) -> None:
    with pytest.raises(OptionError, match="at least 0; received -1"):
        ExplanationQueue(explainer, -1)
