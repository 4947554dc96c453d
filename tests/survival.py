"""Runs that are killed or find the disk full, each in a process forked from one that has imported Keras.

A process that starts anew spends most of its life importing; a forked one is
training within a second, so that hundreds of kills fall where they matter.
Used by the tests with a few and by `tests/benchmarks/bench_survival.py` with
two hundred.
"""

import hashlib
import json
import os
import random
import resource
import shutil
import signal
import sys
import time
from pathlib import Path

import cv2
import numpy as np

SETTINGS = (
    *("--architecture", "tiny", "--size", "32", "--batch-size", "4", "--epochs", "3", "--learning-rate", "0.003"),
    *("--rule", "last", "--state-every", "1", "--model-set", "m", "--quiet"),
)
STATE, WEIGHTS = Path("run/state.safetensors"), Path("models/m/weights.safetensors")


def write_data_set(folder: Path) -> None:
    """16 radiographs to train on and 8 to measure on; abnormal ones hold a bright bar."""
    draw = np.random.default_rng(1)
    for split, count in (("train", 16), ("valid", 8)):
        for number in range(count):
            label = ("negative", "positive")[number % 2]
            study = folder / split / "XR_WRIST" / f"patient{number:05d}" / f"study1_{label}"
            study.mkdir(parents=True)
            image = draw.integers(20, 90, (40, 40)).astype(np.uint8)
            image[15:20] += np.uint8(100 * (number % 2))
            cv2.imwrite(str(study / "image1.png"), image)


def import_everything() -> None:
    """Import what a run needs, without starting a backend, so that a fork is safe and quick."""
    import keras  # noqa: F401
    import sklearn.metrics  # noqa: F401

    import densexplain.__main__
    import densexplain.training.finish
    import densexplain.training.trainer  # noqa: F401


def fork_run(data: Path, folder: Path, file_limit: int | None = None) -> int:
    """Start `train` in a forked process whose output goes to files in `folder`; its process id.

    `file_limit` is the most bytes that one file may have, as a disk that is full.
    """
    folder.mkdir(parents=True, exist_ok=True)
    process = os.fork()
    if process:
        return process
    try:
        for descriptor, name in ((1, "out"), (2, "err")):
            file = os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
            os.dup2(file, descriptor)
        sys.stdout, sys.stderr = os.fdopen(1, "w"), os.fdopen(2, "w")
        if file_limit is not None:
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (file_limit, file_limit))
        from densexplain.__main__ import main

        words = ["train", "--data", data, "--run", folder / "run", "--out", folder / "models", *SETTINGS]
        code = main([str(word) for word in words])
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    finally:
        os._exit(99)


def finished(process: int) -> int:
    """Wait for a process; its exit code, negative for a signal."""
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])


def kill_after(process: int, seconds: float) -> bool:
    """SIGKILL a process after some time; whether it was still running."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if os.waitpid(process, os.WNOHANG) != (0, 0):
            return False
        time.sleep(0.002)
    os.kill(process, signal.SIGKILL)
    return finished(process) == -signal.SIGKILL


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def kill_and_resume(data: Path, folder: Path, seconds: float, expected: str) -> dict[str, bool]:
    """Kill one run after some time and let the same command finish it."""
    killed = kill_after(fork_run(data, folder), seconds)
    had_state = (folder / STATE).exists()
    same = finished(fork_run(data, folder)) == 0 and sha256(folder / WEIGHTS) == expected
    return {"killed": killed, "had_state": had_state, "same": same}


def fill_and_resume(data: Path, folder: Path, file_limit: int, expected: str) -> dict[str, object]:
    """Let one run meet a full disk, look at what is left, and let the same command finish it."""
    code = finished(fork_run(data, folder, file_limit))
    lines = (folder / "err").read_text().splitlines()
    left = sorted(path.name for path in (folder / "run").iterdir())
    same = finished(fork_run(data, folder)) == 0 and sha256(folder / WEIGHTS) == expected
    return {"code": code, "refusal": lines[-1], "traceback": any("Traceback" in line for line in lines)} | {
        "left": left,
        "same": same,
    }


def experiment(folder: Path, kills: int, full: int, seed: int) -> dict[str, list[dict[str, object]]]:
    """Kill and fill so often, each in a folder of its own."""
    data, draw = folder / "data", random.Random(seed)
    write_data_set(data)
    import_everything()
    start = time.monotonic()
    assert finished(fork_run(data, folder / "whole")) == 0, (folder / "whole" / "err").read_text()
    seconds, expected = time.monotonic() - start, sha256(folder / "whole" / WEIGHTS)
    # A state before the first kept epoch is smaller than the last one, which the disk has no room for.
    largest = (folder / "whole" / STATE).stat().st_size
    limits = [draw.randrange(largest * 80 // 100, largest) for _ in range(full)]
    report: dict[str, list[dict[str, object]]] = {"kills": [], "full": []}
    for number in range(kills):
        place = folder / f"killed{number}"
        report["kills"].append({**kill_and_resume(data, place, draw.uniform(0.2, 1.0) * seconds, expected)})
        shutil.rmtree(place)
    for number, limit in enumerate(limits):
        report["full"].append(fill_and_resume(data, folder / f"full{number}", limit, expected))
    return report


if __name__ == "__main__":
    print(json.dumps(experiment(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))))
