"""What a run leaves for people: a table, curves, TensorBoard's events."""

import csv
import dataclasses
import sys

import cv2
import pytest
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from densexplain.errors import OptionError, TrainingError
from densexplain.training.run.history import CURVES_FILE, HISTORY_FILE, TensorBoardEvents, write_history
from densexplain.training.selection import EpochRecord

_FIRST = EpochRecord(1, 64, 2.5, 0.6, 0.7, 0.65, 0.66, 0.3, 0.75)
_SECOND = dataclasses.replace(_FIRST, epoch=2, loss=0.5, valid_kappa=0.4, skipped=3)


def test_the_table_holds_every_figure_of_every_epoch(tmp_path):
    write_history(tmp_path, [_FIRST, _SECOND], _SECOND)
    with (tmp_path / HISTORY_FILE).open() as file:
        rows = list(csv.DictReader(file))
    assert [{name: float(value) for name, value in row.items()} for row in rows] == [
        dataclasses.asdict(_FIRST),
        dataclasses.asdict(_SECOND),
    ]


def test_the_curves_are_a_picture_of_the_size_they_should_have(tmp_path):
    write_history(tmp_path, [_FIRST, _SECOND], _SECOND)
    assert cv2.imread(str(tmp_path / CURVES_FILE)).shape == (400, 1200, 3)
    one_epoch = (tmp_path / CURVES_FILE).read_bytes()
    write_history(tmp_path, [_FIRST], None)
    assert (tmp_path / CURVES_FILE).read_bytes() != one_epoch


def test_a_folder_that_cannot_be_written_is_told_in_a_sentence(tmp_path):
    with pytest.raises(TrainingError, match="the state is intact"):
        write_history(tmp_path / "missing", [_FIRST], None)


def test_tensorboard_reads_the_events(tmp_path):
    events = TensorBoardEvents(tmp_path)
    events.write(_FIRST)
    events.write(_SECOND)
    read = EventAccumulator(str(tmp_path))
    read.Reload()
    scalars = read.Scalars("valid_kappa")
    assert [(scalar.step, round(scalar.value, 6)) for scalar in scalars] == [(1, 0.3), (2, 0.4)]
    assert "epoch" not in read.Tags()["scalars"]


def test_without_the_package_the_option_is_refused(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "tensorboard.compat.proto", None)
    with pytest.raises(OptionError, match="package tensorboard"):
        TensorBoardEvents(tmp_path)
