"""200 training runs killed at random moments, and 20 that find the disk full; each is then finished.

40 of the kills may fall anywhere in the command, the measuring and writing of
the model set included, 160 into the training, which is where its state counts.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from figures import Figure

_WHOLE_KILLS, _TRAINING_KILLS, _FULL, _SEED = 40, 160, 20, 2026
_KILLS = _WHOLE_KILLS + _TRAINING_KILLS
_SCRIPT = Path(__file__).resolve().parent.parent / "survival.py"


def measure() -> list[Figure]:
    # In a process of its own, which has imported everything and started no backend before it forks.
    with TemporaryDirectory() as folder:
        command = [sys.executable, str(_SCRIPT), folder, *map(str, (_WHOLE_KILLS, _TRAINING_KILLS, _FULL, _SEED))]
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
