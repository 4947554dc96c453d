"""``serve``: the app, on this machine only unless readers have to log in."""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path

from densexplain.classifier.model_sets.catalogue import check_any_installed
from densexplain.cli.command import Command
from densexplain.errors import OptionError, ServingError
from densexplain.serving import check_exposure, has_authentication
from densexplain.settings import CASES_VARIABLE, DATA_FOLDERS_VARIABLE, MODEL_FOLDERS_VARIABLE, PROJECT_FOLDER

_APP = PROJECT_FOLDER / "app.py"
_SERVER = "densexplain.ui.server"  # by name: it draws, and nothing of the command line does


def add_arguments(parser: ArgumentParser) -> None:
    """Declare address and port."""
    parser.add_argument("--address", default="127.0.0.1", help="where to listen (default: %(default)s)")
    parser.add_argument("--port", type=int, default=8501, help="(default: %(default)s)")


def run(arguments: Namespace) -> None:
    """Become the app's server.

    Raises
    ------
    ServingError
        If it would be reached from other machines without authentication, or
        this installation has no app.
    OptionError
        If the port is out of range.
    ModelSetNotFoundError
        If no model set is installed: the app could explain nothing.
    """
    check_exposure(arguments.address, has_authentication())
    if not 1 <= arguments.port <= 65535:
        raise OptionError(f"`--port` must be between 1 and 65535; received {arguments.port}")
    if not _APP.is_file():
        raise ServingError(f"expected the app in {PROJECT_FOLDER}; this installation has the command line only")
    check_any_installed()
    for variable in (MODEL_FOLDERS_VARIABLE, DATA_FOLDERS_VARIABLE, CASES_VARIABLE):
        _make_absolute(variable)
    # The server takes this process's place, so signals and exit codes are its own; it
    # reads .streamlit/config.toml of the folder it starts in.
    os.chdir(PROJECT_FOLDER)
    # Streamlit runs every page in a thread of its own; the C library's memory pools of those
    # threads would fragment and grow the server by a sixth within 60 explanations.
    os.environ.setdefault("MALLOC_ARENA_MAX", "2")
    options = ["--server.address", arguments.address, "--server.port", str(arguments.port)]
    os.execv(sys.executable, [sys.executable, "-m", _SERVER, "run", str(_APP), *options])


def _make_absolute(variable: str) -> None:
    """Let a variable name the same folders after a change of the working folder."""
    parts = (part for part in os.environ.get(variable, "").split(os.pathsep) if part)
    if folders := os.pathsep.join(str(Path(part).absolute()) for part in parts):
        os.environ[variable] = folders


COMMAND = Command("serve", "start the app in this process", add_arguments, run)
