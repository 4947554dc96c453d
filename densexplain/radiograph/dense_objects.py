"""Things on a radiograph that end sharply and are denser than what surrounds them: letters, screws, wires.

Bone ends sharply on one side at most; what was laid on the cassette, burnt into
the image or put into the patient does so all round. That is measured of every
connected component at several thresholds, and of nested ones the one that ends
most sharply is kept.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from densexplain.radiograph.regions import Mask

WORKING_SIDE_PX = 512
"""Longer side of the reduced copy in which regions are looked for; a radiograph is never enlarged."""

_LEVELS = (60, 75, 90, 105, 120, 132, 144, 156, 168, 180, 190, 200, 208, 216, 224, 232, 240, 248, 253)
_RAISED = (18, 30, 48, 75)  # above the surroundings, after a white top-hat
_TOP_HAT = 0.037  # of the longer side; the widest stroke of a letter is narrower
_LEAST_AREA_PX, _MOST_AREA = 8, 0.12  # of the working copy
_SHARP = 10.0  # grey levels a pixel
_LEAST_SHARP = 0.5  # of the outline
_SHARED = 0.3  # intersection over the smaller area from which two components are the same thing


@dataclass(frozen=True)
class DenseObject:
    """One connected component of the working copy.

    Parameters
    ----------
    top, left
        Of the smallest box round it, in pixels of the working copy.
    pixels
        Which of the box belong to it, shape (height, width).
    measures
        By name, see `MEASURES`.
    """

    top: int
    left: int
    pixels: Mask
    measures: dict[str, float]

    @property
    def window(self) -> tuple[slice, slice]:
        """Its box in the working copy."""
        height, width = self.pixels.shape
        return slice(self.top, self.top + height), slice(self.left, self.left + width)

    @property
    def area(self) -> int:
        """Pixels of the working copy."""
        return int(self.pixels.sum())


MEASURES = {
    "height": "of its box, by the longer side of the radiograph",
    "width": "of its box, likewise",
    "area": "by that of the radiograph",
    "fill": "share of its box that it covers",
    "length": "of the narrowest box at any angle, by the longer side",
    "aspect": "length by breadth of that box",
    "stroke": "greatest breadth inside it, by the longer side",
    "sharp": "share of its outline with a steep edge",
    "steepness": "mean edge along the outline, by its contrast, a pixel",
    "weakest": "edge that four fifths of the outline exceed, by its contrast, a pixel",
    "rank": "share of the radiograph that is brighter, itself left out",
    "level": "mean brightness, 0 to 1",
    "evenness": "spread of brightness inside, by its contrast",
    "contrast": "mean brightness above that of a ring round it",
    "ring": "mean brightness of that ring",
    "ring_spread": "spread of that brightness",
    "company": "how many others of its height lie within three of its heights",
    "margin": "distance of its middle from the nearest edge of the radiograph, by the longer side",
}
"""What is measured of a component."""


def working_grey(pixels: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Reduce a radiograph to at most `WORKING_SIDE_PX`, shape (rows, columns), 8 bit."""
    rows, columns = pixels.shape
    scale = WORKING_SIDE_PX / max(rows, columns)
    small = np.ascontiguousarray(pixels, np.float32)
    if scale < 1.0:
        size = (max(1, round(columns * scale)), max(1, round(rows * scale)))
        small = np.asarray(cv2.resize(small, size, interpolation=cv2.INTER_AREA), np.float32)
    return np.asarray(np.clip(small * 255.0 + 0.5, 0, 255), np.uint8)


def dense_objects(grey: NDArray[np.uint8], hidden: Mask | None = None) -> list[DenseObject]:
    """Find what ends sharply all round.

    Parameters
    ----------
    grey
        Of `working_grey`.
    hidden
        What is no longer looked at, such as an image frame; of the same shape.

    Returns
    -------
    list
        Components that do not overlap, the sharpest first.
    """
    grey = grey if hidden is None else np.where(hidden, np.uint8(0), grey)
    flat = grey.astype(np.float32)
    across, down = cv2.Scharr(flat, cv2.CV_32F, 1, 0), cv2.Scharr(flat, cv2.CV_32F, 0, 1)
    gradient = np.asarray(np.hypot(across, down) / 32.0, np.float32)
    size = max(3, round(_TOP_HAT * max(grey.shape))) | 1
    raised = cv2.morphologyEx(grey, cv2.MORPH_TOPHAT, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size)))
    brighter = np.cumsum(np.bincount(grey.ravel(), minlength=256)[::-1])[::-1]  # pixels at least as bright
    found: list[DenseObject] = []
    for image, levels in ((grey, _LEVELS), (raised, _RAISED)):
        for level in levels:
            found += _components(np.asarray(image > level, np.uint8), flat, gradient, brighter)
    kept = _distinct(found, (grey.shape[0], grey.shape[1]))
    _count_company(kept)
    return kept


def _components(
    above: NDArray[np.uint8], flat: NDArray[np.float32], gradient: NDArray[np.float32], brighter: NDArray[np.int64]
) -> list[DenseObject]:
    """Components of one threshold that end sharply, measured."""
    count, parts, boxes, _ = cv2.connectedComponentsWithStats(above, connectivity=8)
    labels = np.asarray(parts, np.int32)
    outline = cv2.subtract(above, cv2.erode(above, np.ones((3, 3), np.uint8), borderValue=0)) > 0
    owners = labels[outline]
    lengths = np.bincount(owners, minlength=count)
    sharp = np.bincount(owners, gradient[outline] >= _SHARP, minlength=count) / np.maximum(lengths, 1)
    areas = boxes[:, cv2.CC_STAT_AREA]
    wanted = (sharp >= _LEAST_SHARP) & (areas >= _LEAST_AREA_PX) & (areas <= _MOST_AREA * above.size)
    wanted[0] = False
    return [
        _measured(
            int(number), labels, np.asarray(boxes[number], np.int32), flat, gradient, float(sharp[number]), brighter
        )
        for number in np.flatnonzero(wanted)
    ]


def _measured(
    number: int,
    labels: NDArray[np.int32],
    box: NDArray[np.int32],
    flat: NDArray[np.float32],
    gradient: NDArray[np.float32],
    sharp: float,
    above: NDArray[np.int64],
) -> DenseObject:
    left, top, width, height = (int(value) for value in box[:4])
    rows, columns = flat.shape
    longest, pad = max(rows, columns), 4
    up, before = min(pad, top), min(pad, left)
    window = np.s_[top - up : top + height + pad, left - before : left + width + pad]
    inside = (labels[window] == number).astype(np.uint8)
    values, edges = flat[window], gradient[window]
    near = cv2.dilate(inside, np.ones((3, 3), np.uint8))
    ring = (cv2.dilate(inside, np.ones((7, 7), np.uint8)) > 0) & (near == 0)
    core, own = cv2.erode(inside, np.ones((3, 3), np.uint8), borderValue=0) > 0, inside > 0
    outline = own & ~core
    brightness = values[core] if core.any() else values[own]
    round_it = values[ring] if ring.any() else values[own]
    contrast = float(brightness.mean() - round_it.mean())
    spread = max(contrast, 1.0)
    brighter = above - np.cumsum(np.bincount(values[own].astype(np.uint8), minlength=256)[::-1])[::-1]
    _, sides, _ = cv2.minAreaRect(np.argwhere(own)[:, ::-1].astype(np.float32))
    length, breadth = max(sides) + 1.0, min(sides) + 1.0
    padded = cv2.copyMakeBorder(inside, 1, 1, 1, 1, cv2.BORDER_CONSTANT)
    stroke = 2.0 * float(cv2.distanceTransform(padded, cv2.DIST_L2, 3).max()) - 1.0
    middle = (top + height / 2, left + width / 2)
    return DenseObject(
        top,
        left,
        np.asarray(own[up : up + height, before : before + width], np.bool_),
        {
            "height": height / longest,
            "width": width / longest,
            "area": float(box[cv2.CC_STAT_AREA]) / flat.size,
            "fill": float(box[cv2.CC_STAT_AREA]) / (height * width),
            "length": length / longest,
            "aspect": length / breadth,
            "stroke": stroke / longest,
            "sharp": sharp,
            "steepness": float(edges[outline].mean()) / spread,
            "weakest": float(np.quantile(edges[outline], 0.2)) / spread,
            "rank": float(brighter[min(255, int(brightness.mean()))]) / flat.size,
            "level": float(brightness.mean()) / 255.0,
            "evenness": float(brightness.std()) / spread,
            "contrast": contrast / 255.0,
            "ring": float(round_it.mean()) / 255.0,
            "ring_spread": float(round_it.std()) / 255.0,
            "margin": min(middle[0], rows - middle[0], middle[1], columns - middle[1]) / longest,
        },
    )


def _distinct(found: list[DenseObject], shape: tuple[int, int]) -> list[DenseObject]:
    """Of components that lie over each other keep the sharpest."""
    owner = np.full(shape, -1, np.int32)
    kept: list[DenseObject] = []
    for thing in sorted(found, key=lambda one: -one.measures["sharp"] * np.sqrt(max(one.measures["contrast"], 0.0))):
        below = owner[thing.window][thing.pixels]
        taken = below >= 0
        if taken.any():
            others = np.bincount(below[taken])
            smaller = min(thing.area, min(kept[other].area for other in np.flatnonzero(others)))
            if taken.sum() > _SHARED * smaller:
                continue
        owner[thing.window][thing.pixels & (owner[thing.window] < 0)] = len(kept)
        kept.append(thing)
    return kept


def _count_company(things: list[DenseObject]) -> None:
    """Letters stand in rows; little else that is dense does."""
    boxes = np.array([(one.top, one.left, *one.pixels.shape) for one in things], np.float64).reshape(-1, 4)
    middles, heights = boxes[:, :2] + boxes[:, 2:] / 2, boxes[:, 2:].max(axis=1)
    for place, thing in enumerate(things):
        near = np.hypot(*(middles - middles[place]).T) <= 3.0 * heights[place]
        alike = np.abs(np.log(heights / heights[place])) <= np.log(1.5)
        thing.measures["company"] = float(np.count_nonzero(near & alike) - 1)
