"""Hardware and foreign bodies: what holds together as metal, where some of it is certain."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from densexplain.radiograph.metal_odds import metal_log_odds
from densexplain.radiograph.regions import Mask

_LEAST_ODDS, _SEED_ODDS = 0.0, 4.5  # logarithms; metal is followed from what is certain to what is likely
_LEAST_SEED_PX = 15  # of the working copy that are as certain as that
_GROWN_PX = 3


def mark_hardware(grey: NDArray[np.uint8], hidden: Mask) -> Mask:
    """Mark plates, screws, wires, nails, prostheses and foreign bodies of metal.

    Parameters
    ----------
    grey
        Shape (rows, columns), 8 bit, of `densexplain.radiograph.dense_objects.working_grey`.
    hidden
        Frame and text legends.

    Returns
    -------
    numpy.ndarray
        Shape (rows, columns), bool; nothing of what is hidden.
    """
    odds = metal_log_odds(grey, hidden)
    count, labels = cv2.connectedComponents((odds > _LEAST_ODDS).astype(np.uint8), connectivity=8)
    certain = np.bincount(labels[odds > _SEED_ODDS], minlength=count) >= _LEAST_SEED_PX
    certain[0] = False
    mask = certain[labels].astype(np.uint8)
    return np.asarray((cv2.dilate(mask, np.ones((_GROWN_PX, _GROWN_PX), np.uint8)) > 0) & ~hidden, np.bool_)
