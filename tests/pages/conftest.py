"""The pages run in process, on a tiny network and the sample radiographs."""

import sys
import time
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
import streamlit as st
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest

from densexplain.explain.explanation import Explanation
from densexplain.settings import CASES_VARIABLE, MODEL_FOLDERS_VARIABLE, settings
from densexplain.ui.session import WORKSPACE
from densexplain.workspace.case import Case
from densexplain.workspace.first_visit import shared_model_sets
from densexplain.workspace.workspace import Workspace
from tests.tiny import ROOT, write_tiny

SECONDS = 120


@pytest.fixture(scope="session", autouse=True)
def _components_looked_for_once() -> Iterator[None]:
    """Every run of an AppTest looks through the metadata of all installed packages; once finds the same."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifest_scanner, "scan_component_manifests", cache(manifest_scanner.scan_component_manifests))
        yield


@pytest.fixture(autouse=True)
def _main_module_stays() -> Iterator[None]:
    """Streamlit puts each page in the place of the main module, which a process that is spawned later would run."""
    main = sys.modules["__main__"]
    yield
    sys.modules["__main__"] = main


@pytest.fixture(scope="session")
def tiny_model_sets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models")
    write_tiny(folder / "tiny-a", 1, "Tiny A")
    write_tiny(folder / "tiny-b", 2, "Tiny B")
    return folder


@pytest.fixture
def use_models(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Callable[[Path], None]]:
    """Look for model sets in one folder and for cases beside a test; nothing loaded before is still there."""
    monkeypatch.setenv(CASES_VARIABLE, str(tmp_path / "cases"))

    def forget() -> None:
        settings.cache_clear()
        shared_model_sets.cache_clear()
        st.cache_resource.clear()
        st.cache_data.clear()

    def use(folder: Path) -> None:
        monkeypatch.setenv(MODEL_FOLDERS_VARIABLE, str(folder))
        forget()

    yield use
    monkeypatch.undo()
    forget()


@pytest.fixture
def explain_page(tiny_model_sets: Path, use_models: Callable[[Path], None]) -> AppTest:
    """Explain on its first visit, its model set loaded."""
    use_models(tiny_model_sets)
    return loaded(open_explain())


def open_explain() -> AppTest:
    """Explain as a reader's first page."""
    return AppTest.from_file(str(ROOT / "app.py"), default_timeout=SECONDS).switch_page("pages/Explain.py").run()


def workspace(app: AppTest) -> Workspace:
    """What the page's reader has open."""
    return app.session_state[WORKSPACE]


def case(app: AppTest) -> Case:
    """The radiograph in front."""
    found = workspace(app).case
    assert found is not None
    return found


def explanations(app: AppTest) -> list[Explanation]:
    """All that are remembered."""
    return list(workspace(app).explanations.memory.values())


def loaded(app: AppTest) -> AppTest:
    """Run a page again until its model set is no longer being loaded."""
    deadline = time.monotonic() + SECONDS
    while any("Loading model set" in info.value for info in app.info):
        assert time.monotonic() < deadline, "the model set was not loaded in time"
        time.sleep(0.1)
        app.run()
    return app
