"""How likely a dense object is a letter, or a piece of metal: logistic regression on its measures."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

_LEAST = 1e-4  # below, a logarithm tells nothing more
_MOST = 6.0


@dataclass(frozen=True)
class Term:
    """How one measure enters.

    Parameters
    ----------
    centre, scale
        It is centred and scaled by these, after the logarithm if `log`.
    linear, square
        Weights of the result and of its square.
    log
        Whether the logarithm is taken first.
    """

    centre: float
    scale: float
    linear: float
    square: float
    log: bool = True


def log_odds(measures: Mapping[str, float], terms: Mapping[str, Term], intercept: float) -> float:
    """Logarithm of the odds, 0 where it is as likely as not among as many of either.

    Parameters
    ----------
    measures
        Of `densexplain.radiograph.dense_objects.DenseObject`.
    terms
        By the name of the measure.
    intercept
        Of all measures at their centre.
    """
    total = intercept
    for name, term in terms.items():
        value = math.log(max(measures[name], _LEAST)) if term.log else min(measures[name], _MOST)
        place = max(-4.0, min(4.0, (value - term.centre) / term.scale))  # further out nothing was learnt
        total += term.linear * place + term.square * place * place
    return total
