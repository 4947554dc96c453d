"""Simulating radiographs: images a second on one core."""

from __future__ import annotations

import cv2
from figures import Figure, seconds_of

from densexplain.phantom.data_set import DataSetPlan, planned_images
from densexplain.phantom.phantom import make_phantom

_IMAGES = 60
_RATE = 5.0


def measure() -> list[Figure]:
    cv2.setNumThreads(1)
    plan = [image.description for image in planned_images(DataSetPlan(2 * _IMAGES, seed=9))]
    for description in plan[:_IMAGES]:  # bones and textures are made once
        make_phantom(description)
    seconds = seconds_of(lambda: [make_phantom(description) for description in plan[_IMAGES:]])
    rate = _IMAGES / seconds
    return [
        Figure(
            "phantom",
            "phantoms of 512 px a second, one core",
            f">= {_RATE:g}",
            f"{rate:.1f}",
            rate >= _RATE,
            f"{_IMAGES} of all extremities, half with an abnormality, masks and artefacts included",
        )
    ]
