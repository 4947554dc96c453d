"""Interval of a share, such as an error rate, of few cases."""

from __future__ import annotations

from densexplain.errors import OptionError


def share_interval(count: int, cases: int) -> tuple[float, float]:
    """95 % interval of a share, which holds for few cases and for shares of 0 and 1 too.

    Parameters
    ----------
    count, cases
        How many of how many, each case by itself.

    Returns
    -------
    tuple of float
        Lower and upper end, 0 to 1.

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
    from scipy.stats import binomtest  # takes a second or more

    interval = binomtest(count, cases).proportion_ci(0.95, "wilson")
    return float(interval.low), float(interval.high)
