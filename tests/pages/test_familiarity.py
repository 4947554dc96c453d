"""Explain with a model set that knows its training radiographs."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.conftest import loaded, open_explain
from tests.tiny import write_familiarity

CHARTS = 7


@pytest.fixture
def explain_with(tiny_model_sets: Path, use_models: Callable[[Path], None], tmp_path: Path) -> Callable[..., AppTest]:
    """Explain on the sample, with lines at these distances."""

    def explain(warn_above: float, withhold_above: float) -> AppTest:
        shutil.copytree(tiny_model_sets / "tiny-a", tmp_path / "tiny-a")
        write_familiarity(tmp_path / "tiny-a", warn_above, withhold_above)
        use_models(tmp_path)
        app = loaded(open_explain())
        assert not app.exception
        return app

    return explain


def words(app: AppTest) -> str:
    return "\n".join(block.value for block in app.markdown)


def test_of_a_familiar_radiograph_nothing_is_said(explain_with: Callable[..., AppTest]) -> None:
    app = explain_with(1e6, 1e6)
    assert "threshold 0.5" in words(app)
    assert "training radiographs" not in words(app)
    assert not any("Familiarity unknown" in caption.value for caption in app.caption)


def test_of_an_unfamiliar_radiograph_a_reader_is_warned_and_sees_the_label(
    explain_with: Callable[..., AppTest],
) -> None:
    app = explain_with(1e-3, 1e6)
    assert "Unlike the training radiographs: further away than 95 % of them" in words(app)
    assert "threshold 0.5" in words(app)
    assert "withheld" not in words(app)


def test_of_a_foreign_radiograph_the_label_is_withheld_and_the_maps_stay(explain_with: Callable[..., AppTest]) -> None:
    app = explain_with(1e-4, 1e-3)
    assert "Label withheld: unlike the training radiographs" in words(app)
    assert "the maps remain" in words(app)
    for told in ("threshold 0.5", "probability", "logit +", "Abnormal", "Normal"):
        assert told not in words(app), told
    assert len(app.get("plotly_chart")) == CHARTS


def test_a_changed_file_is_told_and_nothing_is_explained(
    explain_with: Callable[..., AppTest], use_models: Callable[[Path], None], tmp_path: Path
) -> None:
    explain_with(1e6, 1e6)
    (tmp_path / "tiny-a" / "familiarity.safetensors").write_bytes(b"another")
    use_models(tmp_path)
    app = loaded(open_explain())
    assert app.error[0].value.startswith("This model set is not used.")
    assert "probability" not in words(app)


def test_a_model_set_that_does_not_know_says_so(explain_page: AppTest) -> None:
    assert any("Familiarity unknown" in caption.value for caption in explain_page.caption)
    assert "training radiographs" not in words(explain_page)
