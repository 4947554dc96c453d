"""Check every image of a data set once: whether it can be read, and whether it occurs more than once."""

from __future__ import annotations

import hashlib
import os
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from densexplain.data_sets.data_problems import Problem, ProblemKind
from densexplain.data_sets.decoder_messages import decoder_messages_hidden
from densexplain.data_sets.images import decode_training_image
from densexplain.data_sets.mura import LabelledRadiograph
from densexplain.errors import DataSetError

_IMAGES_PER_TASK = 32


def content_problems(
    folder: Path, items: tuple[LabelledRadiograph, ...], report: Callable[[str], None], every_seconds: float = 5.0
) -> list[Problem]:
    """Decode and compare images.

    Parameters
    ----------
    folder
        The data set's root, which paths are relative to.
    items
        Images of all splits.
    report
        Receives a line of progress now and then.
    every_seconds
        Least time between two of them.

    Returns
    -------
    list of Problem
        Unreadable images and groups of files with the same bytes.
    """
    problems: list[Problem] = []
    copies: dict[bytes, list[LabelledRadiograph]] = defaultdict(list)
    tasks = [items[start : start + _IMAGES_PER_TASK] for start in range(0, len(items), _IMAGES_PER_TASK)]
    done, last = 0, time.monotonic()
    with decoder_messages_hidden(), ThreadPoolExecutor(os.cpu_count()) as threads:
        for task, results in zip(tasks, threads.map(_look_into, tasks), strict=True):
            for item, (digest, fault) in zip(task, results, strict=True):
                if fault:
                    problems.append(Problem(ProblemKind.UNREADABLE_IMAGE, from_root(item.path, folder), fault))
                if digest:
                    copies[digest].append(item)
            done += len(task)
            if time.monotonic() - last >= every_seconds:
                last = time.monotonic()
                report(f"read {done} of {len(items)} images")
    for group in copies.values():
        if len(group) > 1:
            problems += _duplicates(folder, group)
    return problems


def from_root(path: Path, folder: Path) -> str:
    """A path as problems name it: from the data set's root on, with forward slashes."""
    return path.relative_to(folder).as_posix()


def _look_into(items: Iterable[LabelledRadiograph]) -> list[tuple[bytes, str]]:
    return [_digest_and_fault(item.path) for item in items]


def _digest_and_fault(path: Path) -> tuple[bytes, str]:
    """SHA-256 of a file and why it cannot be read; either is empty where there is none."""
    try:
        content = path.read_bytes()
    except OSError as error:
        return b"", error.strerror or "cannot be opened"
    try:
        decode_training_image(content, path)
    except DataSetError as error:
        return _digest(content), str(error).removeprefix(f"expected a readable PNG or JPEG; {path} ")
    return _digest(content), ""


def _digest(content: bytes) -> bytes:
    return hashlib.sha256(content).digest() if content else b""


def _duplicates(folder: Path, group: list[LabelledRadiograph]) -> list[Problem]:
    """One problem for each way in which copies of one file do harm; a plain one if in none."""
    kinds = [
        kind
        for kind, values in (
            (ProblemKind.DUPLICATE_ACROSS_SPLITS, {item.split for item in group}),
            (ProblemKind.DUPLICATE_ACROSS_LABELS, {item.finding for item in group}),
        )
        if len(values) > 1
    ]
    path, *also = (from_root(item.path, folder) for item in group)
    return [Problem(kind, path, also=tuple(also)) for kind in kinds or [ProblemKind.DUPLICATE]]
