"""Every path, limit and environment variable, read once and frozen."""

from __future__ import annotations

import math
import os
import sys
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_INSTALLED = _PACKAGE / "installed"  # what setup.py puts into a wheel

PROJECT_FOLDER = _INSTALLED if _INSTALLED.is_dir() else _PACKAGE.parent
"""Where app.py, pages and assets lie: the checkout, or their copies inside an installed package."""

MODEL_FOLDER = (
    Path(sys.prefix) / "share" / "densexplain" / "models" if _INSTALLED.is_dir() else PROJECT_FOLDER / "models"
)
"""Where model sets lie: in the checkout, or in the environment that the package is installed in."""

MODEL_FOLDERS_VARIABLE = "DENSEXPLAIN_MODELS"
"""Further folders of model sets, separated as in PATH; searched before the bundled one."""

DATA_FOLDERS_VARIABLE = "DENSEXPLAIN_DATA"
"""Folders of radiographs on this machine, separated as in PATH; a model set names those it was measured on by hash."""

CASES_VARIABLE = "DENSEXPLAIN_CASES"
"""Folder of cases to show in place of the bundled one, for example a teacher's own."""

KEPT_MINUTES_VARIABLE = "DENSEXPLAIN_KEPT_MINUTES"
"""So long after its last use a reader's case outlives a reload or a lost connection; 0 ends it with the page."""

KEPT_WORKSPACES_VARIABLE = "DENSEXPLAIN_KEPT_WORKSPACES"
"""At most so many readers' cases are kept when their pages are gone."""

BEHIND_PROXY_VARIABLE = "DENSEXPLAIN_BEHIND_PROXY"
"""Set to 1 by an operator whose proxy authenticates, or whose port is published on this machine only."""

ENGINE_VARIABLE = "DENSEXPLAIN_ENGINE"
"""What runs networks: ``onnx`` (unless named otherwise), ``keras``, or the address of a process that serves them."""


@dataclass(frozen=True)
class Settings:
    """Paths and limits of this installation.

    Parameters
    ----------
    model_folders
        Folders that hold model sets, in the order of search.
    data_folders
        Folders in which evaluated radiographs are looked for.
    assets
        Sample radiographs and the logo.
    cases
        The cases that the paper argues from, see `densexplain.explain.cases.cases`.
    maximum_file_bytes, maximum_side_px, maximum_pixels, minimum_side_px
        What is taken for a radiograph before anything is decoded.
    maximum_upload_files, maximum_upload_bytes, maximum_upload_pixels
        What is taken for the radiographs of one upload, unpacked and all
        together; each still has the limits above.
    decoding_seconds, decoding_memory_bytes, decodings_per_child
        Limits of the guarded process that decodes.
    maximum_weights_bytes
        Largest weights file that is opened.
    queue_length
        Explanations that may wait before a further one is refused.
    kept_idle_seconds, kept_workspaces
        So long after its last use, and at most so many, are readers' open cases
        kept in memory when their pages are gone.
    behind_proxy
        Whether the operator vouches for what stands in front of the server.
    engine
        What runs networks; see `densexplain.classifier.engines.choice`.
    """

    model_folders: tuple[Path, ...] = (MODEL_FOLDER,)
    data_folders: tuple[Path, ...] = ()
    assets: Path = PROJECT_FOLDER / "assets"
    cases: Path = PROJECT_FOLDER / "assets" / "cases"
    maximum_file_bytes: int = 64 * 1024 * 1024
    maximum_side_px: int = 32_000  # what OpenCV can turn; the limit is that of the megapixels
    maximum_pixels: int = 40_000_000
    minimum_side_px: int = 32
    maximum_upload_files: int = 64
    maximum_upload_bytes: int = 256 * 1024 * 1024
    maximum_upload_pixels: int = 160_000_000
    decoding_seconds: float = 5.0
    decoding_memory_bytes: int = 1_500_000_000
    decodings_per_child: int = 100
    maximum_weights_bytes: int = 512 * 1024 * 1024
    queue_length: int = 8
    kept_idle_seconds: float = 30 * 60.0
    kept_workspaces: int = 16
    behind_proxy: bool = False
    engine: str = "onnx"


@lru_cache(maxsize=1)
def settings() -> Settings:
    """Read the environment once; every later call returns the same object."""
    further = _folders(MODEL_FOLDERS_VARIABLE)
    behind_proxy = os.environ.get(BEHIND_PROXY_VARIABLE, "") == "1"
    return Settings(
        model_folders=(*further, *Settings.model_folders),
        data_folders=_folders(DATA_FOLDERS_VARIABLE),
        cases=next(iter(_folders(CASES_VARIABLE)), Settings.cases),
        kept_idle_seconds=60 * _number(KEPT_MINUTES_VARIABLE, Settings.kept_idle_seconds / 60),
        kept_workspaces=int(_number(KEPT_WORKSPACES_VARIABLE, Settings.kept_workspaces)),
        behind_proxy=behind_proxy,
        engine=os.environ.get(ENGINE_VARIABLE) or Settings.engine,
    )


def _number(variable: str, otherwise: float) -> float:
    """A number from the environment; one that is missing, negative or none at all leaves the limit as it is."""
    try:
        given = float(os.environ.get(variable, ""))
    except ValueError:
        return otherwise
    return given if 0 <= given < math.inf else otherwise


def _folders(variable: str) -> tuple[Path, ...]:
    return tuple(Path(part) for part in os.environ.get(variable, "").split(os.pathsep) if part)
