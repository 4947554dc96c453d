"""Batches of network inputs, the same for the same (seed, epoch, index) on any machine."""

from __future__ import annotations

import os
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import cv2
import keras
import numpy as np
from numpy.typing import NDArray

from densexplain.data_sets.images import read_training_image
from densexplain.data_sets.mura import LabelledRadiograph
from densexplain.errors import DataSetError, DensexplainError, OptionError
from densexplain.phantom.truth import regions_if_known
from densexplain.radiograph.preprocessing import InputSpecification
from densexplain.training.augmentation import Augmentation
from densexplain.training.labels import GroupOf, Groups, label_row
from densexplain.training.preparation import Place, Preparation
from densexplain.training.regions.region_targets import FINDING, Targets, stacked
from densexplain.vocabulary import Finding

Batch = tuple[Any, ...]
"""Inputs (batch, rows, size_px, 3), labels (batch, units), of which the first is abnormal, and sample weights (batch,)
where asked for.

Where regions are asked for, in place of the labels a dictionary: the labels as
`densexplain.training.regions.region_targets.FINDING`, and the targets of each supervised
stage."""

_LEAST_TRIES = 8
_LEAST_READ_AHEAD = 8


class RadiographBatches(keras.utils.PyDataset):  # type: ignore[misc]  # Keras has no type stubs
    """One epoch's batches; a new object per epoch, so nothing has to be kept in step.

    An image that cannot be read any more is listed in `skipped`. In training the
    next readable one of the epoch's order takes its place, so that every batch
    keeps its size. Without augmentation nothing may take its place: there it is
    an error, unless `blank_unreadable`.

    Parameters
    ----------
    items
        Radiographs with their findings.
    specification
        How each becomes a network input.
    batch_size
        Radiographs in a batch, of all processes together; the last batch may be
        smaller.
    augmentation
        None, as in validation, gives every image unchanged in the given order.
    seed, epoch
        Together they fix the order of the images and each image's variation.
    workers
        Threads that read ahead; None takes one for each processor core.
    band
        Share of the rows that is read; see `densexplain.training.recipe.GrowthStep`.
    first_step
        Batches of the epoch that are left out because they have been trained on
        already; batch 0 is then the epoch's batch `first_step`.
    shard
        (process, processes): of each batch only this process's part, an equal
        run of places. The end of the epoch's order, fewer images than there are
        processes, is left out so that the last batch can be divided too.
    class_weights
        Weights of normal and abnormal radiographs in the loss; None gives no
        sample weights.
    blank_unreadable
        Without augmentation, leave a black input where an image cannot be read;
        the caller takes those in `skipped` out of the result.
    truth
        Root of a data set, for its regions beside the labels; those of
        radiographs without truth are unknown. None gives labels alone.
    groups, group_of
        Groups of abnormalities with a label of their own, and whose a radiograph
        is; None leaves that unknown.

    Raises
    ------
    OptionError
        If `first_step` lies beyond the epoch or the batches cannot be divided
        among the processes.
    """

    def __init__(
        self,
        items: tuple[LabelledRadiograph, ...],
        specification: InputSpecification,
        batch_size: int,
        augmentation: Augmentation | None = None,
        seed: int = 0,
        epoch: int = 0,
        workers: int | None = None,
        band: float = 1.0,
        *,
        first_step: int = 0,
        shard: tuple[int, int] = (0, 1),
        class_weights: tuple[float, float] | None = None,
        blank_unreadable: bool = False,
        truth: Path | None = None,
        groups: Groups = (),
        group_of: GroupOf | None = None,
    ) -> None:
        # Keras reads one by one: its own queue goes on where building the network left it, one
        # batch late, on every backend but TensorFlow.
        super().__init__(workers=1, use_multiprocessing=False)
        threads = workers or os.cpu_count() or 1
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="radiographs")
        self._ahead: dict[int, Future[Batch]] = {}
        self._most_ahead = max(_LEAST_READ_AHEAD, threads)
        cv2.setNumThreads(1)  # the workers are the threads; OpenCV's own would only get into their way
        self._items, self._augmentation, self._truth = items, augmentation, truth
        self._groups, self._group_of = groups, group_of
        self._preparation = Preparation(specification, augmentation, band)
        self._batch_size, self._seed, self._epoch = batch_size, seed, epoch
        self._first_step, self._shard, self._blank_unreadable = first_step, shard, blank_unreadable
        self._weights = None if class_weights is None else np.array(class_weights, np.float32)
        self._skipped: set[Path] = set()
        self._lock = threading.Lock()
        self.refusal: DensexplainError | None = None
        """Why a batch could not be made: a backend may turn what is raised here into an error of its own."""
        order = np.arange(len(items))
        if augmentation is not None:
            order = np.random.default_rng((seed, epoch)).permutation(len(items))
        self._order = order[: len(order) // shard[1] * shard[1]]
        self._steps = -(-len(self._order) // batch_size)
        self._check()

    def _check(self) -> None:
        (process, processes), steps = self._shard, self._steps
        if not 0 <= self._first_step <= steps:
            raise OptionError(f"`first_step` must lie within the {steps} steps; received {self._first_step}")
        if not 0 <= process < processes or self._batch_size % processes:
            raise OptionError(
                f"`shard` must be one of the processes that a batch of {self._batch_size} can be divided among; "
                f"received {self._shard}"
            )
        if self._augmentation is None and len(self._order) < len(self._items):
            raise OptionError(
                f"`shard` must divide the {len(self._items)} radiographs where none may be left out; "
                f"received {processes} processes"
            )

    @property
    def skipped(self) -> tuple[Path, ...]:
        """Images met so far that cannot be read, each once, sorted."""
        with self._lock:
            return tuple(sorted(self._skipped))

    def __len__(self) -> int:
        """Batches from `first_step` to the end of the epoch."""
        return self._steps - self._first_step

    def __getitem__(self, index: int) -> Batch:
        """Inputs, labels and, with `class_weights`, sample weights.

        Raises
        ------
        DataSetError
            If an image cannot be read and none may take its place, or none of
            the next ones can be read either.
        IndexError
            If `index` is not one of the batches.
        """
        if not 0 <= index < len(self):
            raise IndexError(f"expected a batch of 0 to {len(self) - 1}; received {index}")
        with self._lock:
            ahead = range(index, min(index + self._most_ahead, len(self)))
            for passed in self._ahead.keys() - set(ahead):
                self._ahead.pop(passed).cancel()
            for later in ahead:
                if later not in self._ahead:
                    self._ahead[later] = self._threads.submit(self._batch, later)
            batch = self._ahead.pop(index)
        try:
            return batch.result()
        except DensexplainError as error:
            self.refusal = error
            raise

    def _batch(self, index: int) -> Batch:
        places = self._places(index + self._first_step)
        inputs = np.empty((len(places), *self._preparation.shape, 3), np.float32)
        chosen = [self._fill(out, place) for out, place in zip(inputs, places, strict=True)]
        abnormal = np.array([self._items[i].finding is Finding.ABNORMAL for i, _ in chosen], np.intp)
        labels: Any = np.array([self._labels(self._items[i]) for i, _ in chosen], np.float32)
        if self._truth is not None:
            labels = {FINDING: labels} | stacked([self._targets(self._truth, i, moved) for i, moved in chosen])
        return (inputs, labels) if self._weights is None else (inputs, labels, self._weights[abnormal])

    def _labels(self, item: LabelledRadiograph) -> list[float]:
        abnormal = item.finding is Finding.ABNORMAL
        group = self._group_of(item) if abnormal and self._group_of is not None else None
        return label_row(abnormal, group, self._groups)

    def _targets(self, truth: Path, index: int, place: Place) -> Targets:
        return place.targets(regions_if_known(truth, self._items[index]))

    def _places(self, step: int) -> range:
        """Places in the epoch's order that this process reads for a step."""
        process, processes = self._shard
        first = step * self._batch_size
        share = (min(first + self._batch_size, len(self._order)) - first) // processes
        return range(first + process * share, first + (process + 1) * share)

    def _fill(self, out: NDArray[np.float32], place: int) -> tuple[int, Place]:
        """Write the input for a place of the order; which item it is of, and where its pixels have gone."""
        tries = 1 if self._augmentation is None else min(len(self._order), max(self._batch_size, _LEAST_TRIES))
        for later in range(tries):
            index = int(self._order[(place + later) % len(self._order)])
            path = self._items[index].path
            try:
                pixels = read_training_image(path)
            except DataSetError as error:
                refusal = error
                with self._lock:
                    self._skipped.add(path)
            else:
                return index, self._prepare(out, pixels, index)
        if self._augmentation is None and self._blank_unreadable:
            return index, self._prepare(out, np.zeros((1, 1), np.float32), index)
        if self._augmentation is None:
            raise refusal
        raise DataSetError(f"expected readable radiographs; {tries} in a row cannot be read, {path} the last of them")

    def _prepare(self, out: NDArray[np.float32], pixels: NDArray[np.float32], index: int) -> Place:
        return self._preparation.apply(out, pixels, np.random.default_rng((self._seed, self._epoch, index)))
