"""A wheel of the project, installed elsewhere, works from a folder that has nothing to do with the project."""

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

from densexplain.settings import PROJECT_FOLDER
from tests.processes import free_port, wait_until_healthy
from tests.tiny_tensors import draw_tensors, write_tiny

pytestmark = pytest.mark.slow

_PROJECT = ("app.py", "pages", "assets", "densexplain", ".streamlit", "setup.py", "pyproject.toml", "requirements.txt")
_TEXTS = ("README.md", "LICENSE")

_START_PAGE = """
import os
from densexplain.settings import PROJECT_FOLDER
os.chdir(PROJECT_FOLDER)  # as the server does, for its settings lie there
from streamlit.testing.v1 import AppTest
app = AppTest.from_file(str(PROJECT_FOLDER / "app.py"), default_timeout=60)
app.session_state["densexplain.first"] = False
app.run()
print(PROJECT_FOLDER)
print(len(app.exception), *(block.value for block in app.markdown))
"""


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from a copy, so that nothing is left behind in the project."""
    source, target = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel")
    for name in (*_PROJECT, *_TEXTS):
        path = PROJECT_FOLDER / name
        copy = shutil.copytree if path.is_dir() else shutil.copy2
        copy(path, source / name)
    words = ["wheel", "--quiet", "--no-deps", "--no-index", "--no-build-isolation", "--wheel-dir", target, source]
    subprocess.run([sys.executable, "-m", "pip", *map(str, words)], check=True, timeout=120)
    (built,) = target.glob("*.whl")
    return built


@pytest.fixture(scope="session")
def program(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The console script of an environment of its own, which borrows this one's packages but not the project."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=False)
    binaries = folder / "bin"
    words = ["--python", binaries / "python", "install", "--quiet", "--no-deps", "--no-index", wheel]
    subprocess.run([sys.executable, "-m", "pip", *map(str, words)], check=True, timeout=120)
    (packages,) = folder.glob("lib/python*/site-packages")
    (packages / "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return binaries / "densexplain"


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, in which the program finds no model set, no secrets and no project."""
    for variable in ("DENSEXPLAIN_MODELS", "DENSEXPLAIN_CASES", "DENSEXPLAIN_DATA", "PYTHONPATH"):
        monkeypatch.delenv(variable, raising=False)
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    return folder


def _run(folder: Path, *words: object, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, **variables}
    return subprocess.run(
        [str(word) for word in words], cwd=folder, env=environment, capture_output=True, text=True, timeout=120
    )


def test_the_wheel_holds_all_that_the_project_shows_and_nothing_else(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    files = {path.relative_to(PROJECT_FOLDER).as_posix() for path in (PROJECT_FOLDER / "densexplain").rglob("*.*")}
    assert {name for name in files if "__pycache__" not in name} <= names
    for folder in ("pages", "assets"):
        shown = (path for path in (PROJECT_FOLDER / folder).rglob("*.*") if "__pycache__" not in path.parts)
        assert {f"densexplain/installed/{path.relative_to(PROJECT_FOLDER).as_posix()}" for path in shown} <= names
    assert {"densexplain/py.typed", "densexplain/installed/app.py"} <= names
    assert "densexplain/installed/.streamlit/config.toml" in names
    assert not [name for name in names if "secrets" in name or "weights.safetensors" in name or "__pycache__" in name]
    assert {name.split("/")[0] for name in names} <= {"densexplain", wheel.name.split("-py3")[0] + ".dist-info"}


def test_without_model_sets_one_sentence_says_where_they_are_looked_for(program: Path, elsewhere: Path) -> None:
    for words in (("serve",), ("explain", "radiograph.png", "--model-set", "wrist")):
        done = _run(elsewhere, program, *words)
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.count("\n") == 1
        assert "DENSEXPLAIN_MODELS" in done.stderr
        assert str(program.parent.parent / "share" / "densexplain" / "models") in done.stderr


def test_model_sets_are_found_where_installed_or_named(program: Path, elsewhere: Path) -> None:
    write_tiny(elsewhere / "mine" / "tiny", draw_tensors("tiny"))
    shared = program.parent.parent / "share" / "densexplain" / "models"
    shutil.copytree(elsewhere / "mine", shared)
    (shared / "tiny").rename(shared / "shared")
    code = "from densexplain.classifier.model_sets.catalogue import installed_model_sets as found; "
    code += "print(*(entry.name for entry in found()))"
    try:
        done = _run(elsewhere, program.with_name("python"), "-c", code, DENSEXPLAIN_MODELS="mine")
    finally:
        shutil.rmtree(shared)
    assert done.stdout.split() == ["tiny", "shared"]


def test_a_radiograph_is_explained(program: Path, elsewhere: Path) -> None:
    write_tiny(elsewhere / "mine" / "tiny", draw_tensors("tiny"))
    shutil.copy2(PROJECT_FOLDER / "assets" / "synthetic-knee.png", elsewhere / "knee.png")
    words = ("explain", "knee.png", "--model-set", "tiny", "--out", "result")
    done = _run(elsewhere, program, *words, DENSEXPLAIN_MODELS="mine")
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["model_set"] == "tiny"
    assert (elsewhere / "result" / "figure.png").is_file()


def test_the_app_is_served_with_model_sets_of_a_relative_folder(program: Path, elsewhere: Path) -> None:
    write_tiny(elsewhere / "mine" / "tiny", draw_tensors("tiny"))
    port = free_port()
    environment = {**os.environ, "DENSEXPLAIN_MODELS": "mine"}
    with (elsewhere / "log").open("w") as log:
        server = subprocess.Popen(
            [str(program), "serve", "--port", str(port)], cwd=elsewhere, env=environment, stdout=log, stderr=log
        )
    try:
        wait_until_healthy(server, port)
        served = dict(
            item.split("=", 1) for item in Path(f"/proc/{server.pid}/environ").read_text().split("\0") if "=" in item
        )
        assert served["DENSEXPLAIN_MODELS"] == str(elsewhere / "mine")
    finally:
        server.terminate()
        server.wait(20)


def test_its_pages_are_drawn(program: Path, elsewhere: Path) -> None:
    write_tiny(elsewhere / "mine" / "tiny", draw_tensors("tiny"))
    done = _run(elsewhere, program.with_name("python"), "-c", _START_PAGE, DENSEXPLAIN_MODELS=str(elsewhere / "mine"))
    assert done.returncode == 0, done.stderr
    folder, shown = done.stdout.splitlines()[0], "\n".join(done.stdout.splitlines()[1:])
    assert Path(folder).is_relative_to(program.parent.parent)
    assert shown.startswith("0 ")
    assert "**Tiny**" in shown
