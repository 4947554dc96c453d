"""Thumbnails: small, never enlarged, and of the same radiograph."""

import cv2
import numpy as np

from densexplain.render.thumbnail import THUMBNAIL_PX, render_thumbnail


def decoded(content: bytes) -> np.ndarray:
    return cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_UNCHANGED)


def test_a_large_radiograph_fits_and_keeps_its_proportions() -> None:
    pixels = np.zeros((1024, 512), np.float32)
    pixels[:512] = 1
    small = decoded(render_thumbnail(pixels))
    assert small.shape == (THUMBNAIL_PX, THUMBNAIL_PX // 2)
    assert small[:120].mean() > 250
    assert small[136:].mean() < 5


def test_a_small_one_stays_as_it_is() -> None:
    assert decoded(render_thumbnail(np.full((40, 60), 0.5, np.float32))).shape == (40, 60)
