"""Examples that `docs/region_network.py` learns from: phantoms and radiographs without regions, changed at random.

A phantom looks better than many a radiograph: it has a window of its own, no
history of JPEG files, no equalised histogram and a resolution that fits. So each
example is given another tone, blur, noise and size; its regions stay known.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from densexplain.data_sets.images import read_training_image
from densexplain.data_sets.mura import read_data_set
from densexplain.phantom.data_set import WITH_HARDWARE, DataSetPlan, planned_images
from densexplain.phantom.phantom import make_phantom
from densexplain.phantom.truth import is_inverted, read_truth
from densexplain.radiograph.regions.region_network import KINDS
from densexplain.radiograph.regions.regions import RegionMasks
from densexplain.radiograph.regions.working_copy import working_grey
from densexplain.vocabulary import Region, Split

SIDE_PX = 384
"""Rows and columns of what is learnt from at once."""

Grey = NDArray[np.uint8]
Floats = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Example:
    """A working copy and what of it is known.

    Parameters
    ----------
    grey
        Shape (rows, columns), 8 bit, bright = dense.
    kinds
        Same shape; bit n is set where it is `KINDS[n]`.
    known
        Same shape; bit n is set where it is known whether it is.
    """

    grey: Grey
    kinds: Grey
    known: Grey


def of_data_set(folder: Path, split: Split) -> list[Example]:
    """Read the phantoms of a data set."""
    examples = []
    for item in read_data_set(folder, split):
        truth = read_truth(folder, item)
        examples.append(_of_phantom(read_training_image(item.path), truth.regions, truth.record))
    return examples


def with_hardware(count: int, seed: int) -> list[Example]:
    """Simulate phantoms that all have hardware."""
    images = planned_images(DataSetPlan(images=1_000_000, seed=seed))
    phantoms = (make_phantom(one.description) for one in images if one.description.abnormality in WITH_HARDWARE)
    return [
        _of_phantom(one.grey.astype(np.float32) / np.float32(255), one.regions, one.record)
        for one in islice(phantoms, count)
    ]


def without_regions(folder: Path) -> list[Example]:
    """Read every third radiograph of a split that has neither legend nor hardware; of frames nothing is known."""
    known = np.uint8(sum(1 << n for n, kind in enumerate(KINDS) if kind is not Region.IMAGE_FRAME))
    examples = []
    for item in read_data_set(folder, Split.TRAIN)[::3]:
        grey = working_grey(read_training_image(item.path))
        examples.append(Example(grey, np.zeros_like(grey), np.full_like(grey, known)))
    return examples


def _of_phantom(pixels: Floats, regions: RegionMasks, record: Mapping[str, Any]) -> Example:
    grey = working_grey(np.float32(1) - pixels if is_inverted(record) else pixels)
    kinds, size = np.zeros_like(grey), grey.shape[::-1]  # a frame makes some a little larger than the copy
    for n, kind in enumerate(KINDS):
        kinds |= cv2.resize(regions[kind].astype(np.uint8), size, interpolation=cv2.INTER_NEAREST) << n
    return Example(grey, kinds, np.full_like(grey, (1 << len(KINDS)) - 1))


@dataclass(frozen=True)
class Shares:
    """What is drawn, up to which share of all.

    Parameters
    ----------
    radiographs
        Radiographs without regions.
    hardware, text_legend, image_frame
        Phantoms that have the region, each beginning where the one before ends;
        the rest is any phantom.
    """

    radiographs: float
    hardware: float
    text_legend: float
    image_frame: float


class Drawer:
    """Draws examples, changed at random.

    Parameters
    ----------
    phantoms, radiographs
        Examples; the radiographs have none of the regions.
    shares
        How often each kind is drawn.
    rng
        What is drawn follows from it.
    """

    def __init__(
        self, phantoms: list[Example], radiographs: list[Example], shares: Shares, rng: np.random.Generator
    ) -> None:
        self._phantoms, self._radiographs, self._shares, self._rng = phantoms, radiographs, shares, rng
        self._with = {kind: [one for one in phantoms if (one.kinds & (1 << n)).any()] for n, kind in enumerate(KINDS)}

    def batch(self, count: int) -> tuple[Floats, Floats, Floats]:
        """Draw so many: images (count, 1, side, side) in [0, 1], kinds and what is known (count, kinds, side, side)."""
        drawn = [self._placed(self._chosen()) for _ in range(count)]
        images = np.stack([self._toned(one.grey) for one in drawn])[:, None]
        kinds, known = (
            np.stack([[(bits & (1 << n)) > 0 for n in range(len(KINDS))] for bits in planes]).astype(np.float32)
            for planes in ([one.kinds for one in drawn], [one.known for one in drawn])
        )
        return images, kinds, known

    def _chosen(self) -> Example:
        share, up_to = self._rng.random(), self._shares
        if share < up_to.radiographs and self._radiographs:
            return self._lettered(self._enlarged(self._one(self._radiographs)))
        kinds = (
            (up_to.hardware, Region.HARDWARE),
            (up_to.text_legend, Region.TEXT_LEGEND),
            (up_to.image_frame, Region.IMAGE_FRAME),
        )
        kind = next((kind for most, kind in kinds if share < most), None)
        return self._one(self._phantoms if kind is None else self._with[kind])

    def _one(self, examples: list[Example]) -> Example:
        return examples[self._rng.integers(len(examples))]

    def _enlarged(self, example: Example) -> Example:
        scale = float(self._rng.uniform(1.0, 2.2)) if self._rng.random() < 0.4 else 1.0
        return _resized(example, scale, cv2.INTER_CUBIC) if scale > 1.0 else example

    def _lettered(self, example: Example) -> Example:
        """Lay a legend of a phantom over every other radiograph."""
        if self._rng.random() < 0.5:
            return example
        bit = np.uint8(1 << KINDS.index(Region.TEXT_LEGEND))
        other = self._one(self._with[Region.TEXT_LEGEND])
        letters = (other.kinds & bit).astype(np.uint8)
        boxes = cv2.connectedComponentsWithStats(cv2.dilate(letters, np.ones((9, 9), np.uint8)))[2][1:]
        left, top, width, height = (int(value) for value in boxes[self._rng.integers(len(boxes))][:4])
        rows, columns = example.grey.shape
        if height >= rows or width >= columns:
            return example
        down, right = int(self._rng.integers(rows - height)), int(self._rng.integers(columns - width))
        source, place = (
            np.s_[top : top + height, left : left + width],
            np.s_[down : down + height, right : right + width],
        )
        laid = cv2.dilate(letters[source], np.ones((3, 3), np.uint8)) > 0
        grey, kinds = example.grey.copy(), example.kinds.copy()
        grey[place][laid] = other.grey[source][laid]
        kinds[place] |= letters[source]
        return replace(example, grey=grey, kinds=kinds)

    def _placed(self, example: Example) -> Example:
        """Mirror, turn and scale it, and cut a square out of it."""
        rng = self._rng
        planes = [example.grey, example.kinds, example.known]
        if rng.random() < 0.5:
            planes = [plane[:, ::-1] for plane in planes]
        if rng.random() < 0.2:
            quarter_turns = int(rng.integers(1, 4))
            planes = [np.rot90(plane, quarter_turns) for plane in planes]
        example = Example(*(np.ascontiguousarray(plane) for plane in planes))
        if rng.random() < 0.45:
            scale = float(rng.uniform(0.45, 1.15))
            example = _resized(example, scale, cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
        rows, columns = example.grey.shape
        lacking = 0, max(0, SIDE_PX - rows), 0, max(0, SIDE_PX - columns)
        grey = cv2.copyMakeBorder(example.grey, *lacking, cv2.BORDER_REPLICATE)
        kinds = cv2.copyMakeBorder(example.kinds, *lacking, cv2.BORDER_REPLICATE)
        known = cv2.copyMakeBorder(example.known, *lacking, cv2.BORDER_CONSTANT)
        top, left = (int(rng.integers(side - SIDE_PX + 1)) for side in grey.shape)
        window = np.s_[top : top + SIDE_PX, left : left + SIDE_PX]
        return Example(*(np.asarray(plane[window], np.uint8) for plane in (grey, kinds, known)))

    def _toned(self, grey: Grey) -> Floats:
        """Change contrast, sharpness and noise, as exposure, processing and storage do."""
        rng = self._rng
        if rng.random() < 0.25:
            grey = cv2.createCLAHE(float(rng.uniform(1, 5)), (8, 8)).apply(grey)
        image = grey.astype(np.float32) / np.float32(255)
        if rng.random() < 0.7:
            image = np.power(image, np.float32(np.exp(rng.normal(0, 0.35))))
        if rng.random() < 0.5:
            gain, shift = float(np.exp(rng.normal(0, 0.2))), float(rng.normal(0, 0.06))
            image = np.clip((image - np.float32(0.5)) * np.float32(gain) + np.float32(0.5 + shift), 0, 1)
        if rng.random() < 0.3:
            image = np.asarray(cv2.GaussianBlur(image, (0, 0), float(rng.uniform(0.4, 1.2))), np.float32)
        if rng.random() < 0.3:
            image = image + rng.normal(0, float(rng.uniform(0.003, 0.03)), image.shape).astype(np.float32)
        image = np.clip(image, 0, 1)
        if rng.random() < 0.25:
            quality = [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(40, 95))]
            _, file = cv2.imencode(".jpg", (image * 255).astype(np.uint8), quality)
            image = cv2.imdecode(file, cv2.IMREAD_GRAYSCALE).astype(np.float32) / np.float32(255)
        return np.asarray(image, np.float32)


def _resized(example: Example, scale: float, method: int) -> Example:
    rows, columns = example.grey.shape
    size = max(32, int(columns * scale)), max(32, int(rows * scale))
    kinds, known = (
        np.asarray(cv2.resize(plane, size, interpolation=cv2.INTER_NEAREST), np.uint8)
        for plane in (example.kinds, example.known)
    )
    return Example(np.asarray(cv2.resize(example.grey, size, interpolation=method), np.uint8), kinds, known)
