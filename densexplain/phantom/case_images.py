"""The radiographs of the paper's cases, as phantoms, and how they are made again."""

from __future__ import annotations

import json
from pathlib import Path

import cv2

from densexplain.files import write_atomically
from densexplain.phantom.artefacts.artefact_set import ArtefactRates
from densexplain.phantom.phantom import Phantom, PhantomDescription, Seeds, make_phantom
from densexplain.radiograph.regions.regions import IMAGE_FILE, REGIONS_FILE, write_regions
from densexplain.vocabulary import Abnormality, ExtremityType, Projection

RECORD_FILE = "record.json"
"""What the folder of a case holds beside image and regions."""

_CLEAN = ArtefactRates(legend=0, image_frame=0, collimation=0, inversion=0, second_exposure=0, dirt=0)
_FRAMED = ArtefactRates(legend=0, image_frame=1, collimation=0, inversion=0, second_exposure=0, dirt=0)
_WRIST, _FINGER, _FRONTAL = ExtremityType.WRIST, ExtremityType.FINGER, Projection.FRONTAL
_SIZE_PX = 1024

CASE_IMAGES: dict[str, PhantomDescription] = {
    "wrist-fracture": PhantomDescription(
        _WRIST, _FRONTAL, Seeds(14, 14, 15), Abnormality.FRACTURE, 0.85, _SIZE_PX, False, _CLEAN
    ),
    "wrist-screws": PhantomDescription(
        _WRIST, _FRONTAL, Seeds(37, 37, 38), Abnormality.PLATE, 0.8, _SIZE_PX, True, _CLEAN
    ),
    "wrist-degenerative": PhantomDescription(
        _WRIST, _FRONTAL, Seeds(12, 12, 13), Abnormality.DEGENERATION, 0.95, _SIZE_PX, False, _CLEAN
    ),
    "thumb-nails": PhantomDescription(
        _FINGER, _FRONTAL, Seeds(11, 11, 48), Abnormality.WIRES, 0.8, _SIZE_PX, False, _CLEAN
    ),
    "fingertip-frame": PhantomDescription(
        _FINGER, Projection.LATERAL, Seeds(6, 6, 6), Abnormality.SUBLUXATION, 0.6, _SIZE_PX, False, _FRAMED
    ),
}
"""By the name of their folder. Chosen by eye among the first draws; none was chosen by what a model set says of it."""


def make_case_image(name: str) -> Phantom:
    """Simulate one of them; the same on every call.

    Raises
    ------
    KeyError
        If there is no such image.
    """
    return make_phantom(CASE_IMAGES[name])


def write_case_images(folder: Path) -> tuple[Path, ...]:
    """Simulate all and write radiograph, regions and record of each into a folder of its own.

    Raises
    ------
    OSError
        If `folder` cannot be written to.
    """
    written = []
    for name in CASE_IMAGES:
        place = folder / name
        place.mkdir(parents=True, exist_ok=True)
        phantom = make_case_image(name)
        encoded = cv2.imencode(".png", phantom.grey, [cv2.IMWRITE_PNG_COMPRESSION, 9])[1]
        write_atomically(place / IMAGE_FILE, encoded.tobytes())
        write_regions(place / REGIONS_FILE, phantom.regions)
        record = json.dumps(phantom.record, indent=1, ensure_ascii=False, allow_nan=False) + "\n"
        write_atomically(place / RECORD_FILE, record.encode())
        written.append(place)
    return tuple(written)
