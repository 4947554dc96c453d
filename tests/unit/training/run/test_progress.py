"""Progress in words."""

import re

import pytest

from densexplain.progress import time_left
from densexplain.training.run.progress import StepProgress


@pytest.mark.parametrize(("seconds", "text"), [(0, "0:00:00"), (59.6, "0:01:00"), (3725, "1:02:05")])
def test_time_is_told_in_hours_minutes_and_seconds(seconds, text):
    assert time_left(seconds) == text


def _run(every_seconds):
    lines = []
    progress = StepProgress(lines.append, "epoch 1/2 at 32 px", 3, 1.0, every_seconds)
    progress.on_epoch_begin(0)
    for step in range(3):
        progress.on_train_batch_end(step, {"loss": 0.5, "accuracy": 0.75})
    return lines


def test_every_step_is_told_when_there_is_time():
    lines = _run(every_seconds=0)
    pattern = r"epoch 1/2 at 32 px  step \d/3  loss 0\.5000  accuracy 0\.750  left \d:\d\d:\d\d, in all \d:\d\d:\d\d"
    assert all(re.fullmatch(pattern, line) for line in lines)
    assert [line.split("step ")[1][:3] for line in lines] == ["2/3", "3/3"]


def test_the_last_step_is_always_told():
    assert [line.split("step ")[1][:3] for line in _run(every_seconds=3600)] == ["3/3"]


def test_a_quiet_run_tells_no_steps():
    assert _run(every_seconds=float("inf")) == []


def test_a_run_that_goes_on_counts_from_the_epochs_start():
    lines = []
    progress = StepProgress(lines.append, "epoch 1/2 at 32 px", 9, 1.0, 0, first_step=6)
    progress.on_epoch_begin(0)
    for step in range(3):
        progress.on_train_batch_end(step)
    assert [line.split("step ")[1][:3] for line in lines] == ["8/9", "9/9"]
