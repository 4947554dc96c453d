"""How likely each pixel is metal: a small network on its measures.

The weights lie in ``metal_odds.json`` beside this module. They were fitted on
phantoms alone, of which it is known which pixels are metal, by
``docs/metal_odds.py``; what is made of it is measured by
``tests/benchmarks/bench_regions.py``.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from densexplain.radiograph.pixel_measures import PIXEL_MEASURES, pixel_measures
from densexplain.radiograph.regions import Mask

NEVER = -20.0
"""Logarithm of the odds where a pixel is not looked at."""

_FURTHEST = 4.0  # standard deviations; further out nothing was learnt
_AIR = 0.4  # share of the darkest pixels, which are none of metal


@dataclass(frozen=True, eq=False)
class MetalNetwork:
    """Two hidden layers with ReLU.

    Parameters
    ----------
    centre, scale
        Of the measures, shape (measures,).
    kernels, biases
        Of the layers, the last of one unit: shapes (inputs, units) and (units,).
    """

    centre: NDArray[np.float32]
    scale: NDArray[np.float32]
    kernels: tuple[NDArray[np.float32], ...]
    biases: tuple[NDArray[np.float32], ...]

    def log_odds(self, measures: NDArray[np.float32]) -> NDArray[np.float32]:
        """Logarithm of the odds of metal, shape (pixels,), of measures of shape (pixels, measures)."""
        values = np.clip((measures - self.centre) / self.scale, -_FURTHEST, _FURTHEST)
        for kernel, bias in zip(self.kernels[:-1], self.biases[:-1], strict=True):
            values = np.maximum(values @ kernel + bias, np.float32(0))
        return np.asarray((values @ self.kernels[-1] + self.biases[-1])[:, 0], np.float32)


def metal_log_odds(grey: NDArray[np.uint8], hidden: Mask, network: MetalNetwork | None = None) -> NDArray[np.float32]:
    """Tell of each pixel how likely it is metal, among as many of metal as of what looks like it.

    Parameters
    ----------
    grey
        Shape (rows, columns), 8 bit, of `densexplain.radiograph.dense_objects.working_grey`.
    hidden
        Frame and text legends; same shape.
    network
        None for the one that comes with the project.

    Returns
    -------
    numpy.ndarray
        Shape (rows, columns), float32; `NEVER` where it is hidden or as dark as air.
    """
    odds = np.full(grey.shape, NEVER, np.float32)
    if hidden.all():
        return odds
    looked_at = ~hidden & (grey > np.quantile(grey[~hidden], _AIR))
    if looked_at.any():
        measures = pixel_measures(grey, hidden)[:, looked_at].T
        odds[looked_at] = (network or _shipped()).log_odds(np.ascontiguousarray(measures))
    return odds


@lru_cache(maxsize=1)
def _shipped() -> MetalNetwork:
    kept: dict[str, Any] = json.loads(Path(__file__).with_suffix(".json").read_text(encoding="utf-8"))
    if tuple(kept["measures"]) != PIXEL_MEASURES:
        raise ValueError(f"expected weights for {PIXEL_MEASURES}; received some for {tuple(kept['measures'])}")
    centre, scale = (np.array(kept[name], np.float32) for name in ("centre", "scale"))
    kernels, biases = (tuple(np.array(one, np.float32) for one in kept[name]) for name in ("kernels", "biases"))
    return MetalNetwork(centre, scale, kernels, biases)
