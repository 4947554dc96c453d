"""What explains needs neither TensorFlow nor Keras nor JAX; asked of the real process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from densexplain.settings import PROJECT_FOLDER

pytestmark = pytest.mark.slow

_PROGRAMME = """
import sys
from densexplain.__main__ import main
sys.argv = ["densexplain", *sys.argv[1:]]
try:
    main()
except SystemExit as end:
    assert not end.code, end.code
heavy = sorted({"tensorflow", "keras", "jax", "torch"} & {name.split(".")[0] for name in sys.modules})
print(f"imported: {heavy}", file=sys.stderr)
"""


@pytest.mark.parametrize("command", ["explain", "audit", "compare"])
def test_explaining_imports_none_of_them(command: str, written_tiny: Path) -> None:
    sample = PROJECT_FOLDER / "assets" / "synthetic-knee.png"
    option = "--model-sets" if command == "compare" else "--model-set"
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAMME, command, str(sample), option, "tiny"],
        env=os.environ | {"DENSEXPLAIN_MODELS": str(written_tiny.parent)},
        cwd=PROJECT_FOLDER,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "imported: []" in done.stderr
    assert json.loads(done.stdout)["notice"]
