from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from densexplain.classifier.model_sets.catalogue import check_folder, find_model_set, installed_model_sets
from densexplain.classifier.model_sets.manifest import MANIFEST_FILE, WEIGHTS_FILE, read_manifest
from densexplain.errors import ManifestError, ModelSetNotFoundError, OptionError


def test_lists_good_and_broken_folders_and_never_raises(tiny_folder: Path) -> None:
    parent = tiny_folder.parent
    shutil.copytree(tiny_folder, parent / "renamed")
    (parent / "broken").mkdir()
    (parent / "broken" / MANIFEST_FILE).write_text("{")
    shutil.copytree(tiny_folder, parent / ".hidden")
    (parent / "notes").mkdir()
    found = {entry.name: entry for entry in installed_model_sets((parent, parent / "absent"))}
    assert list(found) == ["broken", "renamed", "tiny"]
    assert found["tiny"].problem is None
    assert found["tiny"].manifest == read_manifest(tiny_folder)
    assert found["broken"].manifest is None
    assert "to be JSON" in (found["broken"].problem or "")
    assert "to be of that name; received tiny" in (found["renamed"].problem or "")


def test_missing_weights_are_a_problem(tiny_folder: Path) -> None:
    (tiny_folder / WEIGHTS_FILE).unlink()
    (entry,) = installed_model_sets((tiny_folder.parent,))
    assert entry.manifest is not None
    assert entry.problem == "expected weights.safetensors in the model set tiny; it is missing"


def test_the_first_folder_counts(tiny_folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "further"
    shutil.copytree(tiny_folder, other / "tiny")
    assert find_model_set("tiny", (other, tiny_folder.parent)) == other / "tiny"
    (entry,) = installed_model_sets((other, tiny_folder.parent))
    assert entry.folder == other / "tiny"


def test_further_folders_come_from_the_environment(tiny_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from densexplain.settings import settings

    monkeypatch.setenv("DENSEXPLAIN_MODELS", str(tiny_folder.parent))
    settings.cache_clear()
    try:
        assert find_model_set("tiny") == tiny_folder
        assert "tiny" in {entry.name for entry in installed_model_sets()}
    finally:
        monkeypatch.undo()
        settings.cache_clear()


def test_unknown_names_and_folders_are_refused(tiny_folder: Path) -> None:
    with pytest.raises(ModelSetNotFoundError, match=r"installed model set \(tiny\); received 'wrist'"):
        find_model_set("wrist", (tiny_folder.parent,))
    with pytest.raises(ModelSetNotFoundError, match="there is none at"):
        find_model_set(tiny_folder / "absent")
    assert find_model_set(tiny_folder) == tiny_folder


@pytest.mark.parametrize("name", ["../tiny", "tiny/../tiny", "/etc", "..", ""])
def test_a_name_leads_nowhere_else(tiny_folder: Path, name: str) -> None:
    with pytest.raises(OptionError):
        find_model_set(name, (tiny_folder.parent / "below",))


def test_a_manifest_of_another_name_is_refused(tiny_folder: Path) -> None:
    manifest = read_manifest(tiny_folder)
    check_folder(tiny_folder, manifest)
    with pytest.raises(ManifestError, match="expected the manifest in other to be of that name; received tiny"):
        check_folder(tiny_folder.with_name("other"), manifest)
