"""Regions found on phantoms against those that are known.

The phantoms are made here, with seeds of their own; or they are the `valid` of a
phantom data set whose folder is named by

    DENSEXPLAIN_PHANTOMS    written by ``python -m densexplain phantom``

Few of them have hardware, so that is also looked for on phantoms that all have.
Inverted ones are put right first, as a reader of the audit is asked to.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from figures import Figure
from region_scores import score

from densexplain.data_sets.images import read_training_image
from densexplain.data_sets.mura import read_data_set
from densexplain.phantom.data_set import WITH_HARDWARE, DataSetPlan, PlannedImage, planned_images
from densexplain.phantom.phantom import make_phantom
from densexplain.phantom.truth import is_inverted, read_truth
from densexplain.radiograph.regions.regions import RegionMasks
from densexplain.vocabulary import Region, Split

_SIMULATED, _WITH_HARDWARE, _READ = 320, 160, 300
_SEED, _HARDWARE_SEED = 2031, 2032
_TARGETS = {Region.TEXT_LEGEND: (0.95, 0.90), Region.IMAGE_FRAME: (0.98, None), Region.HARDWARE: (0.90, None)}


def measure() -> list[Figure]:
    folder = os.environ.get("DENSEXPLAIN_PHANTOMS")
    scores = score(_read(Path(folder)) if folder else _simulated())
    figures = []
    for region, (recall, precision) in _TARGETS.items():
        found, right = scores.found.get(region, []), scores.right.get(region, [])
        value, share = scores.recall(region), scores.precision(region)
        figures.append(
            Figure("regions", f"{region}s found", f">= {recall}", f"{value:.3f}", value >= recall, f"of {len(found)}")
        )
        of = "radiographs without one left alone" if region is Region.IMAGE_FRAME else "found that are right"
        target = "told only" if precision is None else f">= {precision}"
        reached = precision is None or share >= precision
        figures.append(Figure("regions", f"{region}s: {of}", target, f"{share:.3f}", reached, f"of {len(right)}"))
    rich = score(_with_hardware())
    found, right = rich.found[Region.HARDWARE], rich.right[Region.HARDWARE]
    recall, _ = _TARGETS[Region.HARDWARE]
    value, share = rich.recall(Region.HARDWARE), rich.precision(Region.HARDWARE)
    what, note = "hardware found, where there is some", f"of {len(found)} on {_WITH_HARDWARE} radiographs"
    figures.append(Figure("regions", what, f">= {recall}", f"{value:.3f}", value >= recall, note))
    what = "hardware found that is right, where there is some"
    figures.append(Figure("regions", what, "told only", f"{share:.3f}", True, f"of {len(right)}"))
    overlap = float(np.median(scores.anatomy))
    note = f"{len(scores.anatomy)} radiographs"
    figures.append(Figure("regions", "median overlap of the anatomy", "told only", f"{overlap:.3f}", True, note))
    return figures


def _simulated() -> Iterator[tuple[np.ndarray, RegionMasks]]:
    yield from map(_made, planned_images(DataSetPlan(images=_SIMULATED, seed=_SEED)))


def _with_hardware() -> Iterator[tuple[np.ndarray, RegionMasks]]:
    images = planned_images(DataSetPlan(images=1_000_000, seed=_HARDWARE_SEED))
    yield from map(
        _made, islice((one for one in images if one.description.abnormality in WITH_HARDWARE), _WITH_HARDWARE)
    )


def _made(image: PlannedImage) -> tuple[np.ndarray, RegionMasks]:
    phantom = make_phantom(image.description)
    return _upright(phantom.grey.astype(np.float32) / 255, phantom.record), phantom.regions


def _read(folder: Path) -> Iterator[tuple[np.ndarray, RegionMasks]]:
    items = read_data_set(folder, Split(os.environ.get("DENSEXPLAIN_SPLIT", Split.VALID)))
    for place in np.random.default_rng(_SEED).permutation(len(items))[:_READ]:
        truth = read_truth(folder, items[place])
        yield _upright(read_training_image(items[place].path), truth.record), truth.regions


def _upright(pixels: np.ndarray, record: Mapping[str, Any]) -> np.ndarray:
    return 1 - pixels if is_inverted(record) else pixels
