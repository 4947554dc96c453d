"""Room for a run's state, found out before the run."""

from pathlib import Path

import pytest

from densexplain.classifier.engines.keras.layers import build_network
from densexplain.classifier.wiring.registry import ARCHITECTURES
from densexplain.errors import TrainingError
from densexplain.training.run.state import check_room

pytestmark = pytest.mark.slow


def test_a_disk_without_room_is_refused_in_one_sentence():
    model = build_network(ARCHITECTURES["tiny"], None)
    with pytest.raises(TrainingError, match="MB of free disk for the run's state; /proc has 0 MB"):
        check_room(Path("/proc"), model)  # a file system with no free block


def test_a_folder_that_cannot_be_made_is_refused(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(TrainingError, match="could not be written"):
        check_room(tmp_path / "file" / "run", build_network(ARCHITECTURES["tiny"], None))


def test_room_enough_is_taken(tmp_path):
    check_room(tmp_path / "run", build_network(ARCHITECTURES["tiny"], None))
    assert (tmp_path / "run").is_dir()
