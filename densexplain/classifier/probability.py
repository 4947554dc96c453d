"""From logits to probabilities and labels: the sigmoid, the threshold and the temperature, each in one place.

SciPy's functions are imported where they are used: it takes a quarter of a second, which a command that
calculates nothing, and the first page of the app, need not wait for.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from densexplain.errors import OptionError
from densexplain.vocabulary import Finding


def probability_of(logit_value: float) -> float:
    """Sigmoid of one logit, in [0, 1], without overflow at either end."""
    from scipy.special import expit

    return float(expit(np.float64(logit_value)))


def finding_of(logit_value: float, threshold: float) -> Finding:
    """Abnormal where the probability of a logit is above a threshold in [0, 1]."""
    return Finding.ABNORMAL if probability_of(logit_value) > threshold else Finding.NORMAL


def threshold_logit(threshold: float) -> float:
    """The logit at which the probability reaches a threshold; infinite at 0 and below, and at 1 and above."""
    if threshold <= 0.0 or threshold >= 1.0:
        return -math.inf if threshold <= 0.0 else math.inf
    from scipy.special import logit

    return float(logit(threshold))


def calibrated_probability(logit_value: float, temperature: float) -> float:
    """Sigmoid of one logit divided by a temperature, in [0, 1].

    Raises
    ------
    OptionError
        If `temperature` is not positive.
    """
    return float(calibrated_probabilities(np.array(logit_value), temperature))


def calibrated_probabilities(logits: NDArray[np.floating], temperature: float) -> NDArray[np.float64]:
    """Sigmoids of logits divided by a temperature.

    Parameters
    ----------
    logits
        Any shape, float32 or float64, any value.
    temperature
        > 0; 1 gives the raw probabilities.

    Returns
    -------
    numpy.ndarray
        Shape of `logits`, float64, in [0, 1].

    Raises
    ------
    OptionError
        If `temperature` is not positive.

    References
    ----------
    Guo et al., On calibration of modern neural networks, ICML 2017, section 4.2.
    """
    if not temperature > 0:
        raise OptionError(f"`temperature` must be positive; received {temperature}")
    from scipy.special import expit

    return np.asarray(expit(np.asarray(logits, np.float64) / temperature), np.float64)
