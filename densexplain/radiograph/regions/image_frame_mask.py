"""Image frame and collimation border: what the network takes for one and reaches the edge of the radiograph.

A strip between two exposures on one film is narrow and straight from edge to edge,
which is found surer by looking for just that.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from densexplain.radiograph.regions.film_divider import find_divider
from densexplain.radiograph.regions.regions import Mask

_LEAST_ODDS = 1.0  # logarithm; rather a rim too little than the edge of the anatomy
_LEAST_AREA = 0.004  # of the radiograph
_GAP_PX = 5  # where paper and shutter meet


def mark_image_frame(grey: NDArray[np.uint8], log_odds: NDArray[np.float32]) -> Mask:
    """Mark the image frame.

    Parameters
    ----------
    grey
        Shape (rows, columns), uint8, grey levels of `densexplain.radiograph.regions.working_copy.working_grey`.
    log_odds
        Natural logarithm of the odds of an image frame, same shape, float32; see
        `densexplain.radiograph.regions.region_network.RegionNetwork`.

    Returns
    -------
    numpy.ndarray
        Shape (rows, columns), bool; all False where no image frame is found.
    """
    above = (log_odds > _LEAST_ODDS).astype(np.uint8)
    likely = cv2.morphologyEx(above, cv2.MORPH_CLOSE, np.ones((_GAP_PX, _GAP_PX), np.uint8))
    count, labels, boxes, _ = cv2.connectedComponentsWithStats(likely)
    edge = np.ones(log_odds.shape, np.bool_)
    edge[2:-2, 2:-2] = False
    kept = np.bincount(labels[edge], minlength=count) > 0
    kept &= boxes[:, cv2.CC_STAT_AREA] >= _LEAST_AREA * log_odds.size
    kept[0] = False
    frame = np.asarray(kept[labels], np.bool_)
    divider = find_divider(grey)
    if divider is not None:
        _, strip, _ = divider.windows()
        frame[strip] = True
    count, labels, boxes, _ = cv2.connectedComponentsWithStats((~frame).astype(np.uint8))
    holes = boxes[:, cv2.CC_STAT_AREA] < _LEAST_AREA * log_odds.size
    holes[0] = False
    return np.asarray(frame | holes[labels], np.bool_)
