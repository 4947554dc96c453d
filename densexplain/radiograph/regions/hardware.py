"""Hardware and foreign bodies: what the network recognises as metal, where some of it is certain."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from densexplain.radiograph.regions.regions import Mask

_LEAST_ODDS, _SEED_ODDS = -3.0, 1.0  # logarithms; metal is followed from what is more likely than not
_LEAST_SEED_PX = 4  # of the working copy that are as certain as that
_GROWN_PX = 3


def mark_hardware(log_odds: NDArray[np.float32], hidden: Mask) -> Mask:
    """Mark plates, screws, wires, nails, prostheses and foreign bodies of metal.

    Parameters
    ----------
    log_odds
        Natural logarithm of the odds of hardware, shape (rows, columns), float32; see
        `densexplain.radiograph.regions.region_network.RegionNetwork`.
    hidden
        Image frame and text legends, of the same shape; left out.

    Returns
    -------
    numpy.ndarray
        Shape (rows, columns), bool; nothing of what is hidden.
    """
    likely = (log_odds > _LEAST_ODDS) & ~hidden
    count, labels = cv2.connectedComponents(likely.astype(np.uint8), connectivity=8)
    certain = np.bincount(labels[(log_odds > _SEED_ODDS) & likely], minlength=count) >= _LEAST_SEED_PX
    certain[0] = False
    mask = certain[labels].astype(np.uint8)
    return np.asarray((cv2.dilate(mask, np.ones((_GROWN_PX, _GROWN_PX), np.uint8)) > 0) & ~hidden, np.bool_)
