"""One explanation at a time, in the order of asking, and never an endless line.

Passes that run at once share the same cores: each gets slower and memory adds
up. In a line each reader waits the least that is possible, and knows for whom.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import numpy as np
from numpy.typing import NDArray

from densexplain.errors import BusyError, OptionError
from densexplain.explain.explainer import Explainer
from densexplain.explain.explanation import Explanation


class ExplanationQueue:
    """A line in front of an `Explainer`; safe to share between threads.

    Parameters
    ----------
    explainer
        What explains.
    length
        How many may wait behind the explanation that is running; >= 0.

    Raises
    ------
    OptionError
        If `length` is negative.
    """

    def __init__(self, explainer: Explainer, length: int) -> None:
        if length < 0:
            raise OptionError(f"`length` must be at least 0; received {length}")
        self.explainer = explainer
        self.length = length
        self._moved = threading.Condition()
        self._line: list[object] = []  # the first one is running

    def explain(self, network_input: NDArray[np.float32], on_wait: Callable[[int], None] | None = None) -> Explanation:
        """Wait for this input's turn and explain it.

        Parameters
        ----------
        network_input
            As `Explainer.explain` takes it: shape (size_px, size_px, 3), float32, normalised.
        on_wait
            Called, on the calling thread, with how many are ahead (1 or more), first
            when waiting starts and then whenever it changes. If it raises, the
            place in the line is given up.

        Raises
        ------
        BusyError
            If `length` others are waiting already.
        ShapeError
            If `network_input` has another shape or type.
        """
        with self.turn(on_wait):
            return self.explainer.explain(network_input)

    def explain_several(
        self, network_inputs: Sequence[NDArray[np.float32]], on_wait: Callable[[int], None] | None = None
    ) -> tuple[Explanation, ...]:
        """Explain several inputs in one turn; a caller with many passes them in parts, so that others get their turns.

        Parameters
        ----------
        network_inputs
            Each as `explain` takes it: shape (size_px, size_px, 3), float32, normalised.
        on_wait
            As `explain` takes it.

        Raises
        ------
        BusyError, ShapeError
            As `explain`.
        """
        with self.turn(on_wait):
            return self.explainer.explain_several(network_inputs)

    @contextmanager
    def turn(self, on_wait: Callable[[int], None] | None = None) -> Iterator[None]:
        """Hold one turn, for what asks the same network in another way; a long piece of work takes one for each part.

        Parameters
        ----------
        on_wait
            As `explain` takes it.

        Raises
        ------
        BusyError
            As `explain`.
        """
        place = object()
        with self._moved:
            if len(self._line) > self.length:
                raise BusyError(
                    f"expected at most {self.length} explanations to wait; {len(self._line) - 1} are waiting, "
                    "please try again in a moment"
                )
            self._line.append(place)
        try:
            self._wait_for_turn(place, on_wait)
            yield
        finally:
            with self._moved:
                self._line.remove(place)
                self._moved.notify_all()

    def _wait_for_turn(self, place: object, on_wait: Callable[[int], None] | None) -> None:
        told = -1
        while True:
            with self._moved:
                while (ahead := self._line.index(place)) == told:
                    self._moved.wait()
            if ahead == 0:
                return
            told = ahead
            if on_wait is not None:
                on_wait(ahead)
