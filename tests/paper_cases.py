"""A folder of cases small enough for tests: a bright limb with a brighter abnormality and a text legend."""

import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from densexplain.radiograph.regions.regions import RegionMasks, write_regions
from densexplain.vocabulary import Region

ROWS, COLUMNS = 120, 80


def entry(name: str = "wrist-fracture", **changes: Any) -> dict[str, Any]:
    """One entry of cases.json."""
    return {
        "name": name,
        "figure": 4,
        "title": "Wrist fracture",
        "image": "wrist-fracture",
        "model_set": "tiny-a",
        "crop": None,
        "look_for": "The break of the radius.",
        "paper_found": "The evidence lies near the fracture.",
        "paper_finding": "abnormal",
        **changes,
    }


def write_cases(folder: Path, *entries: object) -> None:
    """Write the list and, for each image it names, a radiograph and its regions."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "cases.json").write_text(json.dumps(list(entries)))
    for image in {given["image"] for given in entries if isinstance(given, dict) and "image" in given}:
        write_image(folder / image)


def write_image(folder: Path) -> None:
    """Write a radiograph with its regions."""
    masks = {region: np.zeros((ROWS, COLUMNS), np.bool_) for region in Region}
    masks[Region.BONE][:, 20:60] = True
    masks[Region.ABNORMALITY][60:80, 30:50] = True
    masks[Region.TEXT_LEGEND][5:15, 60:76] = True
    pixels = np.linspace(0, 60, COLUMNS * ROWS).reshape(ROWS, COLUMNS)
    for region in (Region.BONE, Region.ABNORMALITY, Region.TEXT_LEGEND):
        pixels[masks[region]] += 60
    folder.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(folder / "image.png"), pixels.astype(np.uint8))
    write_regions(folder / "regions.png", RegionMasks((ROWS, COLUMNS), masks))
