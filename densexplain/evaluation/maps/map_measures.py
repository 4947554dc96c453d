"""Whether a map lies where the abnormality is, and whether the prediction rests on what the map shows.

The first three measures need the abnormality's pixels, which a phantom knows; the
two curves need the network. A map may be of any grid: it is laid over the
network input, by bilinear interpolation where single pixels are asked for and
by area where evidence is added up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from densexplain.classifier.probability import calibrated_probabilities
from densexplain.errors import OptionError
from densexplain.explain.map_agreement import SaliencyMap, enlarge, overlap, warmest
from densexplain.radiograph.distance import distance_to_outside
from densexplain.radiograph.regions.regions import Mask, cell_share

TOLERANCE_PX = 15
"""How far from the abnormality the pointing game still counts a hit, as in Zhang et al. 2016."""

BLUR = 5 / 224
"""Standard deviation of the blur that insertion starts from, as a share of the input's edge (Petsiuk et al. 2018)."""

Logits = Callable[[Iterable[NDArray[np.float32]]], NDArray[np.float64]]
"""Logits, shape (inputs,), float64, of network inputs, each of shape (size, size, 3), float32.

`densexplain.explain.explainer.Explainer.logits` is one.
"""

_PATCHES = 10


def within_reach(mask: Mask, tolerance_px: float = TOLERANCE_PX) -> Mask:
    """Pixels of a mask and those whose centres are at most `tolerance_px` away from one of them."""
    if not mask.any():
        return mask
    return np.asarray(distance_to_outside(~mask) <= tolerance_px, np.bool_)


def pointing_game(saliency_map: SaliencyMap, mask: Mask, tolerance_px: float = TOLERANCE_PX) -> bool:
    """Whether the warmest pixel lies on the abnormality or next to it.

    By chance it does with the share of the image that `within_reach` covers.
    A flat map points nowhere, which is a miss.

    Parameters
    ----------
    saliency_map
        Shape (rows, columns), any grid.
    mask
        The abnormality's pixels in the network input.
    tolerance_px
        In pixels of the mask.

    References
    ----------
    Zhang et al., Top-down neural attention by excitation backprop, ECCV 2016, section 4.2.
    """
    warm = enlarge(saliency_map, mask.shape)
    if warm.max() <= warm.min():
        return False
    return bool(within_reach(mask, tolerance_px).flat[int(np.argmax(warm))])


def evidence_inside(saliency_map: SaliencyMap, mask: Mask) -> float:
    """Share of the positive evidence that lies on the abnormality, 0 to 1; by chance its share of the area.

    A cell that the abnormality covers in part counts in part. NaN where there is no
    positive evidence.
    """
    positive = np.maximum(np.asarray(saliency_map, np.float64), 0)
    total = positive.sum()
    return float((positive * cell_share(mask, *positive.shape)).sum() / total) if total > 0 else float("nan")


def intersection(saliency_map: SaliencyMap, mask: Mask) -> float:
    """Intersection over union of the abnormality and the warmest pixels, as many as the abnormality has; 0 to 1.

    With the abnormality covering the share a of the image, a flat map has a / (2 - a).
    NaN where the mask is empty.
    """
    if not mask.any():
        return float("nan")
    return overlap(warmest(enlarge(saliency_map, mask.shape), int(mask.sum())), mask.astype(np.float64))


@dataclass(frozen=True)
class Curve:
    """Probabilities while pixels are removed or inserted.

    Parameters
    ----------
    shares
        Shares of the pixels, shape (steps + 1,), float64, from 0 to 1.
    probabilities
        Probabilities of an abnormal finding, shape (steps + 1,), float64 in [0, 1].
    """

    shares: NDArray[np.float64]
    probabilities: NDArray[np.float64]

    @property
    def area(self) -> float:
        """Area under the curve by trapezoids, 0 to 1."""
        return float(np.trapezoid(self.probabilities, self.shares))


def deletion(
    logits: Logits, network_input: NDArray[np.float32], saliency_map: SaliencyMap, steps: int = 20, fill: float = 0.0
) -> Curve:
    """Remove pixels, the warmest first; the sooner the probability falls, the more faithful is the map.

    Costs `steps` + 1 forward passes.

    Parameters
    ----------
    logits
        The network.
    network_input
        Shape (size_px, size_px, 3), float32, normalised; not changed.
    saliency_map
        Shape (rows, columns), any grid. Equal pixels are removed in random patches, always the same.
    steps
        Number of parts that the pixels are divided into.
    fill
        Value that replaces a pixel, normalised.

    Raises
    ------
    OptionError
        If there are no steps, or more than pixels.

    References
    ----------
    Petsiuk et al., RISE: randomized input sampling for explanation of black-box models, BMVC 2018, section 4.2.
    """
    return _curve(logits, network_input, np.full_like(network_input, fill), saliency_map, steps)


def insertion(logits: Logits, network_input: NDArray[np.float32], saliency_map: SaliencyMap, steps: int = 20) -> Curve:
    """Insert pixels into a blurred radiograph, the warmest first; the sooner the probability rises, the better the map.

    Parameters
    ----------
    logits, network_input, saliency_map, steps
        As for `deletion`: the input of shape (size_px, size_px, 3), float32, normalised; the map of any grid.

    Cost, errors and source as for `deletion`.
    """
    blurred = cv2.GaussianBlur(network_input, (0, 0), BLUR * network_input.shape[0])
    return _curve(logits, np.asarray(blurred, np.float32), network_input, saliency_map, steps)


def _curve(
    logits: Logits,
    before: NDArray[np.float32],
    after: NDArray[np.float32],
    saliency_map: SaliencyMap,
    steps: int,
) -> Curve:
    shape = before.shape[:2]
    pixels = shape[0] * shape[1]
    if not 1 <= steps <= pixels:
        raise OptionError(f"`steps` must lie between 1 and {pixels}; received {steps}")
    warm = enlarge(saliency_map, (shape[0], shape[1])).ravel()
    # Scattered single pixels would be noise that a network falls for; equal ones go in coarse random patches.
    patches = enlarge(np.random.default_rng(0).random((_PATCHES, _PATCHES)), (shape[0], shape[1])).ravel()
    order = np.lexsort((patches, -warm))
    ends = np.round(np.linspace(0, pixels, steps + 1)).astype(np.intp)

    def inputs() -> Iterator[NDArray[np.float32]]:
        changed = before.reshape(pixels, -1).copy()
        yield changed.reshape(before.shape).copy()  # several are held at a time
        for start, end in pairwise(ends):
            changed[order[start:end]] = after.reshape(pixels, -1)[order[start:end]]
            yield changed.reshape(before.shape).copy()

    probabilities = calibrated_probabilities(logits(inputs()), 1.0)
    return Curve(ends / pixels, probabilities)
