"""Text legends and lead markers: bright, even, sharp all round, of a letter's size, and often in company."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from densexplain.radiograph.dense_objects import DenseObject
from densexplain.radiograph.object_odds import Term, log_odds
from densexplain.radiograph.regions import Mask

_LEAST_ODDS = -1.0
_SEED_ODDS = 0.8  # one letter of a legend at least is as certain as that
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
    odds = [log_odds(thing.measures, _TERMS, _INTERCEPT) for thing in things]
    letters = [(thing, one) for thing, one in zip(things, odds, strict=True) if one >= _LEAST_ODDS]
    words, certain = np.zeros(shape, np.uint8), np.zeros(shape, np.bool_)
    for thing, one in letters:
        height = max(thing.pixels.shape)
        words |= _grown(thing, shape, max(2, round(_JOIN * height / 2)))
        if one >= _SEED_ODDS and (height >= _LONE * max(shape) or thing.measures["company"] >= 1):
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


_INTERCEPT = -2.09
_TERMS = {
    "height": Term(-3.854, 1.071, 0.19, -0.11),
    "width": Term(-4.098, 0.967, 0.00, -0.39),
    "area": Term(-8.163, 1.316, 1.79, 0.16),
    "length": Term(-3.487, 0.899, -0.03, -0.59),
    "aspect": Term(1.185, 0.732, -1.57, 0.08),
    "stroke": Term(-5.422, 0.860, -1.62, -0.61),
    "steepness": Term(-1.061, 0.373, 0.37, 0.19),
    "evenness": Term(-2.811, 2.042, -0.22, -0.03),
    "contrast": Term(-1.535, 0.675, 1.06, -0.27),
    "ring_spread": Term(-2.497, 0.658, -0.63, -0.17),
    "margin": Term(-2.064, 0.933, -2.19, -2.45),
    "fill": Term(-0.822, 0.537, 0.62, -0.09),
    "sharp": Term(-0.299, 0.229, 1.00, 0.83),
    "weakest": Term(-1.677, 0.594, -0.02, -0.03),
    "rank": Term(-3.611, 1.893, 0.74, 0.11),
    "level": Term(0.692, 0.150, 1.11, 0.31, log=False),
    "ring": Term(0.429, 0.153, -1.16, 0.11, log=False),
    "company": Term(1.754, 1.954, 0.23, 0.12, log=False),
}
"""Fitted on 270 phantoms, of which a third show hardware, with no other radiograph."""
