"""Readable results of a run: a table, curves and, on request, TensorBoard's events."""

from __future__ import annotations

import csv
import io
import time
from collections.abc import Sequence
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

from densexplain.errors import OptionError, TrainingError
from densexplain.files import write_atomically
from densexplain.render.learning_curves import learning_curves
from densexplain.training.selection import EpochRecord

HISTORY_FILE = "history.csv"
CURVES_FILE = "learning-curves.png"


def write_history(
    folder: Path, history: Sequence[EpochRecord], kept: EpochRecord | None, *, curves: bool = True
) -> None:
    """Write ``history.csv`` and, with `curves`, ``learning-curves.png``, each whole or not at all.

    Raises
    ------
    TrainingError
        If the folder cannot be written.
    """
    table = io.StringIO()
    writer = csv.DictWriter(table, [field.name for field in fields(EpochRecord)], lineterminator="\n")
    writer.writeheader()
    writer.writerows(asdict(record) for record in history)
    try:
        write_atomically(folder / HISTORY_FILE, table.getvalue().encode())
        if not curves:
            return
        records = [asdict(record) for record in history]
        write_atomically(folder / CURVES_FILE, learning_curves(records, None if kept is None else kept.epoch))
    except OSError as error:
        raise TrainingError(
            f"the run's history could not be written to {folder}: {error.strerror}; the state is intact"
        ) from error


class TensorBoardEvents:
    """Writes every epoch's figures as scalars for TensorBoard, whatever the backend.

    Parameters
    ----------
    folder
        Where the event file goes.

    Raises
    ------
    OptionError
        If the package tensorboard is not installed.
    """

    def __init__(self, folder: Path) -> None:
        try:
            from tensorboard.compat.proto import event_pb2, summary_pb2
            from tensorboard.summary.writer.event_file_writer import EventFileWriter
        except ImportError as error:
            raise OptionError("`--tensorboard` needs the package tensorboard; install it with pip") from error
        self._event, self._summary = event_pb2.Event, summary_pb2.Summary
        self._writer: Any = EventFileWriter(str(folder))

    def write(self, record: EpochRecord) -> None:
        """Add one epoch."""
        values = [
            self._summary.Value(tag=name, simple_value=float(value))
            for name, value in asdict(record).items()
            if name != "epoch"
        ]
        summary = self._summary(value=values)
        self._writer.add_event(self._event(wall_time=time.time(), step=record.epoch, summary=summary))
        self._writer.flush()
