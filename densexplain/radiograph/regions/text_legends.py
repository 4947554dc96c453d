"""Text legends and lead markers: what the network recognises as letters, each box with a margin."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from densexplain.radiograph.regions.regions import Mask

_LEAST_ODDS, _SEED_ODDS = 0.0, 3.0  # logarithms; a letter is followed from what is certain to what is likely
_LEAST_PX = 12  # of the working copy; what is smaller could not be read
_MARGIN = 0.05  # of the shorter side of a letter or word


def mark_text_legends(log_odds: NDArray[np.float32]) -> Mask:
    """Mark text legends, with a margin round each letter or word.

    Parameters
    ----------
    log_odds
        Natural logarithm of the odds of a text legend, shape (rows, columns), float32; see
        `densexplain.radiograph.regions.region_network.RegionNetwork`.

    Returns
    -------
    numpy.ndarray
        Shape (rows, columns), bool.
    """
    count, labels, boxes, _ = cv2.connectedComponentsWithStats((log_odds > _LEAST_ODDS).astype(np.uint8))
    certain = np.bincount(labels[log_odds > _SEED_ODDS], minlength=count) > 0
    mask = np.zeros(log_odds.shape, np.bool_)
    for left, top, width, height, area in boxes[1:][certain[1:]]:
        if area >= _LEAST_PX:
            by = max(1, round(_MARGIN * min(width, height)))
            mask[max(0, top - by) : top + height + by, max(0, left - by) : left + width + by] = True
    return mask
