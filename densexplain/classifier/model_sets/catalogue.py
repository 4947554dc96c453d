"""Which model sets are installed, found without loading any of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from densexplain.classifier.model_sets.manifest import MANIFEST_FILE, WEIGHTS_FILE, Manifest, check_name, read_manifest
from densexplain.errors import DensexplainError, ManifestError, ModelSetNotFoundError
from densexplain.settings import MODEL_FOLDER, MODEL_FOLDERS_VARIABLE, settings


@dataclass(frozen=True)
class InstalledModelSet:
    """A folder with a manifest, usable or not.

    Parameters
    ----------
    folder
        Where it lies.
    name
        The folder's name, by which it is asked for.
    manifest
        None when it cannot be read.
    problem
        One sentence on why it cannot be used, else None. Hash and golden input
        are only checked when it is loaded.
    """

    folder: Path
    name: str
    manifest: Manifest | None
    problem: str | None


def installed_model_sets(folders: tuple[Path, ...] | None = None) -> tuple[InstalledModelSet, ...]:
    """List the model sets of the configured folders; a broken one is listed with its problem.

    Parameters
    ----------
    folders
        Folders to search; None means those of the settings. Where two hold the
        same name, the first one counts.

    Returns
    -------
    tuple of InstalledModelSet
        In the order of the folders, by name within each.
    """
    found: dict[str, InstalledModelSet] = {}
    for parent in settings().model_folders if folders is None else folders:
        for folder in _subfolders(parent):
            if (folder / MANIFEST_FILE).is_file() or (folder / WEIGHTS_FILE).is_file():
                found.setdefault(folder.name, _look_into(folder))
    return tuple(found.values())


def usable(entries: Iterable[InstalledModelSet]) -> dict[str, Manifest]:
    """Manifests of those that can be used, by name, in their order."""
    return {entry.name: entry.manifest for entry in entries if entry.manifest is not None and entry.problem is None}


def find_model_set(name_or_folder: str | Path, folders: tuple[Path, ...] | None = None) -> Path:
    """Folder of a model set, by its name (text) or by its folder (Path).

    Raises
    ------
    OptionError
        If a name has anything but letters, digits, ``-``, ``_`` and inner dots; no name leads out of the folders.
    ModelSetNotFoundError
        If there is none.
    """
    if isinstance(name_or_folder, Path):
        if not name_or_folder.is_dir():
            raise ModelSetNotFoundError(f"expected the folder of a model set; there is none at {name_or_folder}")
        return name_or_folder
    check_name(name_or_folder)
    for parent in settings().model_folders if folders is None else folders:
        if (parent / name_or_folder).is_dir():
            return parent / name_or_folder
    check_any_installed(folders)
    names = ", ".join(entry.name for entry in installed_model_sets(folders))
    raise ModelSetNotFoundError(f"expected the name of an installed model set ({names}); received {name_or_folder!r}")


def check_any_installed(folders: tuple[Path, ...] | None = None) -> None:
    """Refuse to continue where there is no model set at all, usable or not.

    Raises
    ------
    ModelSetNotFoundError
        If there is none.
    """
    if not installed_model_sets(folders):
        raise ModelSetNotFoundError(
            f"expected model sets in a folder that {MODEL_FOLDERS_VARIABLE} names, or in {MODEL_FOLDER}; found none"
        )


def _subfolders(parent: Path) -> list[Path]:
    try:
        return sorted(folder for folder in parent.iterdir() if folder.is_dir() and not folder.name.startswith("."))
    except OSError:
        return []


def _look_into(folder: Path) -> InstalledModelSet:
    try:
        check_name(folder.name)
        manifest = read_manifest(folder)
        check_folder(folder, manifest)
    except DensexplainError as error:
        return InstalledModelSet(folder, folder.name, None, str(error))
    problem = (
        None
        if (folder / WEIGHTS_FILE).is_file()
        else f"expected {WEIGHTS_FILE} in the model set {folder.name}; it is missing"
    )
    return InstalledModelSet(folder, folder.name, manifest, problem)


def check_folder(folder: Path, manifest: Manifest) -> None:
    """Refuse a manifest that names another model set than its folder: results are identified by that name.

    Raises
    ------
    ManifestError
        If the two names differ.
    """
    if manifest.name != folder.resolve().name:
        raise ManifestError(f"expected the manifest in {folder.name} to be of that name; received {manifest.name}")
