"""A mean over images with its 95 % interval over patients."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

_PERCENTILES = (2.5, 97.5)


@dataclass(frozen=True)
class Estimate:
    """A mean and how far it varies with the choice of patients.

    Parameters
    ----------
    value
        Mean over the images.
    low, high
        95 % percentile interval; None of fewer than two patients.
    images, patients
        Number of images and patients for which the figure is defined.
    """

    value: float
    low: float | None
    high: float | None
    images: int
    patients: int


def patient_mean(values: Sequence[float], patients: Sequence[str], resamples: int, seed: int) -> Estimate:
    """Average over images; resample patients, each with all of their images.

    Parameters
    ----------
    values
        One of each image, at least one, finite.
    patients
        Patient of each image.
    resamples, seed
        How often as many patients as there are are drawn with replacement; the
        same seed draws the same.

    References
    ----------
    Efron and Tibshirani, An introduction to the bootstrap, 1993, chapters 8 (clusters) and 13 (percentiles).
    """
    _, numbers = np.unique(np.array(patients), return_inverse=True)
    sums, counts = np.bincount(numbers, np.array(values, np.float64)), np.bincount(numbers)
    mean, units = float(sums.sum() / counts.sum()), len(counts)
    if units < 2:
        return Estimate(mean, None, None, len(values), units)
    drawn = np.random.default_rng((seed, 0)).multinomial(units, np.full(units, 1 / units), size=resamples)
    low, high = np.percentile((drawn @ sums) / (drawn @ counts), _PERCENTILES)
    return Estimate(mean, float(low), float(high), len(values), units)
