"""Regions that were found against those that are known, thing by thing.

A legend, or a piece of hardware, is one connected part of a mask once gaps of
2 % of the longer side are closed. It is *found* when at least half of its area is
covered by what was found of its kind; what was found is *right* when at least
half of its area lies in the boxes round what is known, for letters do not fill
their legend. A frame is found when intersection over
union of the two masks is at least a half; frames under half a percent of the
radiograph are left out, and a radiograph without one is a false alarm where more
than that is marked.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import cv2
import numpy as np

from densexplain.radiograph.regions.found_regions import find_regions
from densexplain.radiograph.regions.regions import Mask, RegionMasks
from densexplain.vocabulary import Region

_HALF, _APART, _LEAST_FRAME = 0.5, 0.02, 0.005


@dataclass
class Scores:
    """Counts over radiographs; each list holds True for what is right."""

    found: dict[Region, list[bool]] = field(default_factory=dict)
    right: dict[Region, list[bool]] = field(default_factory=dict)
    anatomy: list[float] = field(default_factory=list)

    def recall(self, region: Region) -> float:
        return float(np.mean(self.found.get(region, [])))

    def precision(self, region: Region) -> float:
        return float(np.mean(self.right.get(region, [])))


def score(radiographs: Iterable[tuple[np.ndarray, RegionMasks]]) -> Scores:
    """Look for the regions of each radiograph and hold them against the known ones."""
    scores = Scores()
    for pixels, known in radiographs:
        add(scores, find_regions(pixels), known)
    return scores


def add(scores: Scores, found: RegionMasks, known: RegionMasks) -> None:
    for region in (Region.TEXT_LEGEND, Region.HARDWARE):
        truth, marked = _closed(known[region]), _closed(found[region])
        scores.found.setdefault(region, []).extend(_covered(truth, marked))
        scores.right.setdefault(region, []).extend(_covered(marked, _boxes(truth)))
    truth, marked = known[Region.IMAGE_FRAME], found[Region.IMAGE_FRAME]
    if truth.mean() >= _LEAST_FRAME:
        union = (truth | marked).sum()
        scores.found.setdefault(Region.IMAGE_FRAME, []).append(bool((truth & marked).sum() >= _HALF * union))
    else:
        scores.right.setdefault(Region.IMAGE_FRAME, []).append(bool(marked.mean() < _LEAST_FRAME))
    limb = known.union(Region.BONE, Region.SOFT_TISSUE)
    both = (limb | found[Region.SOFT_TISSUE]).sum()
    scores.anatomy.append(float((limb & found[Region.SOFT_TISSUE]).sum() / max(1, both)))


def _closed(mask: Mask) -> Mask:
    side = max(3, round(_APART * max(mask.shape))) | 1
    closed = cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((side, side), np.uint8))
    return np.asarray(closed > 0) | mask


def _boxes(things: Mask) -> Mask:
    filled = np.zeros_like(things)
    for left, top, width, height, _ in cv2.connectedComponentsWithStats(things.astype(np.uint8))[2][1:]:
        filled[top : top + height, left : left + width] = True
    return filled


def _covered(things: Mask, by: Mask) -> list[bool]:
    count, labels, boxes, _ = cv2.connectedComponentsWithStats(things.astype(np.uint8))
    inside = np.bincount(labels.ravel(), by.ravel(), minlength=count)
    return [bool(inside[number] >= _HALF * boxes[number, cv2.CC_STAT_AREA]) for number in range(1, count)]
