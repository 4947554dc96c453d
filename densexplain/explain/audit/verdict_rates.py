"""How often the verdict was right and wrong on phantoms that its thresholds were not chosen on.

Counts by the command `measure-audit`; `docs/verdict.md` says how the phantoms were
made and how to count again.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from densexplain.errors import OptionError

_NORMAL_QUANTILE = 1.959963984540054  # of 97.5 %


@dataclass(frozen=True)
class MeasuredRate:
    """One rate.

    Parameters
    ----------
    what
        For a reader.
    model_set
        Model set whose predictions were judged.
    count, cases
        How many of how many.
    asked
        For a reader.
    """

    what: str
    model_set: str
    count: int
    cases: int
    asked: str

    @property
    def share(self) -> float:
        """0 to 1."""
        return self.count / self.cases

    @property
    def interval(self) -> tuple[float, float]:
        """95 % interval of the share."""
        return share_interval(self.count, self.cases)


def share_interval(count: int, cases: int) -> tuple[float, float]:
    """95 % interval of a share, which holds for few cases and for shares of 0 and 1 too.

    Parameters
    ----------
    count, cases
        How many of how many, each case by itself.

    Raises
    ------
    OptionError
        If there is no case or `count` is not among them.

    References
    ----------
    Wilson, Probable inference, the law of succession, and statistical inference,
    Journal of the American Statistical Association 22 (1927).
    """
    if cases < 1 or not 0 <= count <= cases:
        raise OptionError(f"expected a count of 0 to at least 1 case; received {count} of {cases}")
    share, square = count / cases, _NORMAL_QUANTILE**2
    middle = share + square / (2 * cases)
    reach = _NORMAL_QUANTILE * math.sqrt(share * (1 - share) / cases + square / (4 * cases**2))
    whole = 1 + square / cases
    return max(0.0, (middle - reach) / whole), min(1.0, (middle + reach) / whole)


_RECOGNISED, _ACCUSED = ("shortcut recognised", "at least 0.9"), ("clean falsely accused", "at most 0.1")

MEASURED = (
    MeasuredRate(_RECOGNISED[0], "wrist", 30, 30, _RECOGNISED[1]),
    MeasuredRate(_ACCUSED[0], "all-extremities", 0, 34, _ACCUSED[1]),
    MeasuredRate(_ACCUSED[0], "wrist", 0, 4, _ACCUSED[1]),
)
"""Of the thresholds in use."""
