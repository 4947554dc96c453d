"""Temperature scaling: probabilities that match frequencies, from logits that are over- or underconfident.

One number, the temperature, divides every logit before the sigmoid. It neither
changes the order of the radiographs nor which side of 0.5 a probability lies
on; at another threshold it can change the side. The label therefore always
rests on the raw probability, and the calibrated one only stands beside it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from densexplain.errors import OptionError, ShapeError

CALIBRATION_BINS = 15
"""Bins of equal width of the expected calibration error."""

_SMALLEST, _LARGEST = 0.05, 20.0


@dataclass(frozen=True)
class TemperatureFit:
    """A temperature and what it does to the loss.

    Parameters
    ----------
    temperature
        Above 1 for an overconfident network, below 1 for an underconfident one; in [0.05, 20].
    loss_before, loss_after
        Mean binary cross-entropy in nats at temperature 1 and at `temperature`.
    """

    temperature: float
    loss_before: float
    loss_after: float


def cross_entropy(labels: NDArray[np.bool_], logits: NDArray[np.floating]) -> float:
    """Mean binary cross-entropy in nats, exact however large a logit is.

    Parameters
    ----------
    labels
        Shape (images,), bool, True = abnormal.
    logits
        Shape (images,), float32 or float64, any value.
    """
    signed = np.where(labels, -1.0, 1.0) * np.asarray(logits, np.float64)
    return float(np.mean(np.logaddexp(0.0, signed)))


def fit_temperature(labels: NDArray[np.bool_], logits: NDArray[np.floating]) -> TemperatureFit:
    """Find the temperature of the least loss.

    Parameters
    ----------
    labels
        Shape (images,), bool, True = abnormal; both findings.
    logits
        Shape (images,), float32 or float64, finite, of radiographs that the weights were not fitted to.

    Returns
    -------
    TemperatureFit
        At an end of [0.05, 20] where the loss falls as far as that: logits that
        separate the findings completely would otherwise have the temperature 0.

    Raises
    ------
    ShapeError
        If the two differ in length.
    OptionError
        If one finding is missing or a logit is not finite: then no temperature is best.

    References
    ----------
    Guo et al., On calibration of modern neural networks, ICML 2017, section 4.2.
    """
    from scipy.optimize import minimize_scalar  # here, so that showing a probability does not load it

    if labels.shape != logits.shape or labels.ndim != 1:
        raise ShapeError(f"`labels` and `logits` must have one length; received {labels.shape} and {logits.shape}")
    if labels.all() or not labels.any() or not np.isfinite(logits).all():
        raise OptionError("expected finite logits of normal and abnormal radiographs to fit a temperature to")

    def loss(log_temperature: float) -> float:
        return cross_entropy(labels, np.asarray(logits, np.float64) / math.exp(log_temperature))

    bounds = (math.log(_SMALLEST), math.log(_LARGEST))
    best = minimize_scalar(loss, bounds=bounds, method="bounded", options={"xatol": 1e-6})
    return TemperatureFit(math.exp(best.x), cross_entropy(labels, logits), float(best.fun))


def calibration_bins(probabilities: NDArray[np.floating]) -> NDArray[np.intp]:
    """Find the bin of each probability; a bin holds its lower edge, the last one holds 1 too.

    Parameters
    ----------
    probabilities
        Shape (images,), float32 or float64, in [0, 1].

    Returns
    -------
    numpy.ndarray
        Shape (images,), int64, from 0 to 14.
    """
    edges = np.linspace(0, 1, CALIBRATION_BINS + 1)
    return np.clip(np.searchsorted(edges, probabilities, side="right") - 1, 0, CALIBRATION_BINS - 1)


def calibration_error(labels: NDArray[np.bool_], probabilities: NDArray[np.floating]) -> float:
    """Expected calibration error of the probability of an abnormal finding, over 15 bins of equal width.

    In each bin the share of abnormal radiographs is compared with the mean
    probability; the differences are averaged, weighted by the bin's radiographs.

    Parameters
    ----------
    labels
        Shape (images,), bool, True = abnormal; at least one.
    probabilities
        Shape (images,), float32 or float64, in [0, 1].

    References
    ----------
    Naeini et al., Obtaining well calibrated probabilities using Bayesian
    binning, AAAI 2015, section 3.
    """
    differences = np.asarray(labels, np.float64) - np.asarray(probabilities, np.float64)
    sums = np.bincount(calibration_bins(probabilities), differences, CALIBRATION_BINS)
    return float(np.abs(sums).sum() / len(differences))
