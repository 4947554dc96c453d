"""The workspace of a command, which ends with the process."""

from __future__ import annotations

from pathlib import Path

from densexplain.errors import RadiographError
from densexplain.workspace.case import Case
from densexplain.workspace.model_set_store import ModelSetStore
from densexplain.workspace.workspace import Workspace


def new_workspace() -> Workspace:
    """Make a workspace of its own model sets."""
    return Workspace(ModelSetStore())


def open_one(workspace: Workspace, file: Path, frame_number: int | None) -> Case:
    """Open the only radiograph that a command is given.

    Raises
    ------
    RadiographError, OptionError
        Why it cannot be read.
    """
    workspace.open_paths([file], frame_number)
    if workspace.refused:
        raise workspace.refused[0].error(workspace.refused[0].reason)
    if workspace.case is None or len(workspace.studies) > 1 or len(workspace.studies[0].cases) > 1:
        raise RadiographError("expected one radiograph; received several")
    return workspace.case
