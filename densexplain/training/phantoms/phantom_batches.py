"""Batches of fresh phantoms, with or without a data set's radiographs among them."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from densexplain.data_sets.images import read_training_image
from densexplain.data_sets.mura import LabelledRadiograph
from densexplain.errors import DataSetError, DensexplainError
from densexplain.phantom.numbered import DrawnPhantom
from densexplain.radiograph.regions.regions import Mask, unpacked
from densexplain.training.batches import Batch
from densexplain.training.labels import Groups, label_row
from densexplain.training.phantoms.phantom_stream import PhantomStream
from densexplain.training.preparation import Place, Preparation
from densexplain.training.regions.region_targets import FINDING, stacked
from densexplain.vocabulary import Finding, Region

_KEPT_STEPS = 8
"""Keras looks at the first batches twice."""

_LEAST_TRIES = 8
_FROM_DATA, _ORDER, _VARIATION = 1, 2, 3


@dataclass(frozen=True)
class Mixture:
    """Which radiographs the steps of a run consist of.

    Every number that it gives follows from the seed and from where in the run it
    is asked for, so that a run goes on in the middle of an epoch as if it had not
    stopped.

    Parameters
    ----------
    seed
        Of the run.
    steps
        Of an epoch.
    phantoms, others
        How many of each batch are phantoms, and how many are a data set's.
    repeats
        How often a phantom is seen within its epoch.
    """

    seed: int
    steps: int
    phantoms: int
    others: int
    repeats: int

    @property
    def distinct(self) -> int:
        """Phantoms that are drawn for an epoch."""
        return -(-self.steps * self.phantoms // self.repeats)

    def phantom_numbers(self, epoch: int, step: int) -> list[int]:
        """Numbers in the row of phantoms of those in a step; the first time round in their order."""
        numbers = []
        for place in range(step * self.phantoms, (step + 1) * self.phantoms):
            turn, within = divmod(place, self.distinct)
            if turn:
                rng = np.random.default_rng((self.seed, _ORDER, epoch, turn))
                within = int(rng.permutation(self.distinct)[within])
            numbers.append(epoch * self.distinct + within)
        return numbers

    def data_places(self, epoch: int, step: int) -> range:
        """Places of a step in the endless row of a data set's radiographs."""
        first = (epoch * self.steps + step) * self.others
        return range(first, first + self.others)

    def data_index(self, place: int, items: int) -> int:
        """Which of so many radiographs lies in a place: every one once, in a random order, then anew."""
        turn, within = divmod(place, items)
        return int(np.random.default_rng((self.seed, _FROM_DATA, turn)).permutation(items)[within])

    def variation(self, epoch: int, step: int, place: int) -> np.random.Generator:
        """Randomness for one radiograph of a batch."""
        return np.random.default_rng((self.seed, _VARIATION, epoch, step, place))


Seen = tuple[NDArray[np.float32], list[float], Mapping[Region, Mask] | None]
"""A radiograph's grey levels, shape (rows, columns), float32 in [0, 1]; its labels; its masks where they are known."""


class PhantomBatches(keras.utils.PyDataset):  # type: ignore[misc]  # Keras has no type stubs
    """One epoch's batches.

    Parameters
    ----------
    mixture
        Which radiographs they consist of.
    stream
        Where the phantoms come from.
    items
        A data set's radiographs; may be empty where the mixture wants none.
    preparation
        How a radiograph becomes an input.
    epoch, first_step
        Which epoch, counted from 0, from which of its steps on.
    with_regions
        Whether regions are given beside the labels; a data set's are unknown.
    groups
        Groups of abnormalities with a label of their own; a data set's are unknown.
    """

    def __init__(
        self,
        mixture: Mixture,
        stream: PhantomStream,
        items: tuple[LabelledRadiograph, ...],
        preparation: Preparation,
        epoch: int,
        first_step: int,
        with_regions: bool,
        groups: Groups = (),
    ) -> None:
        super().__init__(workers=1, use_multiprocessing=False)
        self._mixture, self._stream, self._items, self._preparation = mixture, stream, items, preparation
        self._epoch, self._first_step, self._with_regions = epoch, first_step, with_regions
        self._groups = groups
        self._skipped: set[Path] = set()
        self._lock = threading.Lock()
        self.refusal: DensexplainError | None = None
        """Why a batch could not be made: a backend may turn what is raised here into an error of its own."""

    @property
    def skipped(self) -> tuple[Path, ...]:
        """Images of the data set met so far that cannot be read, each once, sorted."""
        with self._lock:
            return tuple(sorted(self._skipped))

    def __len__(self) -> int:
        """Batches from `first_step` to the end of the epoch."""
        return self._mixture.steps - self._first_step

    def __getitem__(self, index: int) -> Batch:
        """Inputs, and labels or targets.

        Raises
        ------
        DataSetError
            If none of several radiographs in a row can be read.
        TrainingError
            If phantoms can no longer be drawn.
        IndexError
            If `index` is not one of the batches.
        """
        if not 0 <= index < len(self):
            raise IndexError(f"expected a batch of 0 to {len(self) - 1}; received {index}")
        try:
            return self._batch(index + self._first_step)
        except DensexplainError as error:
            self.refusal = error
            raise

    def _batch(self, step: int) -> Batch:
        seen = [*self._phantoms(step), *self._others(step)]
        inputs = np.empty((len(seen), *self._preparation.shape, 3), np.float32)
        places: list[Place] = [
            self._preparation.apply(out, pixels, self._mixture.variation(self._epoch, step, place))
            for place, (out, (pixels, _, _)) in enumerate(zip(inputs, seen, strict=True))
        ]
        labels: Any = np.array([labels for _, labels, _ in seen], np.float32)
        if self._with_regions:
            targets = [place.targets(masks) for place, (_, _, masks) in zip(places, seen, strict=True)]
            labels = {FINDING: labels} | stacked(targets)
        return inputs, labels

    def _phantoms(self, step: int) -> list[Seen]:
        mixture = self._mixture
        kept = self._epoch * mixture.distinct
        if mixture.repeats == 1:
            kept += max(self._first_step, step - _KEPT_STEPS) * mixture.phantoms
        drawn = [self._stream.get(number, kept) for number in mixture.phantom_numbers(self._epoch, step)]
        return [
            (np.divide(one.grey, np.float32(255), dtype=np.float32), self._labels(one), unpacked(one.regions))
            for one in drawn
        ]

    def _labels(self, phantom: DrawnPhantom) -> list[float]:
        group = None if phantom.abnormality is None else phantom.abnormality.group
        return label_row(phantom.abnormal, group, self._groups)

    def _others(self, step: int) -> list[Seen]:
        return [self._readable(place) for place in self._mixture.data_places(self._epoch, step)]

    def _readable(self, place: int) -> Seen:
        """The radiograph in a place, or the next one that can be read."""
        tries = min(len(self._items), _LEAST_TRIES)
        for later in range(tries):
            item = self._items[self._mixture.data_index(place + later, len(self._items))]
            try:
                pixels = read_training_image(item.path)
            except DataSetError:
                with self._lock:
                    self._skipped.add(item.path)
            else:
                return pixels, label_row(item.finding is Finding.ABNORMAL, None, self._groups), None
        raise DataSetError(f"expected readable radiographs; {tries} in a row cannot be read, {item.path} the last")
