"""What stays light stays light, and pages hold no machinery."""

import ast
import subprocess
import sys

import pytest

from densexplain.settings import PROJECT_FOLDER

_HEAVY = {"keras", "tensorflow", "jax", "torch", "streamlit", "matplotlib", "sklearn"}
_PAGES = [PROJECT_FOLDER / "app.py", *sorted((PROJECT_FOLDER / "pages").glob("*.py"))]


@pytest.mark.parametrize(
    "module",
    [
        "densexplain",
        "densexplain.serving",
        "densexplain.cli.parser",
        "densexplain.classifier.model_sets.catalogue",
        "densexplain.radiograph.preprocessing",
    ],
)
def test_importing_it_loads_nothing_heavy(module):
    code = f"import sys, {module}; print(*sorted({_HEAVY!r} & set(sys.modules)))"
    child = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=PROJECT_FOLDER)
    assert child.stdout.split() == []


@pytest.mark.parametrize("page", _PAGES, ids=lambda page: page.name)
def test_a_page_says_what_is_seen_and_nothing_else(page):
    imported = set()
    for node in ast.walk(ast.parse(page.read_text())):
        if isinstance(node, ast.Import):
            imported |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add((node.module or "").split(".")[0])
    assert imported <= {"__future__", "streamlit", "densexplain"}
    assert len(page.read_text().splitlines()) < (60 if page.name == "app.py" else 100)
