"""Where lines of progress go, and times as a reader reads them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

Report = Callable[[str], None]
"""Where a line of progress goes."""


def time_left(seconds: float) -> str:
    """Seconds as hours, minutes and seconds."""
    return str(timedelta(seconds=round(seconds)))
