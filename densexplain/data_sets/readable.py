"""Which radiographs of a list can be read: checked beforehand where none may be replaced by another."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from densexplain.data_sets.decoder_messages import decoder_messages_hidden
from densexplain.data_sets.images import read_training_image
from densexplain.data_sets.mura import LabelledRadiograph
from densexplain.errors import DataSetError


def readable_items(
    items: tuple[LabelledRadiograph, ...], report: Callable[[str], None], every_seconds: float = 15.0
) -> tuple[tuple[LabelledRadiograph, ...], tuple[Path, ...]]:
    """Decode every radiograph once and separate those that can be read from the rest.

    Parameters
    ----------
    items
        Radiographs of a data set.
    report
        Receives one line for each that cannot be read, saying why, and a line of
        progress now and then.
    every_seconds
        Least time between two lines of progress.

    Returns
    -------
    items : tuple of LabelledRadiograph
        Those that can be read, in the given order.
    skipped : tuple of Path
        The others, in the given order.

    Raises
    ------
    DataSetError
        If there are radiographs and none can be read.
    """
    readable, skipped, last = [], [], time.monotonic()
    with decoder_messages_hidden(), ThreadPoolExecutor(os.cpu_count()) as threads:
        faults = threads.map(lambda item: fault_of(item.path), items)
        for number, (item, fault) in enumerate(zip(items, faults, strict=True), 1):
            if fault is None:
                readable.append(item)
            else:
                skipped.append(item.path)
                report(f"skipped: {fault}")
            if time.monotonic() - last >= every_seconds:
                last = time.monotonic()
                report(f"read {number} of {len(items)} radiographs")
    if items and not readable:
        raise DataSetError(f"expected readable radiographs; none of {len(items)} can be read, {skipped[0]} among them")
    return tuple(readable), tuple(skipped)


def fault_of(path: Path) -> str | None:
    """Why an image cannot be read, as a sentence; None if it can."""
    try:
        read_training_image(path)
    except DataSetError as error:
        return str(error)
    return None
