"""A reader who comes back: what is drawn while the browser is asked which tab it is, and what its answer brings."""

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from densexplain.radiograph.crop import Crop, Geometry
from densexplain.ui import cache, returning
from densexplain.workspace.first_visit import shared_model_sets
from densexplain.workspace.kept import new_key
from densexplain.workspace.workspace import Workspace
from tests.pages.conftest import case, open_explain, workspace

SECRET, TAB = new_key(), new_key()
CROP = Geometry(Crop(10, 10, 60, 50))


def must_ask() -> bool:
    st.session_state["densexplain.returning.secret"] = SECRET
    return True


@pytest.fixture
def comes_back(
    tiny_model_sets: Path, use_models: Callable[[Path], None], monkeypatch: pytest.MonkeyPatch
) -> Callable[[str], AppTest]:
    """Open Explain in a browser with a secret, whose tab gives this answer."""
    use_models(tiny_model_sets)

    def answer() -> None:
        returning._take_tab()
        st.rerun()

    def open_in(tab: str) -> AppTest:
        monkeypatch.setattr(returning, "_must_ask", must_ask)
        monkeypatch.setattr(returning, "_do_without_answer", answer)
        monkeypatch.setattr(returning, "_sent", lambda: tab)
        app = open_explain()
        assert not app.exception
        return app

    return open_in


def kept() -> Workspace:
    """A cropped radiograph of the reader's, with choices of its own."""
    left = Workspace(shared_model_sets())
    pixels = np.random.default_rng(1).integers(0, 256, (90, 70)).astype(np.uint8)
    left.open_files([("DOE.png", bytes(cv2.imencode(".png", pixels)[1]))])
    assert left.case is not None
    left.case.change_geometry(CROP)
    left.model_set, left.choices = "tiny-b", {"opacity": 0.8}
    cache.kept_workspaces().keep("\n".join((SECRET, TAB, "")), left)
    return left


def words(app: AppTest) -> str:
    return "\n".join(block.value for block in app.markdown)


def test_the_same_tab_finds_case_crop_model_set_and_choices(comes_back: Callable[[str], AppTest]) -> None:
    left = kept()
    app = comes_back(TAB)
    assert workspace(app) is left
    assert "**Uploaded PNG** :gray[90 x 70 px, crop 60 x 50 px]" in words(app)
    assert app.selectbox(key="model_set").value == "tiny-b"
    assert app.session_state["opacity"] == 0.8
    assert dict(app.query_params) == {}


@pytest.mark.parametrize("tab", ["", new_key(), TAB[:-1], "x" * 43], ids=["none", "new", "cut short", "made up"])
def test_another_tab_begins_with_a_case_of_its_own(comes_back: Callable[[str], AppTest], tab: str) -> None:
    left = kept()
    app = comes_back(tab)
    assert workspace(app) is not left
    assert case(app).title == "Synthetic knee"
    said = [error.value for error in app.error]
    # Only a tab that has been here before is told that what it had is gone.
    assert [("is no longer kept" in sentence) for sentence in said] == [True] * (len(tab) == 43)


def test_while_the_browser_is_asked_nothing_is_opened(
    tiny_model_sets: Path, use_models: Callable[[Path], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    use_models(tiny_model_sets)
    monkeypatch.setattr(returning, "_must_ask", must_ask)
    app = open_explain()
    assert not app.exception
    assert "Research use only, not for diagnosis" in words(app)
    assert not app.get("plotly_chart")
    assert "densexplain.workspace" not in app.session_state
    # A browser that never answers is not waited for.
    monkeypatch.setattr(returning, "_WAIT_SECONDS", 0.0)
    app = app.run()
    assert case(app).title == "Synthetic knee"


def test_nothing_is_kept_where_the_operator_does_not_want_it(
    tiny_model_sets: Path, use_models: Callable[[Path], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DENSEXPLAIN_KEPT_MINUTES", "0")
    use_models(tiny_model_sets)
    app = open_explain()
    assert case(app).title == "Synthetic knee"
    assert len(cache.kept_workspaces()) == 0
