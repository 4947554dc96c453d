"""Runs that are killed or find the disk full, each in a process forked from one that has imported Keras.

A process that starts anew spends most of its life importing; a forked one is
training within a second, so that hundreds of kills fall where they matter.
Used by the tests with a few and by `tests/benchmarks/bench_survival.py` with
two hundred.
"""

import hashlib
import json
import math
import os
import random
import resource
import signal
import sys
import time
import traceback
from pathlib import Path

import cv2
import numpy as np

SETTINGS = (
    *("--architecture", "tiny", "--size", "32", "--batch-size", "4", "--epochs", "3", "--learning-rate", "0.003"),
    *("--rule", "last", "--state-every", "1", "--model-set", "m", "--quiet"),
)
STATE, WEIGHTS, HASH = Path("run/state.safetensors"), Path("models/m/weights.safetensors"), Path("kept")


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
    import tensorflow as tf

    import densexplain.__main__
    import densexplain.training.finish
    import densexplain.training.trainer  # noqa: F401

    tf.config.optimizer.set_experimental_options({"disable_meta_optimizer": True})  # it would take longer than the run


def fork_run(data: Path, folder: Path, file_limit: int | None = None, *, training_only: bool = False) -> int:
    """Start `train` in a forked process whose output goes to files in `folder`; its process id.

    `file_limit` is the most bytes that one file may have, as a disk that is full. `training_only` leaves out what
    comes after the last epoch, which takes as long as the training here; the kept weights then go to `HASH`.
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
        words = ["train", "--data", data, "--run", folder / "run", "--out", folder / "models", *SETTINGS]
        code = (_train if training_only else _main)([str(word) for word in words], folder)
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    except BaseException:
        traceback.print_exc()
        sys.stderr.flush()
    finally:
        os._exit(99)


def _main(words: list[str], folder: Path) -> int:
    from densexplain.__main__ import main

    return main(words)


def _train(words: list[str], folder: Path) -> int:
    from densexplain.classifier.engines.keras.start import start_backend
    from densexplain.cli.parser import build_parser
    from densexplain.cli.training.train_options import recipe_of, run_options_of
    from densexplain.training.trainer import Trainer

    start_backend()
    arguments = build_parser().parse_args(words)
    trainer = Trainer(recipe_of(arguments), arguments.data, (), arguments.run, print, run_options_of(arguments))
    kept = trainer.train()[1].kept_weights
    hashes = (hashlib.sha256(kept[name].tobytes()).hexdigest() for name in sorted(kept))
    (folder / HASH).write_text("".join(hashes))
    return 0


def finished(process: int) -> int:
    """Wait for a process; its exit code, negative for a signal."""
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])


def kill_after(process: int, seconds: float, since: Path | None = None) -> bool:
    """SIGKILL a process some time after its start, or after a file appeared; whether it was still running."""
    deadline = time.monotonic() + seconds if since is None else math.inf
    while time.monotonic() < deadline:
        if os.waitpid(process, os.WNOHANG) != (0, 0):
            return False
        if math.isinf(deadline) and since is not None and since.exists():
            deadline = time.monotonic() + seconds
        time.sleep(0.001)
    os.kill(process, signal.SIGKILL)
    return finished(process) == -signal.SIGKILL


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def kill_and_resume(
    data: Path, folder: Path, moment: tuple[float, Path | None], expected: str, training_only: bool
) -> dict[str, bool]:
    """Kill one run at some moment, and let the same command finish it."""
    killed = kill_after(fork_run(data, folder, training_only=training_only), *moment)
    had_state = (folder / STATE).exists()
    code = finished(fork_run(data, folder, training_only=training_only))
    same = code == 0 and sha256(folder / (HASH if training_only else WEIGHTS)) == expected
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


def timed_run(data: Path, folder: Path, training_only: bool) -> tuple[float, float, str]:
    """An undisturbed run: seconds in all, seconds to its first state, hash of what it ends in."""
    start, process = time.monotonic(), fork_run(data, folder, training_only=training_only)
    while not (folder / STATE).exists():
        assert os.waitpid(process, os.WNOHANG) == (0, 0), (folder / "err").read_text()
        time.sleep(0.001)
    to_state = time.monotonic() - start
    assert finished(process) == 0, (folder / "err").read_text()
    return time.monotonic() - start, to_state, sha256(folder / (HASH if training_only else WEIGHTS))


def kills(data: Path, folder: Path, count: int, draw: random.Random, training_only: bool) -> list[dict[str, bool]]:
    """So many runs, each killed and finished: every second one at any moment, the others once there is a state."""
    seconds, to_state, expected = timed_run(data, folder / "undisturbed", training_only)
    results = []
    for number in range(count):
        place = folder / f"killed{number}"
        anywhere = (draw.uniform(0, seconds), None)
        within = (draw.uniform(0, seconds - to_state), place / STATE)
        moment = anywhere if number % 2 else within
        results.append(kill_and_resume(data, place, moment, expected, training_only))
    return results


def experiment(folder: Path, whole: int, training_only: int, full: int, seed: int) -> dict[str, object]:
    """Kill so many whole commands and so many in training alone, and fill the disk so often."""
    data, draw = folder / "data", random.Random(seed)
    write_data_set(data)
    import_everything()
    killed = kills(data, folder / "whole", whole, draw, training_only=False)
    if training_only:
        killed += kills(data, folder / "training", training_only, draw, training_only=True)
    # A state before the first kept epoch is smaller than the last one, which the disk has no room for.
    undisturbed = folder / "whole" / "undisturbed"
    largest, expected = (undisturbed / STATE).stat().st_size, sha256(undisturbed / WEIGHTS)
    limits = [draw.randrange(largest * 80 // 100, largest) for _ in range(full)]
    filled = [fill_and_resume(data, folder / f"full{number}", limit, expected) for number, limit in enumerate(limits)]
    return {"kills": killed, "full": filled}


if __name__ == "__main__":
    print(json.dumps(experiment(Path(sys.argv[1]), *map(int, sys.argv[2:]))))
