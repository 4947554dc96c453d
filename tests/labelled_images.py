"""A data set of generated images in MURA's layout: abnormal ones hold a bright bar."""

import cv2
import numpy as np
import pytest

_SIDE = 48


def _image(draw: np.random.Generator, abnormal: bool) -> np.ndarray:
    image = draw.integers(20, 60, (_SIDE, _SIDE)).astype(np.uint8)
    if abnormal:
        row = int(draw.integers(12, 30))
        image[row : row + 6, 8:40] = 230
    return image


def write_data_set(folder, train: int, valid: int) -> None:
    draw = np.random.default_rng(7)
    for split, count in (("train", train), ("valid", valid)):
        for number in range(count):
            abnormal = number % 2 == 1
            extremity = "XR_WRIST" if number % 4 < 2 else "XR_HAND"
            label = "positive" if abnormal else "negative"
            study = folder / split / extremity / f"patient{number:05d}" / f"study1_{label}"
            study.mkdir(parents=True)
            suffix = "png" if number % 3 else "jpg"
            assert cv2.imwrite(str(study / f"image1.{suffix}"), _image(draw, abnormal))


@pytest.fixture(scope="session")
def data_set(tmp_path_factory):
    folder = tmp_path_factory.mktemp("data")
    write_data_set(folder, train=24, valid=12)
    return folder
