"""A tiny phantom data set: a bright bar on grey, some with a text legend, some in a frame, regions beside them."""

import json
from pathlib import Path

import cv2
import numpy as np

from densexplain.radiograph.regions.regions import RegionMasks, write_regions
from densexplain.vocabulary import Region

ROWS, COLUMNS = 96, 80


def phantom(draw: np.random.Generator, legend: bool, frame: bool) -> tuple[np.ndarray, RegionMasks]:
    """Pixels, uint8, and regions; a legend is the same block in the same corner."""
    masks = {region: np.zeros((ROWS, COLUMNS), bool) for region in (Region.BONE, Region.ABNORMALITY)}
    left = int(draw.integers(26, 40))
    masks[Region.BONE][20:90, left : left + 18] = True
    masks[Region.ABNORMALITY][50:56, left : left + 18] = True
    pixels = np.full((ROWS, COLUMNS), 60.0)
    pixels[masks[Region.BONE]] = 170
    pixels[masks[Region.ABNORMALITY]] = 120
    if legend:
        masks[Region.TEXT_LEGEND] = np.zeros((ROWS, COLUMNS), bool)
        masks[Region.TEXT_LEGEND][12:24, 58:72] = True
        pixels[14:22:2, 60:70] = 255
    if frame:
        masks[Region.IMAGE_FRAME] = np.ones((ROWS, COLUMNS), bool)
        masks[Region.IMAGE_FRAME][8:-8, 8:-8] = False
        pixels[masks[Region.IMAGE_FRAME]] = 250
    return np.clip(pixels + draw.normal(0, 3, pixels.shape), 0, 255).astype(np.uint8), RegionMasks(
        (ROWS, COLUMNS), masks
    )


def write_phantoms(folder: Path, patients: int = 8, shortcut: dict[str, float] | None = None, seed: int = 4) -> None:
    """Every second patient is abnormal and has a text legend, every fourth image lies in a frame."""
    draw = np.random.default_rng(seed)
    for number in range(patients):
        label = ("negative", "positive")[number % 2]
        study = Path("valid") / "XR_WRIST" / f"patient{number:05d}" / f"study1_{label}"
        for image in (1, 2):
            pixels, regions = phantom(draw, legend=label == "positive", frame=number % 4 < 2 and image == 2)
            for root in (folder, folder / "truth"):
                (root / study).mkdir(parents=True, exist_ok=True)
            assert cv2.imwrite(str(folder / study / f"image{image}.png"), pixels)
            write_regions(folder / "truth" / study / f"image{image}.png", regions)
            record = {
                "extremity": "wrist",
                "projection": "frontal",
                "abnormality": None,
                "artefacts": [],
                "shortcut": shortcut,
            }
            (folder / "truth" / study / f"image{image}.json").write_text(json.dumps(record))
