"""Grey levels, texture and noise of an image as numbers, alike for phantoms and real radiographs."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from densexplain.errors import ConstantImageError, OptionError, ShapeError
from densexplain.radiograph.regions.regions import Mask

Grey = NDArray[np.float32] | NDArray[np.float64]
"""Grey levels, shape (rows, columns), float32 or float64 in [0, 1], bright = dense."""

_NORMAL_MEDIAN = 0.6745
"""Median of the size of a normal variable, in standard deviations."""

_RINGS_A_DECADE = 12


def grey_histogram(pixels: Grey, bins: int = 32) -> NDArray[np.float64]:
    """Count grey levels.

    Parameters
    ----------
    pixels
        Any shape, float32 or float64 in [0, 1].
    bins
        Equal parts of [0, 1].

    Returns
    -------
    numpy.ndarray
        Share of the pixels in each bin, shape (bins,), float64, 0 to 1; their sum is 1.

    Raises
    ------
    OptionError
        If there is no bin or no pixel.
    """
    if bins < 1 or not pixels.size:
        raise OptionError(f"at least one bin and one pixel are needed; received {bins} and {pixels.size}")
    return np.asarray(np.histogram(pixels, bins, (0.0, 1.0))[0] / pixels.size, np.float64)


def histogram_distance(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    """Least grey, on average over the pixels, by which one histogram must be moved to become the other, 0 to 1.

    Parameters
    ----------
    one, other
        As `grey_histogram` gives them: shape (bins,), float64, shares of the pixels.

    References
    ----------
    Rubner, Tomasi and Guibas, The earth mover's distance as a metric for image
    retrieval, International Journal of Computer Vision 40 (2000); in one
    dimension it is the area between the cumulative histograms.

    Raises
    ------
    ShapeError
        If they have different bins.
    """
    if one.shape != other.shape:
        raise ShapeError(f"both histograms must have the same bins; received {one.shape} and {other.shape}")
    return float(np.abs(np.cumsum(one - other)).mean())


def spectrum_slope(pixels: Grey, low: float = 0.02, high: float = 0.2) -> float:
    """Fit how fast the power of detail falls with its fineness.

    The power spectrum under a Hann window is averaged over rings that are evenly
    spaced in the logarithm of frequency, and a line is fitted through them in
    log-log: 0 is white noise; radiographs fall with about -2.5 to -3.

    Parameters
    ----------
    pixels
        Shape (rows, columns), float32 or float64 in [0, 1].
    low, high
        Range of the fit, cycles per pixel. The defaults, 50 to 5 pixels a
        cycle, leave out the shape of the limb and the blur of scaling.

    Raises
    ------
    ShapeError
        If `pixels` has no two dimensions, or too few pixels for the range.
    OptionError
        If not 0 < low < high <= 0.5.
    ConstantImageError
        If a ring has no power.

    References
    ----------
    Burgess, Jacobson and Judy, Human observer detection experiments with
    mammograms and power-law noise, Medical Physics 28 (2001).
    """
    if not 0.0 < low < high <= 0.5:
        raise OptionError(f"0 < `low` < `high` <= 0.5 is needed; received {low} and {high}")
    if pixels.ndim != 2:
        raise ShapeError(f"`pixels` must have shape (rows, columns); received {pixels.shape}")
    rows, columns = pixels.shape
    window = np.outer(np.hanning(rows), np.hanning(columns))
    middle = float((pixels * window).sum() / max(float(window.sum()), 1e-12))
    power = np.abs(np.fft.rfft2((pixels - middle) * window)) ** 2
    radius = np.hypot(np.fft.fftfreq(rows)[:, None], np.fft.rfftfreq(columns)[None, :])
    edges = np.geomspace(low, high, max(2, round(_RINGS_A_DECADE * np.log10(high / low))) + 1)
    ring = np.digitize(radius, edges)
    members = [number for number in range(1, len(edges)) if (ring == number).any()]
    if len(members) < 2:
        raise ShapeError(f"{rows} x {columns} pixels are too few for {low} to {high} cycles per pixel")
    means = np.array([power[ring == number].mean() for number in members])
    if means.min() < 1e-20:
        raise ConstantImageError("Detail of every fineness was expected; the pixels hold none of some.")
    centres = [np.log(radius[ring == number]).mean() for number in members]
    return float(np.polyfit(centres, np.log(means), 1)[0])


def noise_level(pixels: Grey, within: Mask | None = None) -> float:
    """Estimate the standard deviation of white noise under an image of broad shapes and edges.

    The difference of two Laplacians cancels what is smooth; its mean size is
    Immerkaer's estimate. The median in its place is not moved by edges. Fine
    texture counts as noise.

    Parameters
    ----------
    pixels
        Shape (rows, columns), at least 3 x 3, float32 or float64 in [0, 1].
    within
        Pixels that are measured, shape (rows, columns), bool; None for all. The outermost are left out.

    Raises
    ------
    ShapeError
        If `pixels` has no such shape, or `within` another.
    OptionError
        If no pixel is looked at.

    References
    ----------
    Immerkaer, Fast noise variance estimation, Computer Vision and Image
    Understanding 64 (1996).
    """
    if pixels.ndim != 2 or min(pixels.shape) < 3 or (within is not None and within.shape != pixels.shape):
        raise ShapeError(
            "`pixels` must have at least 3 rows and columns and `within` the same shape; "
            f"received {pixels.shape} and {None if within is None else within.shape}"
        )
    across = pixels[:, :-2] - 2.0 * pixels[:, 1:-1] + pixels[:, 2:]
    both = across[:-2] - 2.0 * across[1:-1] + across[2:]
    looked_at = both if within is None else both[within[1:-1, 1:-1]]
    if not looked_at.size:
        raise OptionError("noise needs pixels to be measured on; `within` holds none")
    return float(np.median(np.abs(looked_at)) / _NORMAL_MEDIAN / 6.0)  # 6: root of the sum of the squared weights
