"""Texture of spongy bone and muscle, cut from a bank that is made once, so that an image costs a few milliseconds."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from densexplain.phantom.physics.texture import oriented_noise, trabeculae

_BANK_PX = 1024
_BANK_PITCH_MM = 0.12


def trabecular_density(shape: tuple[int, int], pitch_mm: float, seed: int) -> NDArray[np.float64]:
    """Relative density of spongy bone for each pixel, mean about 1; the struts run along y.

    Parameters
    ----------
    shape
        (rows, columns).
    pitch_mm
        Edge of a pixel.
    seed
        Same seed, same texture.

    Returns
    -------
    numpy.ndarray
        Shape `shape`, float64 >= 0, without unit.
    """
    return _cut(_trabecular_bank, shape, pitch_mm, seed)


def strands(shape: tuple[int, int], pitch_mm: float, seed: int) -> NDArray[np.float64]:
    """Relative change of density along muscle, shape `shape`, float64, mean about 0 and standard deviation about 1."""
    return _cut(_strand_bank, shape, pitch_mm, seed + 7_919)


@lru_cache(maxsize=8)
def _trabecular_bank(halvings: int) -> NDArray[np.float32]:
    if halvings:
        return _halved(_trabecular_bank(halvings - 1))
    return np.asarray(trabeculae((_BANK_PX, _BANK_PX), _BANK_PITCH_MM, seed=5), np.float32)


@lru_cache(maxsize=8)
def _strand_bank(halvings: int) -> NDArray[np.float32]:
    if halvings:
        return _halved(_strand_bank(halvings - 1))
    px = 1.0 / _BANK_PITCH_MM
    shape = (_BANK_PX, _BANK_PX)
    fine, broad = oriented_noise(shape, 0.7 * px, 7.0 * px, 5.0, 3), oriented_noise(shape, 2.5 * px, 16.0 * px, -3.0, 4)
    return np.asarray((fine + broad) / np.sqrt(2.0), np.float32)


def _halved(bank: NDArray[np.float32]) -> NDArray[np.float32]:
    """Half as many rows and columns, each the mean of four; the detail that is lost would alias."""
    rows, columns = bank.shape
    return np.asarray(bank.reshape(rows // 2, 2, columns // 2, 2).mean(axis=(1, 3)), np.float32)


def _cut(
    bank_of: Callable[[int], NDArray[np.float32]], shape: tuple[int, int], pitch_mm: float, seed: int
) -> NDArray[np.float64]:
    """Cut a piece at a place, a lean and a mirror image of its own; the bank repeats beyond its border."""
    rng = np.random.default_rng(seed)
    lean, place = np.deg2rad(rng.uniform(-8.0, 8.0)), rng.uniform(0.0, 1.0, 2)
    scale = pitch_mm / _BANK_PITCH_MM * rng.uniform(0.9, 1.1)
    halvings = int(np.clip(np.round(np.log2(max(scale, 1.0))), 0, 5))
    bank, scale = bank_of(halvings), scale / 2**halvings
    place = place * bank.shape[0]
    c, s = np.cos(lean) * scale, np.sin(lean) * scale
    mirror = rng.choice([-1.0, 1.0])
    matrix = np.array([[c * mirror, -s, place[0]], [s * mirror, c, place[1]]])
    piece = cv2.warpAffine(
        bank, matrix, (shape[1], shape[0]), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, borderMode=cv2.BORDER_WRAP
    )
    return np.asarray(piece, np.float64)
