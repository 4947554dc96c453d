"""A killed run goes on to the same weights; a full disk costs nothing that was there."""

import json
import os
import subprocess
import sys

import pytest

from tests.tiny import ROOT

pytestmark = pytest.mark.slow

# Seven runs one after the other, each of which starts TensorFlow anew: minutes on a busy machine.
_SECONDS = 900
in_time = pytest.mark.timeout(_SECONDS + 20)


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    """Two kills and a full disk; `make bench` makes two hundred and twenty of them."""
    command = [
        sys.executable,
        str(ROOT / "tests" / "survival.py"),
        str(tmp_path_factory.mktemp("survival")),
        *("2", "0", "1", "7"),
    ]
    environment = {**os.environ, "CUDA_VISIBLE_DEVICES": "", "KERAS_BACKEND": "tensorflow", "PYTHONPATH": str(ROOT)}
    result = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=_SECONDS)
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


@in_time
def test_a_killed_run_ends_in_the_weights_of_an_undisturbed_one(report):
    assert len(report["kills"]) == 2
    assert all(kill["same"] for kill in report["kills"])
    assert any(kill["killed"] and kill["had_state"] for kill in report["kills"]), "no kill fell into the training"


@in_time
def test_a_full_disk_is_one_line_and_leaves_the_state_before(report):
    assert len(report["full"]) == 1
    for full in report["full"]:
        assert (full["code"], full["traceback"]) == (2, False)
        assert full["refusal"].startswith("densexplain: the run's state could not be written")
        assert "the previous state is intact" in full["refusal"]
        assert not [name for name in full["left"] if name.startswith(".state")]
        assert full["same"]
