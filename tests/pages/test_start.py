"""The start page: what is installed, and where to begin."""

import shutil
from collections.abc import Callable
from pathlib import Path

from streamlit.testing.v1 import AppTest

from tests.pages.conftest import SECONDS
from tests.tiny import ROOT


def words(app: AppTest) -> str:
    return "\n".join(block.value for block in app.markdown)


def start_page() -> AppTest:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=SECONDS)
    app.session_state["densexplain.first"] = False  # a reader who comes back
    return app.run()


def test_lists_model_sets_and_what_is_wrong_with_a_broken_one(
    tiny_model_sets: Path, use_models: Callable[[Path], None], tmp_path: Path
) -> None:
    shutil.copytree(tiny_model_sets / "tiny-a", tmp_path / "tiny-a")
    shutil.copytree(tiny_model_sets / "tiny-b", tmp_path / "tiny-b")
    (tmp_path / "tiny-b" / "model.json").write_text("{")
    use_models(tmp_path)
    app = start_page()
    assert not app.exception
    assert "Tiny A" in words(app)
    assert "Testing." in words(app)
    assert "**tiny-b** cannot be used." in words(app)
    assert "Tiny B" not in words(app)


def test_the_notice_stands_on_it(tiny_model_sets: Path, use_models: Callable[[Path], None]) -> None:
    use_models(tiny_model_sets)
    assert "Research use only, not for diagnosis" in words(start_page())


def test_a_new_session_goes_on_to_the_sample_case(tiny_model_sets: Path, use_models: Callable[[Path], None]) -> None:
    use_models(tiny_model_sets)
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=SECONDS).run()
    assert not app.exception
    assert "Synthetic knee" in words(app)
    assert "Installed model sets" not in [block.value for block in app.subheader]
