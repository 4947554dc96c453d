"""Trabecular texture: oriented noise, seeded."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Field = NDArray[np.float64]
"""Noise of zero mean and unit variance, shape (rows, columns), float64, any value."""


def oriented_noise(shape: tuple[int, int], across_px: float, along_px: float, degrees: float, seed: int) -> Field:
    """Make noise of zero mean and unit variance in grains `across_px` wide and `along_px` long.

    Parameters
    ----------
    shape
        (rows, columns).
    across_px, along_px
        Standard deviations of a grain.
    degrees
        Lean of the grains from upright, positive to the right.
    seed
        Same seed, same noise.
    """
    rows, columns = shape
    noise = np.fft.rfft2(np.random.default_rng(seed).standard_normal(shape))
    v, u = np.fft.fftfreq(rows)[:, None], np.fft.rfftfreq(columns)[None, :]
    lean = np.deg2rad(degrees)
    across, along = u * np.cos(lean) + v * np.sin(lean), -u * np.sin(lean) + v * np.cos(lean)
    passed = np.exp(-2 * np.pi**2 * ((across * across_px) ** 2 + (along * along_px) ** 2))
    smooth = np.fft.irfft2(noise * passed, s=shape)
    return np.asarray((smooth - smooth.mean()) / smooth.std(), np.float64)


def trabeculae(shape: tuple[int, int], pitch_mm: float, seed: int) -> Field:
    """Make the relative density of trabecular bone, mean about 1.

    Struts lean this way here and that way there, mostly along the load; fine
    grains lie between, and the density comes and goes in slow waves.
    """
    px = 1.0 / pitch_mm
    struts = np.zeros(shape)
    for number, lean in enumerate((-24.0, -9.0, 0.0, 9.0, 24.0)):
        here = np.exp(0.9 * oriented_noise(shape, 4.0 * px, 6.0 * px, 0.0, seed + 10 + number))
        struts += here * oriented_noise(shape, 0.15 * px, 0.95 * px, lean, seed + 20 + number)
    struts += 1.1 * oriented_noise(shape, 0.8 * px, 0.16 * px, 0.0, seed + 30)
    grains = oriented_noise(shape, 0.17 * px, 0.2 * px, 0.0, seed + 31)
    struts = struts / struts.std() + 0.7 * grains
    waves = oriented_noise(shape, 4.0 * px, 5.5 * px, 0.0, seed + 32)
    return np.asarray(1.0 + (0.2 + 0.05 * waves) * struts + 0.1 * waves, np.float64)
