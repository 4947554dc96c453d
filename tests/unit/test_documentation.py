"""What the documents name is there: files, commands, settings."""

import re

import pytest

from densexplain import settings
from densexplain.cli.parser import COMMANDS
from densexplain.settings import PROJECT_FOLDER

_DOCUMENTS = ("README.md", "CONTRIBUTING.md", "docs/architecture.md")
_TOP = ("densexplain", "tests", "pages", "docs", "assets", "models", ".ci", "app.py")
_MADE_UP = re.compile(r"NAME|Name|name|MODEL")


def _text(document: str) -> str:
    return (PROJECT_FOLDER / document).read_text(encoding="utf-8")


def _paths(text: str) -> set[str]:
    spans = re.findall(r"`([^`\s]+)`", text)
    return {span for span in spans if span.split("/")[0] in _TOP and "/" in span and not _MADE_UP.search(span)}


@pytest.mark.parametrize("document", _DOCUMENTS)
def test_every_path_that_is_named_is_there(document: str) -> None:
    missing = sorted(path for path in _paths(_text(document)) if not (PROJECT_FOLDER / path).exists())
    assert missing == []


def test_paths_are_found_where_there_are_some() -> None:
    assert len(_paths(_text("docs/architecture.md"))) > 20
    assert _paths("a `tests/unit`, a `pages/Name.py`, a `no/path` and `densexplain serve`") == {"tests/unit"}


@pytest.mark.parametrize("document", _DOCUMENTS)
def test_every_command_that_is_named_exists(document: str) -> None:
    named = set(re.findall(r"(?:-m densexplain|`densexplain) ([a-z][a-z-]*)", _text(document)))
    assert named <= {command.name for command in COMMANDS}


def test_the_readme_shows_every_command_and_every_setting() -> None:
    text = _text("README.md")
    assert [command.name for command in COMMANDS if f"-m densexplain {command.name}" not in text] == []
    variables = [value for name, value in vars(settings).items() if name.endswith("_VARIABLE")]
    assert len(variables) >= 4
    assert [name for name in variables if f"| `{name}` |" not in text] == []


@pytest.mark.parametrize("document", _DOCUMENTS)
def test_every_target_of_make_that_is_named_exists(document: str) -> None:
    targets = set(re.findall(r"^([a-z]+):", (PROJECT_FOLDER / "Makefile").read_text(), re.MULTILINE))
    text = _text(document)
    assert set(re.findall(r"(?:`|    )(?:\w+=\S+ )*make ([a-z]+)", text)) <= targets
