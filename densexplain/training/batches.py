"""Batches of network inputs, the same for the same (seed, epoch, index) on any machine."""

from __future__ import annotations

from pathlib import Path

import cv2
import keras
import numpy as np
from numpy.typing import NDArray

from densexplain.errors import DataSetError
from densexplain.radiograph.preprocessing import InputSpecification, prepare
from densexplain.training.augmentation import Augmentation
from densexplain.training.mura import LabelledRadiograph
from densexplain.vocabulary import Finding


def read_training_image(path: Path) -> NDArray[np.float32]:
    """Read one image of a data set, shape (rows, columns), float32 in [0, 1].

    Raises
    ------
    DataSetError
        If the file is not a readable 8 or 16-bit PNG or JPEG.
    """
    image = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE | cv2.IMREAD_ANYDEPTH)
    if image is None:
        raise DataSetError(f"expected a readable PNG or JPEG; {path} cannot be decoded")
    largest = 65535 if image.dtype == np.uint16 else 255
    return np.asarray(np.asarray(image, np.float32) / np.float32(largest), np.float32)


class RadiographBatches(keras.utils.PyDataset):  # type: ignore[misc]  # Keras has no type stubs
    """One epoch's batches; a new object per epoch, so nothing has to be kept in step.

    Parameters
    ----------
    items
        Radiographs with their findings.
    specification
        How each becomes a network input.
    batch_size
        Radiographs in a batch; the last batch may be smaller.
    augmentation
        None, as in validation, gives every image unchanged in the given order.
    seed, epoch
        Together they fix the order of the images and each image's variation.
    workers
        Threads that read ahead.
    band
        Share of the rows that is read; see `densexplain.training.recipe.GrowthStep`.
    """

    def __init__(
        self,
        items: tuple[LabelledRadiograph, ...],
        specification: InputSpecification,
        batch_size: int,
        augmentation: Augmentation | None = None,
        seed: int = 0,
        epoch: int = 0,
        workers: int = 2,
        band: float = 1.0,
    ) -> None:
        super().__init__(workers=workers, use_multiprocessing=False, max_queue_size=8)
        self._items = items
        self._specification = specification
        self._batch_size = batch_size
        self._augmentation = augmentation
        self._seed = seed
        self._epoch = epoch
        self._band = band
        self._order = np.arange(len(items))
        if augmentation is not None:
            self._order = np.random.default_rng((seed, epoch)).permutation(len(items))

    def __len__(self) -> int:
        """Batches in the epoch."""
        return -(-len(self._items) // self._batch_size)

    def __getitem__(self, index: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Inputs (batch, size_px, size_px, 3) and labels (batch, 1), 1 = abnormal."""
        chosen = self._order[index * self._batch_size : (index + 1) * self._batch_size]
        inputs = np.stack([self._input(int(i)) for i in chosen])
        labels = np.array([[self._items[i].finding is Finding.ABNORMAL] for i in chosen], np.float32)
        return inputs, labels

    def _input(self, index: int) -> NDArray[np.float32]:
        pixels, shift = read_training_image(self._items[index].path), 0.5
        if self._augmentation is not None:
            draw = np.random.default_rng((self._seed, self._epoch, index))
            pixels = self._augmentation.apply(pixels, draw)
            shift = draw.random()
        return _middle_rows(prepare(pixels, self._specification), self._band, shift)


def _middle_rows(inputs: NDArray[np.float32], band: float, shift: float) -> NDArray[np.float32]:
    """A band of rows about the middle, moved by `shift` in [0, 1] (0.5 = not at all)."""
    rows = inputs.shape[0]
    kept = max(32, round(rows * band))
    if kept >= rows:
        return inputs
    top = (rows - kept) / 2 + (2 * shift - 1) * (rows - kept) / 5
    return inputs[round(top) : round(top) + kept]
