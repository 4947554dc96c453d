"""What a benchmark hands back, and how it takes times."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True)
class Figure:
    """One promised figure: what, its target, and what was measured."""

    benchmark: str
    what: str
    target: str
    measured: str
    reached: bool
    note: str = ""


def seconds_of(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def interleaved_medians(*works: Callable[[], object], rounds: int, warm_up: int = 2) -> list[float]:
    """Median seconds of each, run in turn so that all meet the same machine."""
    times: list[list[float]] = [[] for _ in works]
    for number in range(rounds + warm_up):
        for work, kept in zip(works, times, strict=True):
            seconds = seconds_of(work)
            if number >= warm_up:
                kept.append(seconds)
    return [median(kept) for kept in times]
