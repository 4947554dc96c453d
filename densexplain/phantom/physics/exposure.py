"""From attenuation to a radiograph: Beer-Lambert, scatter, blur, quantum noise, display curve."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

SOFT_TISSUE, FAT, SPONGY_BONE, CORTICAL_BONE, LEAD = 0.0205, 0.0178, 0.0255, 0.0520, 3.0
"""Linear attenuation per millimetre at about 60 keV, rounded."""


@dataclass(frozen=True)
class Exposure:
    """How the detector sees the attenuation.

    Parameters
    ----------
    photons
        Photons expected in a pixel that nothing covers.
    scatter
        Share of the primary signal's neighbourhood that reaches a pixel as scatter.
    scatter_px, blur_px
        Standard deviations of the scatter and of focus and detector together.
    low, high
        Attenuation, after evening out, shown near black and near white.
    evening, evening_px
        Share of the slow changes that is taken out before display, and their
        least extent; digital radiographs are processed so that thick and thin
        parts are seen at once.
    seed
        Seed of the quantum noise.
    """

    photons: float = 60_000.0
    scatter: float = 0.06
    scatter_px: float = 60.0
    blur_px: float = 0.85
    low: float = -0.2
    high: float = 2.1
    evening: float = 0.48
    evening_px: float = 110.0
    seed: int = 0


def expose(attenuation: NDArray[np.float64], exposure: Exposure) -> NDArray[np.float64]:
    """Expose and develop.

    Parameters
    ----------
    attenuation
        Line integral for each pixel, shape (rows, columns), float64 >= 0, without unit.
    exposure
        Detector and display.

    Returns
    -------
    numpy.ndarray
        Same shape, float64 in [0, 1], bright = dense.

    References
    ----------
    Bushberg et al., The essential physics of medical imaging, chapters 3 and 7:
    I = I0 exp(-integral of mu); Poisson noise, here in its normal limit.
    """
    primary = np.exp(-attenuation)
    spread = np.asarray(cv2.GaussianBlur(primary, (0, 0), exposure.scatter_px), np.float64)
    signal = primary + exposure.scatter * np.minimum(spread, 0.35)
    signal = np.asarray(cv2.GaussianBlur(signal, (0, 0), exposure.blur_px), np.float64)
    noise = np.random.default_rng(exposure.seed).standard_normal(attenuation.shape)
    noise = np.asarray(cv2.GaussianBlur(noise, (0, 0), 0.55), np.float64)  # neighbouring pixels share some light
    counted = np.maximum(signal + noise * np.sqrt(signal / exposure.photons), 1.0 / exposure.photons)
    seen = -np.log(counted)
    slow = np.asarray(cv2.GaussianBlur(seen, (0, 0), exposure.evening_px, borderType=cv2.BORDER_REPLICATE), np.float64)
    relative = (seen - exposure.evening * slow - exposure.low) / (exposure.high - exposure.low)
    return film_curve(relative)


def film_curve(relative: NDArray[np.float64]) -> NDArray[np.float64]:
    """Bend the ends of the scale as film does, so that neither air nor metal is flat.

    Parameters
    ----------
    relative
        Any shape, float64, any value; 0 is dark and 1 bright.

    Returns
    -------
    numpy.ndarray
        Same shape, float64 in [0, 1].
    """
    bent = 1.0 / (1.0 + np.exp(-4.4 * (relative - 0.5)))
    ends = 1.0 / (1.0 + np.exp(2.2))
    return np.asarray(np.clip((bent - ends) / (1.0 - 2.0 * ends) * 0.94 + 0.03, 0.0, 1.0), np.float64)
