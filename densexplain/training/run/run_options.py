"""How a run is carried out, apart from what comes out of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

STATE_FILE = "state.safetensors"


@dataclass(frozen=True)
class RunOptions:
    """How a run is carried out; nothing here changes what comes out of it.

    Parameters
    ----------
    state_every_steps
        Save the state within an epoch too, after so many steps; 0 saves it
        after every epoch.
    imagenet_file
        Keras's ImageNet weights where they cannot be downloaded.
    tensorboard
        Folder for TensorBoard's events; None writes none.
    distributed
        Use all devices, and all processes that Keras's environment variables name.
    progress_seconds
        Least time between two lines on the running epoch; infinity tells the
        epochs only.
    generators
        Processes that draw phantoms.
    resume_from
        A state made small to be carried here, begun with where the run's folder
        has none.
    """

    state_every_steps: int = 0
    imagenet_file: Path | None = None
    tensorboard: Path | None = None
    distributed: bool = False
    progress_seconds: float = 15.0
    generators: int = 1
    resume_from: Path | None = None


def has_state(run: Path) -> bool:
    """Whether a run has begun in this folder."""
    return (run / STATE_FILE).exists()
