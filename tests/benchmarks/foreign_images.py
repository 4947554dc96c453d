"""Images that no knee network was trained on, drawn here or taken from pydicom's own test files."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
import pydicom
from numpy.typing import NDArray

from densexplain.phantom.skeleton.knee import KneeDescription, draw_knee

Pixels = NDArray[np.float32]
SIDE_PX = 256

_SLICES = ("CT_small.dcm", "693_J2KI.dcm", "J2K_pixelrep_mismatch.dcm")
"""Computed tomography that comes inside pydicom's package: an abdomen and two heads; nothing is downloaded."""


def white_noise(draw: np.random.Generator) -> Pixels:
    """Independent pixels, evenly or normally distributed."""
    if draw.random() < 0.5:
        return _ready(draw.random((SIDE_PX, SIDE_PX)))
    return _ready(draw.normal(draw.uniform(0.3, 0.7), draw.uniform(0.05, 0.3), (SIDE_PX, SIDE_PX)))


def blank(draw: np.random.Generator) -> Pixels:
    """One grey level all over, from black to white."""
    return _ready(np.full((SIDE_PX, SIDE_PX), draw.random()))


def nearly_blank(draw: np.random.Generator) -> Pixels:
    """One grey level with a faint gradient and detector noise."""
    y, x = np.mgrid[-1 : 1 : SIDE_PX * 1j, -1 : 1 : SIDE_PX * 1j]
    slope = draw.uniform(-0.1, 0.1, 2)
    return _ready(draw.random() + slope[0] * x + slope[1] * y + draw.normal(0, 0.01, x.shape))


def scenery(draw: np.random.Generator) -> Pixels:
    """Noise with the spectrum of photographs, amplitude 1/f^0.8 to 1/f^1.6 (Field 1987)."""
    frequency = np.hypot(np.fft.fftfreq(SIDE_PX)[:, None], np.fft.rfftfreq(SIDE_PX)[None, :])
    frequency[0, 0] = 1
    spectrum = np.fft.rfft2(draw.standard_normal((SIDE_PX, SIDE_PX))) / frequency ** draw.uniform(0.8, 1.6)
    spectrum[0, 0] = 0
    field = np.fft.irfft2(spectrum)
    return _ready(draw.uniform(0.3, 0.7) + draw.uniform(0.1, 0.25) * field / field.std())


def dead_leaves(draw: np.random.Generator) -> Pixels:
    """Discs that cover each other, the edges of photographs (Lee, Mumford and Huang 2001)."""
    image = np.full((SIDE_PX, SIDE_PX), 0.5, np.float32)
    for radius in np.sort(6 / np.sqrt(draw.uniform(0.005, 1, 300)))[::-1]:
        x, y = draw.integers(0, SIDE_PX, 2)
        cv2.circle(image, (int(x), int(y)), round(float(radius)), float(draw.random()), -1, cv2.LINE_AA)
    return _ready(image)


def stripes(draw: np.random.Generator) -> Pixels:
    """A grating of any direction, sharp or soft."""
    y, x = np.mgrid[:SIDE_PX, :SIDE_PX]
    angle, period = draw.uniform(0, np.pi), draw.uniform(4, 64)
    wave = np.sin(2 * np.pi * (x * np.cos(angle) + y * np.sin(angle)) / period + draw.uniform(0, 6.3))
    return _ready(0.5 + draw.uniform(0.2, 0.5) * (np.sign(wave) if draw.random() < 0.5 else wave))


def checkers(draw: np.random.Generator) -> Pixels:
    """A chessboard with fields of 4 to 64 pixels."""
    y, x = np.mgrid[:SIDE_PX, :SIDE_PX] // draw.integers(4, 65)
    low, high = np.sort(draw.random(2))
    return _ready(np.where((x + y) % 2, low, high))


def blobs(draw: np.random.Generator) -> Pixels:
    """Soft bright spots on black."""
    image = np.zeros((SIDE_PX, SIDE_PX), np.float32)
    for _ in range(draw.integers(3, 30)):
        x, y = draw.integers(0, SIDE_PX, 2)
        cv2.circle(image, (int(x), int(y)), int(draw.integers(5, 50)), float(draw.uniform(0.3, 1)), -1)
    return _ready(cv2.GaussianBlur(image, (0, 0), draw.uniform(3, 15)))


def ct_slice(draw: np.random.Generator) -> Pixels:
    """A computed tomography slice of pydicom's test files at a random window, mirrored and turned at random."""
    name = str(draw.choice(_SLICES))
    data = pydicom.dcmread(Path(pydicom.__file__).parent / "data" / "test_files" / name)
    values = data.pixel_array.astype(np.float64)
    low, high = np.percentile(values, [draw.uniform(0, 20), draw.uniform(90, 100)])
    turned = np.rot90(values, draw.integers(4))
    return _ready((turned if draw.random() < 0.5 else turned[:, ::-1]) / (high - low) - low / (high - low))


def phantom(draw: np.random.Generator) -> Pixels:
    """A drawn knee, as this project's samples are."""
    severity = draw.random(3)
    drawn = draw_knee(
        KneeDescription(
            rows=512,
            columns=448,
            pitch_mm=0.272,
            narrowing=severity[0],
            osteophytes=severity[1],
            sclerosis=severity[2],
            seed=int(draw.integers(1, 1000)),
        )
    )
    return _ready(drawn if draw.random() < 0.5 else drawn[:, ::-1])


KINDS: dict[str, tuple[Callable[[np.random.Generator], Pixels], int]] = {
    "white noise": (white_noise, 40),
    "blank": (blank, 40),
    "nearly blank": (nearly_blank, 40),
    "1/f noise, as photographs": (scenery, 40),
    "dead leaves, as photographs": (dead_leaves, 40),
    "stripes": (stripes, 40),
    "checkers": (checkers, 40),
    "soft blobs": (blobs, 40),
    "CT slice": (ct_slice, 40),
    "drawn knee phantom": (phantom, 40),
}
"""What to call it, how to draw one, and how many are drawn."""


def foreign_images(seed: int = 1) -> Iterator[tuple[str, Pixels]]:
    """Kind and pixels, shape (rows, columns), float32 in [0, 1]; the same on every call."""
    for number, (kind, (draw_one, count)) in enumerate(KINDS.items()):
        for index in range(count):
            yield kind, draw_one(np.random.default_rng((seed, number, index)))


def _ready(values: NDArray[np.floating]) -> Pixels:
    return np.ascontiguousarray(np.clip(values, 0, 1), np.float32)
