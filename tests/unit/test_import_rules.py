"""What stays light stays light, and pages hold no machinery."""

import ast
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

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


_WITHOUT_KERAS = ("radiograph", "phantom", "data_sets", "explain", "render", "workspace")


def test_what_explains_loads_no_keras():
    code = (
        "import sys, pkgutil, importlib\n"
        f"for room in {_WITHOUT_KERAS}:\n"
        "    package = importlib.import_module('densexplain.' + room)\n"
        "    for module in pkgutil.walk_packages(package.__path__, package.__name__ + '.'):\n"
        "        importlib.import_module(module.name)\n"
        "print(*sorted({'keras', 'tensorflow', 'jax', 'torch', 'streamlit'} & set(sys.modules)))"
    )
    child = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=PROJECT_FOLDER)
    assert child.stdout.split() == []


_NEW_FILES = {
    "explain/new_idea.py": "import keras",
    "explain/new_room/idea.py": "def run():\n    import tensorflow",
    "render/new_picture.py": "import streamlit",
    "workspace/new_door.py": "from keras import ops",
    "cli/new_command.py": "import streamlit",
    "radiograph/new_reader.py": "from densexplain.classifier.engines.keras import start",
    "explain/new_detour.py": "from densexplain.classifier.engines.keras import layers",
    "phantom/new_finding.py": "import densexplain.render.figure",
    "new_room.py": "",
}


def test_the_rules_hold_for_files_that_nobody_has_named(tmp_path):
    package = tmp_path / "densexplain"
    shutil.copytree(PROJECT_FOLDER / "densexplain", package, ignore=lambda _, names: _other_than_python(names))
    shutil.copy(PROJECT_FOLDER / "pyproject.toml", tmp_path)
    for name, content in _NEW_FILES.items():
        (package / name).parent.mkdir(exist_ok=True)
        (package / name).parent.joinpath("__init__.py").touch()
        (package / name).write_text(content + "\n")
    linter = Path(sys.executable).with_name("lint-imports")
    found = subprocess.run(
        [linter, "--no-cache"], capture_output=True, text=True, check=False, cwd=tmp_path, env={"COLUMNS": "200"}
    )
    assert found.returncode == 1, found.stderr
    for name in _NEW_FILES:
        assert "densexplain." + name.removesuffix(".py").replace("/", ".") in found.stdout, name


def _other_than_python(names):
    return [name for name in names if name == "__pycache__" or ("." in name and not name.endswith(".py"))]


def test_who_may_import_is_said_by_package():
    rules = tomllib.loads((PROJECT_FOLDER / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    allowed = {name for rule in rules for name in rule.get("allowed_importers", [])}
    assert allowed
    for name in allowed:
        assert (PROJECT_FOLDER / name.replace(".", "/") / "__init__.py").is_file(), name
