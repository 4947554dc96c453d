"""A server begins to load what its first reader will see."""

import json
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path

import pytest

from densexplain.classifier.model_sets.catalogue import installed_model_sets
from densexplain.settings import CASES_VARIABLE, MODEL_FOLDERS_VARIABLE, settings
from densexplain.workspace import first_visit
from densexplain.workspace.first_visit import first_case, load_first_model_set, shared_model_sets
from tests.tiny import write_tiny


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Install tiny model sets of these names; the paper's first case asks for one."""

    def install(*names: str, asked_for: str | None) -> None:
        (tmp_path / "models").mkdir()
        for seed, name in enumerate(names):
            write_tiny(tmp_path / "models" / name, seed, name.title())
        if asked_for is not None:
            (tmp_path / "cases.json").write_text(json.dumps([_case(asked_for)]))

    monkeypatch.setenv(MODEL_FOLDERS_VARIABLE, str(tmp_path / "models"))
    monkeypatch.setenv(CASES_VARIABLE, str(tmp_path))
    settings.cache_clear()
    shared_model_sets.cache_clear()
    yield install
    settings.cache_clear()
    shared_model_sets.cache_clear()


def _case(model_set: str) -> dict[str, object]:
    return {
        "name": "one", "figure": 4, "title": "One", "image": "one", "model_set": model_set, "crop": None,
        "look_for": "This.", "paper_found": "That.", "paper_finding": "abnormal",
    }  # fmt: skip


def _begun() -> list[str]:
    """Names of the model sets that are loaded or being loaded."""
    store = shared_model_sets()
    loads: list[tuple[float, Future]] = list(store._loads.values())
    return [load.result(timeout=120).manifest.name for _, load in loads]


def test_model_set_of_first_case_is_loaded(installed: Callable[..., None]) -> None:
    installed("alpha", "beta", asked_for="beta")
    load_first_model_set()
    assert _begun() == ["beta"]
    manifest = next(entry.manifest for entry in installed_model_sets() if entry.name == "beta")
    assert manifest is not None
    assert shared_model_sets().loading(manifest).ready is not None


@pytest.mark.parametrize("asked_for", [None, "missing"])
def test_without_that_case_the_first_model_set_is_loaded(installed: Callable[..., None], asked_for: str | None) -> None:
    installed("alpha", "beta", asked_for=asked_for)
    load_first_model_set()
    assert _begun() == ["alpha"]


def test_nothing_installed_loads_nothing(installed: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> None:
    installed(asked_for="alpha")
    monkeypatch.setattr(first_visit, "installed_model_sets", lambda: ())
    load_first_model_set()
    assert _begun() == []


def test_list_of_cases_that_cannot_be_read_opens_none(installed: Callable[..., None], tmp_path: Path) -> None:
    installed("alpha", asked_for="alpha")
    assert first_case(["alpha"]) is not None
    (tmp_path / "cases.json").write_text("{")
    assert first_case(["alpha"]) is None
