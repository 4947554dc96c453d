"""Labelled radiographs as network inputs, unchanged and in order: what is predicted, not trained on."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from densexplain.data_sets.images import read_training_image
from densexplain.data_sets.mura import LabelledRadiograph
from densexplain.radiograph.preprocessing import InputSpecification, prepare

_LEAST_READ_AHEAD = 8


def network_inputs(
    items: Sequence[LabelledRadiograph], specification: InputSpecification, batch_size: int
) -> Iterator[NDArray[np.float32]]:
    """Read radiographs batch by batch, some ahead of the network.

    Parameters
    ----------
    items
        Radiographs in the order wanted.
    specification
        How each becomes a network input.
    batch_size
        Radiographs in a batch, at least 1; the last batch may be smaller.

    Yields
    ------
    numpy.ndarray
        Shape (batch, size_px, size_px, 3), float32, normalised; as `densexplain.radiograph.preprocessing.prepare`
        makes each.

    Raises
    ------
    DataSetError
        If an image cannot be read.
    """

    def read(item: LabelledRadiograph) -> NDArray[np.float32]:
        return prepare(read_training_image(item.path), specification)

    workers = os.cpu_count() or 1
    with ThreadPoolExecutor(workers, thread_name_prefix="radiographs") as threads:
        left = iter(items)
        ahead: deque[Future[NDArray[np.float32]]] = deque()
        try:
            for start in range(0, len(items), batch_size):
                wanted = batch_size + max(_LEAST_READ_AHEAD, workers) - len(ahead)
                ahead.extend(threads.submit(read, item) for item in islice(left, wanted))
                count = min(batch_size, len(items) - start)
                yield np.stack([ahead.popleft().result() for _ in range(count)])
        finally:
            for unread in ahead:
                unread.cancel()
