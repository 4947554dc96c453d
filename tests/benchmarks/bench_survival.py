"""200 training runs killed at random moments, and 20 that find the disk full; each is then finished."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from figures import Figure

_KILLS, _FULL, _SEED = 200, 20, 2026
_SCRIPT = Path(__file__).resolve().parent.parent / "survival.py"


def measure() -> list[Figure]:
    # In a process of its own, which has imported everything and started no backend before it forks.
    with TemporaryDirectory() as folder:
        command = [sys.executable, str(_SCRIPT), folder, str(_KILLS), str(_FULL), str(_SEED)]
        environment = {**os.environ, "PYTHONPATH": str(_SCRIPT.parent.parent)}
        output = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True, text=True).stdout
    report = json.loads(output.splitlines()[-1])
    kills, full = report["kills"], report["full"]
    same = sum(kill["same"] for kill in kills)
    intact = sum(
        run["code"] == 2 and "previous state is intact" in run["refusal"] and not run["traceback"] and run["same"]
        for run in full
    )
    met = sum(kill["killed"] for kill in kills)
    return [
        Figure(
            "survival",
            "killed runs that end in the weights of an undisturbed one",
            f"{_KILLS} of {_KILLS}",
            f"{same} of {len(kills)}",
            same == _KILLS,
            f"{met} still ran when the kill came, {sum(kill['had_state'] for kill in kills)} had a state by then",
        ),
        Figure(
            "survival",
            "full disks that cost one line and nothing that was there",
            f"{_FULL} of {_FULL}",
            f"{intact} of {len(full)}",
            intact == _FULL,
            "a limit on the size of files; the same command then finishes the run",
        ),
    ]
