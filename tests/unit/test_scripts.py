"""Benchmarks and the scripts of the documents, which no test runs, import what is there."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from densexplain.settings import PROJECT_FOLDER

_SCRIPTS = sorted([*(PROJECT_FOLDER / "docs").rglob("*.py"), *(PROJECT_FOLDER / "tests" / "benchmarks").glob("*.py")])


def _source(module: str) -> Path | None:
    path = PROJECT_FOLDER / module.replace(".", "/")
    return next((file for file in (path.with_suffix(".py"), path / "__init__.py") if file.is_file()), None)


def _names(file: Path) -> set[str]:
    """What a module defines, imports or lies beside it."""
    names = {path.stem for path in file.parent.iterdir()} if file.name == "__init__.py" else set()
    for statement in ast.parse(file.read_text()).body:
        if isinstance(statement, ast.Import | ast.ImportFrom):
            names |= {alias.asname or alias.name for alias in statement.names}
        elif isinstance(statement, ast.FunctionDef | ast.ClassDef):
            names.add(statement.name)
        else:
            names |= {node.id for node in ast.walk(statement) if isinstance(node, ast.Name)}
    return names


def _missing(source: str) -> list[str]:
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] in ("densexplain", "tests"):
            file = _source(node.module)
            known = set() if file is None else _names(file)
            found += [f"{node.module}.{alias.name}" for alias in node.names if alias.name not in known]
    return found


@pytest.mark.parametrize("script", _SCRIPTS, ids=lambda script: script.name)
def test_a_script_imports_what_is_there(script: Path) -> None:
    assert _missing(script.read_text()) == []


def test_what_is_not_there_is_noticed() -> None:
    source = "from densexplain.settings import PROJECT_FOLDER, NOWHERE\nfrom densexplain.gone import here"
    assert _missing(source) == ["densexplain.settings.NOWHERE", "densexplain.gone.here"]


def test_every_benchmark_is_in_the_table_of_the_runner() -> None:
    folder = PROJECT_FOLDER / "tests" / "benchmarks"
    (table,) = (
        statement.value
        for statement in ast.parse((folder / "run.py").read_text()).body
        if isinstance(statement, ast.Assign) and ast.unparse(statement.targets[0]) == "BENCHMARKS"
    )
    assert isinstance(table, ast.Dict)
    listed = {ast.literal_eval(key) for key in table.keys if key is not None}
    assert listed == {path.stem.removeprefix("bench_") for path in folder.glob("bench_*.py")}
