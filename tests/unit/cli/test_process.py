"""The program as a process of its own: streams, exit codes, signals, the server."""

import json
import os
import re
import signal
import socket
import subprocess
import sys

import cv2
import numpy as np
import pytest

from densexplain.settings import PROJECT_FOLDER
from tests.processes import free_port, wait_until_healthy

pytestmark = pytest.mark.slow

_ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "TF_CPP_MIN_LOG_LEVEL"}
"""Without what whoever runs the tests has set: the program keeps TensorFlow quiet itself."""


def _start(*arguments, **environment):
    return subprocess.Popen(
        [sys.executable, "-m", "densexplain", *map(str, arguments)],
        cwd=PROJECT_FOLDER,
        env={**_ENVIRONMENT, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # A shell starts what it runs in the background with Ctrl-C ignored, and a child would inherit that.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )


def test_a_result_leaves_standard_error_empty(radiograph, model_folder):
    process = _start("explain", radiograph, "--model-set", "tiny", DENSEXPLAIN_MODELS=str(model_folder))
    out, err = process.communicate(timeout=120)
    assert (process.returncode, err) == (0, "")
    assert json.loads(out)["model_set"] == "tiny"


def test_a_refusal_is_one_line_and_no_output(tmp_path, model_folder):
    (tmp_path / "text.png").write_text("text")
    process = _start("explain", tmp_path / "text.png", "--model-set", "tiny", DENSEXPLAIN_MODELS=str(model_folder))
    out, err = process.communicate(timeout=120)
    assert (process.returncode, out) == (2, "")
    assert err.count("\n") == 1


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_ends_a_run_with_130_and_one_last_line(tmp_path, number):
    draw = np.random.default_rng(0)
    for split in ("train", "valid"):
        for label in ("positive", "negative"):
            study = tmp_path / "data" / split / "XR_KNEE" / label / f"study1_{label}"
            study.mkdir(parents=True)
            cv2.imwrite(str(study / "image1.png"), draw.integers(0, 256, (40, 40)).astype(np.uint8))
    process = _start(
        *(
            "train",
            "--data",
            tmp_path / "data",
            "--model-set",
            "x",
            "--run",
            tmp_path / "run",
            "--out",
            tmp_path / "out",
        ),
        *("--architecture", "tiny", "--size", "32", "--epochs", "100000"),
    )
    assert process.stderr is not None
    for line in process.stderr:
        if "done in" in line:
            process.send_signal(number)
            break
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (130, "")
    last = err.splitlines()[-1]
    assert re.fullmatch(r"densexplain: epoch \d+: stopped .*; the same command goes on from there", last)
    assert "Traceback" not in err
    assert (tmp_path / "run" / "state.safetensors").exists()


def test_serving_beyond_this_machine_is_refused(refused, monkeypatch):
    monkeypatch.setenv("HOME", "/nonexistent")
    for address in ("0.0.0.0", "::", "192.168.0.9"):
        assert "authenticates" in refused("serve", "--address", address)


@pytest.mark.parametrize("port", [0, 65536, "http"])
def test_a_port_that_cannot_be_is_refused(refused, port):
    assert "--port" in refused("serve", "--port", port)


def test_the_server_answers_on_this_machine_only():
    port = free_port()
    process = _start("serve", "--port", port)
    try:
        assert wait_until_healthy(process, port) == b"ok"
        with pytest.raises(OSError), socket.create_connection(("127.0.0.2", port), timeout=5):  # noqa: PT011
            pass
    finally:
        process.terminate()
        process.communicate(timeout=30)
