"""A radiograph small enough that a page can show two dozen at no cost."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from densexplain.render.overlay import fit_within, render_radiograph

THUMBNAIL_PX = 256
_QUALITY = (cv2.IMWRITE_JPEG_QUALITY, 85)


def render_thumbnail(pixels: NDArray[np.float32], most_px: int = THUMBNAIL_PX) -> bytes:
    """Scale a radiograph down, never up, and encode it as a grey JPEG of a few kB.

    Parameters
    ----------
    pixels
        Shape (rows, columns), float32 in [0, 1].
    most_px
        Longest edge.

    Returns
    -------
    bytes
        At most `most_px` high and wide; for looking for a radiograph, not for reading it.
    """
    rows, columns = pixels.shape
    height_px, width_px = fit_within(rows, columns, min(rows, most_px), min(columns, most_px))
    grey = render_radiograph(pixels, height_px=height_px, width_px=width_px)[:, :, 0]
    return bytes(cv2.imencode(".jpg", np.ascontiguousarray(grey), _QUALITY)[1])
