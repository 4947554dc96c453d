"""Explain draws what linear probes of the stages say, where a model set has any and its label is shown."""

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.conftest import loaded, open_explain
from tests.tiny import write_familiarity, write_probes, write_tiny

HEADING = "If the network ended here"


@pytest.fixture
def explain_with(use_models: Callable[[Path], None], tmp_path: Path) -> Callable[..., AppTest]:
    """Explain with one model set, on the sample that comes first."""

    def open_page(*, probes: bool, withheld: bool = False) -> AppTest:
        folder = tmp_path / "models"
        write_tiny(folder / "a-tiny", 1, "Tiny")
        if withheld:
            write_familiarity(folder / "a-tiny", 1e-4, 1e-3)
        if probes:
            write_probes(folder / "a-tiny")
        use_models(folder)
        return loaded(open_explain())

    return open_page


def _heading_is_there(app: AppTest) -> bool:
    return any(HEADING in one.value for one in app.markdown)


def test_a_model_set_with_probes_has_the_curve(explain_with: Callable[..., AppTest]) -> None:
    app = explain_with(probes=True)
    assert _heading_is_there(app)
    assert any("Probes are no part of the network" in one.value for one in app.markdown)


@pytest.mark.parametrize("state", [{"probes": False}, {"probes": True, "withheld": True}])
def test_without_probes_or_without_a_label_there_is_none(
    explain_with: Callable[..., AppTest], state: dict[str, bool]
) -> None:
    assert not _heading_is_there(explain_with(**state))
