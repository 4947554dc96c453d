"""Text legends and lead markers: bright, even, sharp all round, of a letter's size, and often in company."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from densexplain.radiograph.dense_objects import DenseObject
from densexplain.radiograph.object_odds import letter_log_odds
from densexplain.radiograph.regions import Mask

_LEAST_ODDS = -1.0
_SEED_ODDS = 2.5  # one letter of a legend at least is as certain as that
_LEAST_SEED_PX = 10  # and so high or wide that it could be read; the specks of a small radiograph are trabeculae
_JOIN, _GROWN = 0.6, 0.25  # of a letter's height: gap within a word, and what a marker has round its letter
_LONE = 0.02  # of the longer side; smaller letters come in company


def mark_text_legends(things: Sequence[DenseObject], shape: tuple[int, int]) -> Mask:
    """Mark text legends, with what lies between their letters and a margin round them.

    Parameters
    ----------
    things
        Of `densexplain.radiograph.dense_objects.dense_objects`.
    shape
        Rows and columns of the working copy.

    Returns
    -------
    numpy.ndarray
        Shape `shape`, bool.
    """
    odds = letter_log_odds(things)
    letters = [(thing, one) for thing, one in zip(things, odds, strict=True) if one >= _LEAST_ODDS]
    words, certain = np.zeros(shape, np.uint8), np.zeros(shape, np.bool_)
    for thing, one in letters:
        height = max(thing.pixels.shape)
        words |= _grown(thing, shape, max(2, round(_JOIN * height / 2)))
        if (
            one >= _SEED_ODDS
            and height >= _LEAST_SEED_PX
            and (height >= _LONE * max(shape) or thing.measures["company"] >= 1)
        ):
            certain[thing.window] |= thing.pixels
    _, labels = cv2.connectedComponents(words)
    kept = np.isin(labels, np.unique(labels[certain]))
    mask = np.zeros(shape, np.uint8)
    for thing, _ in letters:
        rows, columns = np.nonzero(thing.pixels)
        if kept[rows[0] + thing.top, columns[0] + thing.left]:
            mask |= _grown(thing, shape, max(1, round(_GROWN * max(thing.pixels.shape))))
    return np.asarray(mask > 0)


def _grown(thing: DenseObject, shape: tuple[int, int], by_px: int) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """The box of a letter, and so many pixels round it."""
    box = np.zeros(shape, np.uint8)
    down, across = thing.window
    box[max(0, down.start - by_px) : down.stop + by_px, max(0, across.start - by_px) : across.stop + by_px] = 1
    return box
