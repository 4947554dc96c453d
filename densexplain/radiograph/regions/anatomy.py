"""The exposed anatomy, separated from the air round it."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from densexplain.radiograph.regions.regions import Mask

_LEAST_PART = 0.005  # of the radiograph
_SMOOTH = 0.008  # of the longer side
_LEAST_STEP = 8.0  # grey levels between air and limb; with less there is no air to be seen


def mark_anatomy(grey: NDArray[np.uint8], hidden: Mask) -> Mask:
    """Mark the limb, bone and soft tissue together.

    Otsu's threshold separates dense from thin; the soft tissue's edge lies below it, so
    a second one separates what is thin into tissue and air. Holes are filled.

    Parameters
    ----------
    grey
        Shape (rows, columns), uint8, grey levels of `densexplain.radiograph.regions.working_copy.working_grey`.
    hidden
        Image frame and text legends, which are left out; shape (rows, columns), bool.

    Returns
    -------
    numpy.ndarray
        Shape (rows, columns), bool; nothing of what is hidden.

    References
    ----------
    Otsu, A threshold selection method from gray-level histograms, IEEE
    Transactions on Systems, Man, and Cybernetics 9 (1979).
    """
    seen = ~hidden
    if not seen.any():
        return np.zeros(grey.shape, np.bool_)
    smooth = np.asarray(cv2.GaussianBlur(grey, (0, 0), max(1.0, _SMOOTH * max(grey.shape))), np.uint8)
    level = _otsu(smooth[seen])
    thin = smooth[seen & (smooth <= level)]
    if len(thin) > 100:
        lower = _otsu(thin)
        below, above = thin[thin <= lower], thin[thin > lower]
        if len(below) and len(above) and float(above.mean()) - float(below.mean()) >= _LEAST_STEP:
            level = lower
    mask = ((smooth > level) & seen).astype(np.uint8)
    side = max(3, round(_SMOOTH * max(grey.shape))) | 1
    opened = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((side, side), np.uint8))
    outlines, _ = cv2.findContours(opened, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    large = [outline for outline in outlines if cv2.contourArea(outline) >= _LEAST_PART * grey.size]
    filled = np.zeros(grey.shape, np.uint8)
    cv2.drawContours(filled, large, -1, 1, cv2.FILLED)
    return np.asarray((filled > 0) & seen, np.bool_)


def _otsu(values: NDArray[np.uint8]) -> float:
    level, _ = cv2.threshold(np.ascontiguousarray(values)[None], 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    return float(level)
