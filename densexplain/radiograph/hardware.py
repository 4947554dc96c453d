"""Hardware and foreign bodies: among the densest, sharp on all sides, even inside, often straight."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from densexplain.radiograph.dense_objects import DenseObject
from densexplain.radiograph.object_odds import log_odds
from densexplain.radiograph.regions import Mask
from densexplain.vocabulary import Region

_LEAST_ODDS, _SEED_ODDS = 0.8, 2.2
_JOIN = 0.03  # of the longer side; a plate and its screws lie nearer
_HIDDEN = 0.5  # share of a thing that lies on a frame or a legend, from which it belongs to that
_KEPT = 0.45  # of its contrast, to which a thing is followed


def mark_hardware(things: Sequence[DenseObject], grey: NDArray[np.uint8], hidden: Mask) -> Mask:
    """Mark plates, screws, wires, nails, prostheses and foreign bodies.

    Parameters
    ----------
    things
        Of `densexplain.radiograph.dense_objects.dense_objects`.
    grey
        The working copy they were found on, shape (rows, columns), 8 bit.
    hidden
        Frame and text legends.

    Returns
    -------
    numpy.ndarray
        Shape (rows, columns), bool; nothing of what is hidden.
    """
    mask, certain = np.zeros(grey.shape, np.uint8), np.zeros(grey.shape, np.bool_)
    letters = log_odds(things, Region.TEXT_LEGEND)
    for thing, odds, letter in zip(things, log_odds(things, Region.HARDWARE), letters, strict=True):
        if odds < max(_LEAST_ODDS, letter) or hidden[thing.window][thing.pixels].mean() >= _HIDDEN:
            continue
        mask |= _followed(thing, grey)
        if odds >= _SEED_ODDS:
            certain[thing.window] |= thing.pixels
    side = max(3, round(_JOIN * max(grey.shape))) | 1
    _, labels = cv2.connectedComponents(cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((side, side), np.uint8)))
    mask = mask * np.isin(labels, np.unique(labels[certain])).astype(np.uint8)
    return np.asarray((cv2.dilate(mask, np.ones((3, 3), np.uint8)) > 0) & ~hidden, np.bool_)


def _followed(thing: DenseObject, grey: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A thing with what hangs together with it and is nearly as bright: its blurred edge, and where it leaves bone."""
    room = max(4, max(thing.pixels.shape) // 3)
    down, across = thing.window
    window = np.s_[max(0, down.start - room) : down.stop + room, max(0, across.start - room) : across.stop + room]
    level = 255.0 * (thing.measures["ring"] + _KEPT * thing.measures["contrast"])
    bright = (grey[window] >= level).astype(np.uint8)
    own = np.zeros(grey.shape, np.uint8)
    own[thing.window] = thing.pixels
    _, labels = cv2.connectedComponents(bright)
    mine = np.unique(labels[(own[window] > 0) & (bright > 0)])
    grown = np.isin(labels, mine[mine > 0])
    # Where it would run into bone, it stays what it was.
    if grown.sum() <= 2.5 * thing.area:
        own[window] |= grown.astype(np.uint8)
    return own
