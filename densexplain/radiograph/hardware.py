"""Hardware and foreign bodies: what holds together as metal, where some of it is certain."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from densexplain.radiograph.metal_odds import metal_log_odds
from densexplain.radiograph.regions import Mask

_LEAST_ODDS, _SEED_ODDS = -2.0, 5.0  # logarithms; metal is followed from what is certain to what is likely
_LEAST_SEED_PX = 40  # of the working copy that are as certain as that
_GROWN_PX = 3
_BORDER = 0.03  # of the longer side, along a frame and the edges of the radiograph
_MOST_ON_BORDER = 0.5  # of a piece; more is left over of a frame


def mark_hardware(grey: NDArray[np.uint8], frame: Mask, legends: Mask) -> Mask:
    """Mark plates, screws, wires, nails, prostheses and foreign bodies of metal.

    Parameters
    ----------
    grey
        Shape (rows, columns), 8 bit, of `densexplain.radiograph.dense_objects.working_grey`.
    frame, legends
        Of the same shape; not looked at.

    Returns
    -------
    numpy.ndarray
        Shape (rows, columns), bool; nothing of what is hidden.
    """
    hidden = frame | legends
    odds = metal_log_odds(grey, hidden)
    count, labels = cv2.connectedComponents((odds > _LEAST_ODDS).astype(np.uint8), connectivity=8)
    certain = np.bincount(labels[odds > _SEED_ODDS], minlength=count) >= _LEAST_SEED_PX
    certain &= np.bincount(labels[_border(frame)], minlength=count) <= _MOST_ON_BORDER * np.bincount(labels.ravel())
    certain[0] = False
    mask = certain[labels].astype(np.uint8)
    return np.asarray((cv2.dilate(mask, np.ones((_GROWN_PX, _GROWN_PX), np.uint8)) > 0) & ~hidden, np.bool_)


def _border(frame: Mask) -> Mask:
    """What lies close to a frame or an edge."""
    reach = max(1, round(_BORDER * max(frame.shape)))
    outside = np.pad(frame.astype(np.uint8), reach, constant_values=1)
    grown = cv2.dilate(outside, np.ones((2 * reach + 1, 2 * reach + 1), np.uint8))
    return np.asarray(grown[reach:-reach, reach:-reach], np.bool_)
